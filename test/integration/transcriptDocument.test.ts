import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import { serialiseTranscript } from '../../src/core/formats/transcriptFile.js';
import { serialiseCues, serialiseWebVtt } from '../../src/core/formats/webVtt.js';
import { longTranscript } from '../support/transcriptTexts.js';
import { put, remove, until } from './stage.js';

const own = serialiseTranscript(
  {
    segments: [
      { startSeconds: 0, endSeconds: 2, text: 'Good morning.', speaker: 'Ann' },
      { startSeconds: 2, endSeconds: 4.5, text: 'How are you?', speaker: 'Ann' },
      { startSeconds: 5, endSeconds: 7, text: 'Fine, Ann.', speaker: 'Bob' },
      { startSeconds: 8, endSeconds: 9, text: 'Good.', speaker: 'Ann' },
    ],
    provenance: {
      sourceName: 'talk.wav',
      sourceSha256: 'ab'.repeat(32),
      model: 'a:b',
      createdAt: '2026-11-21T10:00:00Z',
    },
  },
  (text) => createHash('sha256').update(text).digest('hex'),
);
const foreign = [
  '\uFEFF1',
  '00:00:01,000 --> 00:00:04,000',
  'Ann: Hello there, everybody.',
  '',
  '2',
  '0:00:03.5 --> 0:00:05',
  'and welcome',
  '',
  '3',
  '00:00:09,000 --> 00:00:08,000',
  'Bob: <i>Thanks!</i>',
  '',
].join('\r\n');

async function open(name: string, content: string): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await vscode.workspace.openTextDocument(put(name, content)));
}

const run = async <T>(command: string, ...given: readonly unknown[]): Promise<T> =>
  vscode.commands.executeCommand<T>(command, ...given);

function placeOf({ document }: vscode.TextEditor, text: string, after = 0): vscode.Position {
  return document.positionAt(document.getText().indexOf(text) + after);
}

const problemsOf = (uri: vscode.Uri): (string | number)[] =>
  vscode.languages.getDiagnostics(uri).map(({ code }) => (typeof code === 'string' ? code : 'no code'));

describe('a transcript as a document', () => {
  let editor: vscode.TextEditor;
  let uri: vscode.Uri;

  beforeEach(async () => {
    editor = await open('talk.vtt', own);
    uri = editor.document.uri;
  });
  afterEach(async () => {
    await run('workbench.action.revertAndCloseActiveEditor');
    remove('talk.vtt', 'foreign.srt', 'long.vtt');
  });

  it('has turns of speech with their cues for an outline', async () => {
    const symbols = await run<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', uri);
    assert.deepEqual(
      symbols.map(({ name, detail, children }) => [name, detail, children.length]),
      [
        ['Ann', '0:00 to 0:04.5', 2],
        ['Bob', '0:05 to 0:07', 1],
        ['Ann', '0:08 to 0:09', 1],
      ],
    );
    assert.equal(symbols[0]?.children[1]?.name, 'How are you?');
  });

  it('has chapters around them where the recording names some', async () => {
    const chapters = own.replace(
      '\nchecksum:',
      '\nchapter: 00:00:00.000 Greetings\nchapter: 00:00:08.000 The end\nchecksum:',
    );
    const document = await vscode.workspace.openTextDocument({ language: 'vtt', content: chapters });
    const symbols = await run<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.deepEqual(
      symbols.map(({ name, detail, children }) => [name, detail, children.map((child) => child.name)]),
      [
        ['Greetings', '0:00 to 0:07', ['Ann', 'Bob']],
        ['The end', '0:08 to 0:09', ['Ann']],
      ],
    );
  });

  it('folds its note and its turns', async () => {
    const folds = await run<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', uri);
    const lines = own.split('\n');
    assert.deepEqual(
      folds.map(({ start, end }) => [lines[start], lines[end]]),
      [
        ['NOTE Transcribed by Earshot', lines.find((line) => line.startsWith('checksum'))],
        ['00:00:00.000 --> 00:00:02.000', '<v Ann>How are you?'],
        ['00:00:05.000 --> 00:00:07.000', '<v Bob>Fine, Ann.'],
        ['00:00:08.000 --> 00:00:09.000', '<v Ann>Good.'],
      ],
    );
  });

  it('says over the times who speaks, when, how long and how fast', async () => {
    const [hover] = await run<vscode.Hover[]>('vscode.executeHoverProvider', uri, placeOf(editor, '00:00:04.500'));
    const [content] = hover?.contents ?? [];
    assert.ok(content instanceof vscode.MarkdownString);
    const words = content.value.replaceAll('&nbsp;', ' ').replaceAll('\\', '');
    assert.match(
      words,
      /^Ann\s+0:02 to 0:04\.5, 2\.5 seconds\s+5 characters a second\s+\[Play from here\]\(command:earshot\.play\?[^)]+\)$/,
    );
  });

  it('has no problems when Earshot wrote it', () => {
    assert.deepEqual(problemsOf(uri), []);
  });

  it('renames a speaker everywhere, and not the same word in the text, as one step to undo', async () => {
    const place = placeOf(editor, '<v Ann>How', 4);
    const prepared = await run<{ placeholder: string }>('vscode.prepareRename', uri, place);
    assert.equal(prepared.placeholder, 'Ann');
    const edit = await run<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', uri, place, 'Ann & Co');
    assert.equal(await vscode.workspace.applyEdit(edit), true);
    assert.equal(editor.document.getText(), own.replaceAll('<v Ann>', '<v Ann &amp; Co>'));
    await run('undo');
    assert.equal(editor.document.getText(), own);
  });

  it('renames nothing but speakers', async () => {
    await assert.rejects(run('vscode.prepareRename', uri, placeOf(editor, 'morning')));
  });

  it('finds the references, highlights and first mention of a speaker', async () => {
    const place = placeOf(editor, '<v Ann>Good.', 4);
    const references = await run<vscode.Location[]>('vscode.executeReferenceProvider', uri, place);
    const highlights = await run<vscode.DocumentHighlight[]>('vscode.executeDocumentHighlights', uri, place);
    const [definition] = await run<vscode.Location[]>('vscode.executeDefinitionProvider', uri, place);
    assert.equal(references.length, 3);
    assert.equal(highlights.length, 3);
    assert.deepEqual(definition?.range.start, placeOf(editor, 'Ann>Good morning'));
  });

  it('goes to a time, shifts times, splits and merges, each undone in one step', async () => {
    assert.equal(await run('earshot.goToTime', '0:05.5'), true);
    assert.deepEqual(editor.selection.active, placeOf(editor, '<v Bob>'));
    const place = placeOf(editor, ' Ann.');
    editor.selection = new vscode.Selection(place, place);
    assert.equal(await run('earshot.splitCue'), true);
    assert.match(editor.document.getText(), /<v Bob>Fine,\n\n00:00:06\.\d{3} --> 00:00:07\.000\n<v Bob>Ann\.\n/);
    await run('undo');
    assert.equal(editor.document.getText(), own);
    assert.equal(await run('earshot.shiftTimes', '1:00'), true);
    assert.match(editor.document.getText(), /00:01:08\.000 --> 00:01:09\.000/);
    await run('undo');
    editor.selection = new vscode.Selection(placeOf(editor, 'morning'), placeOf(editor, 'are you'));
    assert.equal(await run('earshot.mergeCues'), true);
    assert.match(editor.document.getText(), /00:00:00\.000 --> 00:00:04\.500\n<v Ann>Good morning\.\nHow are you\?\n/);
    await run('undo');
    assert.equal(editor.document.getText(), own);
  });

  it('shows what is wrong with a file of another tool, mends it, names its speakers and tidies it', async () => {
    const other = await open('foreign.srt', foreign);
    const { document } = other;
    assert.equal(document.languageId, 'srt');
    await until('the problems are shown', () => problemsOf(document.uri).length > 0);
    assert.deepEqual(problemsOf(document.uri), ['overlap', 'reversed-times']);

    const symbols = await run<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.deepEqual(
      symbols.map(({ name, children }) => [name, children.length]),
      [
        ['Ann', 2],
        ['Bob', 1],
      ],
    );

    const line = document.lineAt(placeOf(other, '00:00:09,000').line).range;
    const actions = await run<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, line, 'quickfix');
    const swap = actions.find(({ title }) => title === 'Swap the times');
    assert.ok(swap?.edit);
    await vscode.workspace.applyEdit(swap.edit);
    await until('the mended problem is gone', () => problemsOf(document.uri).join() === 'overlap');

    const edits = await run<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', document.uri, {
      tabSize: 2,
      insertSpaces: true,
    });
    const tidy = new vscode.WorkspaceEdit();
    tidy.set(document.uri, edits);
    await vscode.workspace.applyEdit(tidy);
    assert.equal(
      document.getText().replaceAll('\r\n', '\n'),
      foreign
        .slice(1)
        .replaceAll('\r\n', '\n')
        .replace('0:00:03.5 --> 0:00:05', '00:00:03,500 --> 00:00:05,000')
        .replace('00:00:09,000 --> 00:00:08,000', '00:00:08,000 --> 00:00:09,000'),
    );
    await run('workbench.action.revertAndCloseActiveEditor');
  });

  it('answers about 10,000 cues, and renames a speaker of 3,000 cues in one step', async function () {
    this.timeout(60_000);
    const content = serialiseWebVtt([], serialiseCues(longTranscript(10_000)));
    const long = await open('long.vtt', content);
    const { document } = long;
    const symbols = await run<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    assert.equal(symbols.length, 3334);
    const place = placeOf(long, '<v Bob>', 4);
    const edit = await run<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, place, 'Robert');
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.getText(), content.replaceAll('<v Bob>', '<v Robert>'));
    await run('undo');
    assert.equal(document.getText(), content);
    await run('workbench.action.revertAndCloseActiveEditor');
  });
});

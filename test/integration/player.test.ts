import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { steppedTones, steppedTranscript } from '../support/player/recordings.js';
import { longTranscript } from '../support/transcriptTexts.js';
import { serialiseCues, serialiseWebVtt } from '../../src/core/formats/webVtt.js';
import { put, remove } from './stage.js';

const seconds = 40;
const run = async <T>(command: string, ...given: readonly unknown[]): Promise<T> =>
  vscode.commands.executeCommand<T>(command, ...given);

/** What a command link calls, and with what. */
function callOf(target: vscode.Uri | undefined): { readonly command: string; readonly arguments: unknown } {
  assert.equal(target?.scheme, 'command');
  return { command: target.path, arguments: JSON.parse(decodeURIComponent(target.query)) };
}

describe('playing from a transcript', () => {
  let editor: vscode.TextEditor;
  let uri: vscode.Uri;

  before(async () => {
    put('tones.m4a', steppedTones('tones.m4a', ['-c:a', 'aac'], seconds));
    uri = put('tones.vtt', steppedTranscript(seconds));
    editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: false });
  });
  after(async () => {
    await run('workbench.action.revertAndCloseActiveEditor');
    remove('tones.m4a', 'tones.vtt', 'tones.md', 'long.vtt');
  });

  it('has a link at the beginning of each cue that plays from there', async () => {
    const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri, 100);
    assert.equal(links.length, seconds / 2);
    const [, , third] = links;
    assert.equal(editor.document.getText(third?.range), '00:00:04.000');
    assert.equal(third?.tooltip, 'Play from 0:04');
    assert.deepEqual(callOf(third.target), { command: 'earshot.play', arguments: [uri.toString(), 4] });
  });

  it('offers over the times to play from there', async () => {
    const place = editor.document.positionAt(editor.document.getText().indexOf('00:00:06.000 -->'));
    const [hover] = await run<vscode.Hover[]>('vscode.executeHoverProvider', uri, place);
    const [content] = hover?.contents ?? [];
    assert.ok(content instanceof vscode.MarkdownString);
    assert.deepEqual(content.isTrusted, { enabledCommands: ['earshot.play'] });
    const address = /\[Play from here\]\(([^)]+)\)/.exec(content.value)?.[1] ?? '';
    assert.deepEqual(callOf(vscode.Uri.parse(address)), { command: 'earshot.play', arguments: [uri.toString(), 6] });
  });

  it('offers over each turn of speech to play it, to ask about it and to have it heard anew', async () => {
    const lenses = await run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
    assert.equal(lenses.length, 3 * (seconds / 4));
    const second = lenses.filter(({ range }) => editor.document.lineAt(range.start).text.startsWith('00:00:04.000'));
    assert.deepEqual(
      second.map(({ command }) => [command?.title, command?.command, command?.arguments?.slice(1)]),
      [
        ['$(play) Play', 'earshot.play', [4]],
        ['Ask about this part', 'earshot.askAboutPart', [4, 8]],
        ['Re-transcribe', 'earshot.retranscribePart', [4, 8]],
      ],
    );
  });

  it('makes the times of an export play', async () => {
    const target = vscode.Uri.joinPath(uri, '..', 'tones.md');
    await run('earshot.exportTranscript', uri, undefined, { format: 'md', target });
    const markdown = readFileSync(target.fsPath, 'utf8');
    assert.match(markdown, /:\/\/earshot\.earshot\/open\?file=/);
    await vscode.workspace.openTextDocument(target);
    const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', target, 100);
    const ours = links.filter(
      ({ target: address }) => address?.scheme === 'command' && address.path === 'earshot.play',
    );
    assert.equal(ours.length, seconds / 4);
    const recording = vscode.Uri.joinPath(uri, '..', 'tones.m4a').toString();
    assert.deepEqual(callOf(ours[1]?.target).arguments, [recording, 4]);
  });

  it('plays the recording beside a transcript, and moves no caret', async () => {
    assert.equal(await run('earshot.play', uri, 10), true);
    assert.equal(await run('earshot.play', uri.toString(), 12, { until: 14 }), true);
    const place = editor.document.positionAt(editor.document.getText().indexOf('Step 9'));
    editor.selection = new vscode.Selection(place, place);
    assert.equal(await run('earshot.playFromCaret'), true);
    assert.deepEqual(editor.selection.active, place);
  });

  it('answers about 10,000 cues', async function () {
    this.timeout(60_000);
    const long = put('long.vtt', serialiseWebVtt([], serialiseCues(longTranscript(10_000))));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(long), { preview: false });
    const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', long);
    assert.equal(links.length, 10_000);
    const lenses = await run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', long);
    assert.deepEqual(lenses, [], 'thousands of lenses would slow down typing');
    await run('workbench.action.revertAndCloseActiveEditor');
  });
});

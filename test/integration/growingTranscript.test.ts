import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { parseWebVtt } from '../../src/core/formats/webVtt.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWordList, toneWords } from '../support/openaiServer/tones.js';
import { configure, put, read, remove, startBench, stopBench, until, watchMessages } from './stage.js';

type Transcripts = readonly ({ readonly transcript: vscode.Uri } | undefined)[];

const path = '/v1/audio/transcriptions';

describe('A transcript while it is made', () => {
  let server: OpenAIServer;
  const said = toneWordList.slice(0, 30);
  const clip = toneWords(said, { gapSeconds: 0.6 });
  let count = 0;
  let name: string;
  let uri: vscode.Uri;

  before(async () => {
    server = await startBench();
    await configure('earshot.providers', {
      bench: {
        kind: 'openai-compatible',
        baseUrl: server.baseUrl,
        models: {
          'whisper-1': { chat: false, transcription: true, transcriptTimes: 'segments', maxInputSeconds: 4 },
        },
      },
    });
    await configure('earshot.transcription.model', 'bench:whisper-1');
    await configure('earshot.requests.concurrency', 2);
  });
  beforeEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('earshot.clearCache');
    server.reset();
    server.failAlways(path, { kind: 'delay', milliseconds: 1200 });
    // VS Code keeps documents of closed files for minutes, so that each test has a file of its own.
    name = `growing-${++count}`;
    uri = put(`${name}.wav`, clip.wav);
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove(`${name}.wav`, `${name}.vtt`, `${name}.new.vtt`, 'second.wav', 'second.vtt');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await configure('earshot.requests.concurrency', undefined);
    await stopBench(server);
  });

  const start = (...given: readonly unknown[]): Promise<Transcripts> =>
    Promise.resolve(vscode.commands.executeCommand<Transcripts>('earshot.transcribe', ...given));

  const wordsIn = (content: string): readonly string[] =>
    (parseWebVtt(content)?.cues ?? []).flatMap(({ text }) => text.split(/\s+/));

  /** The document in the active editor, once it holds so many words. */
  async function grown(count: number): Promise<vscode.TextEditor> {
    let editor: vscode.TextEditor | undefined;
    await until(
      `${count} words in the editor`,
      () => {
        editor = vscode.window.activeTextEditor;
        return editor !== undefined && wordsIn(editor.document.getText()).length >= count;
      },
      30_000,
    );
    assert.ok(editor);
    return editor;
  }

  it('opens with the first words and grows in order, and neither caret nor view moves', async function () {
    this.timeout(60_000);
    const work = start(uri);
    const editor = await grown(3);
    assert.match(editor.document.getText(), /\npartial: stopped at /);
    assert.equal(
      server.requestsTo(path).some(({ outcome }) => outcome === 'answered'),
      true,
    );
    const first = wordsIn(editor.document.getText());
    assert.deepEqual(first, said.slice(0, first.length));
    assert.ok(first.length < said.length, 'the first part was shown only with the last');

    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    const caret = new vscode.Selection(end, end);
    editor.selection = caret;
    editor.revealRange(new vscode.Range(0, 0, 0, 0), vscode.TextEditorRevealType.AtTop);
    const more = await grown(first.length + 6);
    assert.equal(more, editor);
    assert.ok(editor.selection.isEqual(caret), JSON.stringify([editor.selection, caret]));
    assert.equal(editor.visibleRanges[0]?.start.line, 0);

    const [result] = await work;
    assert.equal(result?.transcript.toString(), editor.document.uri.toString());
    assert.equal(editor.document.isDirty, false);
    const content = await read(result.transcript);
    assert.equal(content, editor.document.getText());
    assert.deepEqual(wordsIn(content), said);
    assert.doesNotMatch(content, /\npartial: /);

    // Byte for byte what is written where nobody looks on.
    remove(`${name}.vtt`);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const [again] = await start(uri);
    assert.equal(await read(again?.transcript ?? uri), content);
  });

  it('keeps what a person edits meanwhile, and puts the rest behind it', async function () {
    this.timeout(60_000);
    // The last parts take so long that all of this happens while they are on their way.
    server.reset();
    server.failNext(path, { kind: 'delay', milliseconds: 1200 }, 6);
    server.failAlways(path, { kind: 'delay', milliseconds: 9000 });
    const work = start(uri);
    const editor = await grown(3);
    const place = editor.document.positionAt(editor.document.getText().indexOf('zero'));
    assert.ok(
      await editor.edit((edit) => {
        edit.replace(new vscode.Range(place, place.translate(0, 4)), 'Nought');
      }),
    );
    await grown(wordsIn(editor.document.getText()).length + 4);
    // Takes back what came last; it comes again.
    await vscode.commands.executeCommand('undo');
    server.reset();
    assert.ok(wordsIn(editor.document.getText()).length < said.length, 'all was there before the undoing');
    const [result] = await work;
    assert.equal(result?.transcript.path.endsWith(`/${name}.vtt`), true);
    const content = await read(result.transcript);
    assert.deepEqual(wordsIn(content), ['Nought', ...said.slice(1)]);
    assert.equal(editor.document.isDirty, false);

    // A person has edited it: the next one gets a file of its own.
    await watchMessages(async () => {
      const [next] = await start(uri);
      assert.equal(next?.transcript.path.endsWith(`/${name}.new.vtt`), true);
    });
    assert.equal(await read(result.transcript), content);
  });

  it('goes on in the same document after it was stopped', async function () {
    this.timeout(90_000);
    const source = new vscode.CancellationTokenSource();
    // Four parts are answered, and the next get no answer until the user has enough.
    server.reset();
    server.failNext(path, { kind: 'delay', milliseconds: 200 }, 4);
    server.failAlways(path, { kind: 'hang' });
    const window = vscode.window as { withProgress: unknown };
    const original = window.withProgress;
    window.withProgress = (_options: unknown, task: (...given: unknown[]) => unknown) =>
      task({ report: () => undefined }, source.token);
    let stopped = '';
    try {
      await watchMessages(async () => {
        const work = start(uri);
        await grown(5);
        source.cancel();
        const [result] = await work;
        stopped = await read(result?.transcript ?? uri);
      });
    } finally {
      window.withProgress = original;
    }
    assert.match(stopped, /\npartial: stopped at /);
    const count = wordsIn(stopped).length;
    assert.ok(count >= 3 && count < said.length, `${count} words`);
    assert.deepEqual(wordsIn(stopped), said.slice(0, count));
    server.reset();
    const [result] = await start(uri);
    assert.equal(result?.transcript.path.endsWith(`/${name}.vtt`), true);
    assert.deepEqual(wordsIn(await read(result.transcript)), said);
  });

  it('grows for one of several alone, and stays away when the user has closed it', async function () {
    this.timeout(90_000);
    const second = put('second.wav', toneWords(said.slice(0, 12).reverse(), { gapSeconds: 0.6 }).wav);
    const work = start(uri, [uri, second]);
    const editor = await grown(3);
    // Whichever has text first.
    assert.equal(vscode.window.tabGroups.all.flatMap((group) => group.tabs).length, 1);
    await editor.document.save();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const results = await work;
    const contents = await Promise.all(results.map((result) => read(result?.transcript ?? uri)));
    assert.deepEqual(contents.map((content) => wordsIn(content).length).sort(), [12, 30]);
  });

  it('grows in an unsaved document where the user wants none beside', async function () {
    this.timeout(60_000);
    const work = start(uri, undefined, { target: 'untitled' });
    const editor = await grown(3);
    assert.equal(editor.document.isUntitled, true);
    const [result] = await work;
    assert.equal(result?.transcript.toString(), editor.document.uri.toString());
    assert.deepEqual(wordsIn(editor.document.getText()), said);
    assert.doesNotMatch(editor.document.getText(), /\npartial: /);
  });
});

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { environment } from './environment.js';
import { configure, put, read, remove, startBench, stopBench, until, watchMessages } from './stage.js';

interface Result {
  readonly transcripts: readonly vscode.Uri[];
  readonly upToDate: readonly vscode.Uri[];
  readonly failed: readonly { readonly uri: vscode.Uri; readonly reason: string }[];
  readonly left: readonly vscode.Uri[];
}

describe('Transcribe Folder…', () => {
  let server: OpenAIServer;
  let folder: vscode.Uri;
  const words = (count: number): string => 'alpha bravo charlie delta echo'.split(' ').slice(0, count).join(' ');
  const run = (options: object = { confirm: false }): Thenable<Result | undefined> =>
    vscode.commands.executeCommand('earshot.transcribeFolder', folder, [folder], options);
  const asked = (): number => server.requestsTo('/v1/audio/transcriptions').length;
  const names = (uris: readonly vscode.Uri[] = []): string[] =>
    uris.map(({ path }) => path.slice(folder.path.length + 1));

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
    await configure('files.exclude', { '**/secret': true });
  });
  beforeEach(async () => {
    for (const name of ['', 'inner', 'node_modules', 'secret']) {
      mkdirSync(join(environment.workspace, 'calls', name), { recursive: true });
    }
    folder = vscode.Uri.file(join(environment.workspace, 'calls'));
    put('calls/one.WAV', toneWords(words(1)).wav);
    put('calls/inner/two.wav', toneWords(words(2)).wav);
    put('calls/inner/three', toneWords(words(3)).wav);
    put('calls/inner/code.ts', 'export const four = 4;\n');
    put('calls/node_modules/five.wav', toneWords(words(5)).wav);
    put('calls/secret/six.wav', toneWords('oscar').wav);
    symlinkSync('..', join(environment.workspace, 'calls', 'inner', 'round'));
    await vscode.commands.executeCommand('earshot.clearCache');
    server.reset();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    remove('calls');
  });
  after(async () => {
    await configure('files.exclude', undefined);
    await stopBench(server);
  });

  it('transcribes what is in it, by content and not by name alone, and opens no editor', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const result = await run();
    assert.deepEqual(names(result?.transcripts).sort(), ['inner/three.vtt', 'inner/two.vtt', 'one.vtt']);
    assert.deepEqual(result?.failed, []);
    for (const [name, count] of [
      ['one.vtt', 1],
      ['inner/two.vtt', 2],
      ['inner/three.vtt', 3],
    ] as const) {
      assert.ok((await read(vscode.Uri.joinPath(folder, name))).includes(words(count)), name);
    }
    assert.equal(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).length, 0);
  });

  it('leaves out what is up to date, and not what was recorded anew', async () => {
    await run();
    server.reset();
    const again = await run();
    assert.equal(again?.upToDate.length, 3);
    assert.equal(asked(), 0);
    put('calls/inner/two.wav', toneWords('papa quebec').wav);
    const third = await run();
    assert.deepEqual(names(third?.transcripts), ['inner/two.new.vtt']);
    assert.equal(asked(), 1);
  });

  it('asks once before, with time and cost, and sends nothing when the answer is no', async () => {
    await watchMessages(async (shown) => {
      assert.equal(await run({}), undefined);
      assert.match(shown[0]?.message ?? '', /Transcribe 3 recordings in calls\?/);
      assert.match(JSON.stringify(shown[0]?.buttons), /0:0\d of sound, by whisper-1 of bench/);
    });
    assert.equal(asked(), 0);
  });

  it('collects what goes wrong on one page, and tries only that again', async () => {
    put('calls/broken.mp3', 'This is a letter and no music at all.');
    put('calls/empty.wav', '');
    await watchMessages(
      async (shown) => {
        const result = await run({});
        assert.equal(result?.transcripts.length, 3);
        assert.deepEqual(result.failed.map(({ reason }) => reason).sort(), ['clip-empty', 'unsupported-media']);
        await until('a message', () => shown.some(({ buttons }) => buttons.includes('Retry')));
        const page = await vscode.workspace.openTextDocument(
          vscode.Uri.parse('earshot-report:/Transcripts of calls.md'),
        );
        assert.match(page.getText(), /3 transcribed, 2 failed/);
        assert.match(page.getText(), /\| broken\.mp3 \| broken\.mp3 .*\|/);
        assert.match(page.getText(), /\| \[one\.WAV\]\(.*earshot\.earshot\/open.*\) \(0:0\d\) \| one\.vtt \|/);
        put('calls/empty.wav', toneWords('romeo').wav);
        server.reset();
        await run({});
        assert.equal(asked(), 1);
      },
      ({ message }) => (message.startsWith('Transcribe ') ? 'Transcribe' : undefined),
    );
  });

  it('retries from its message', async () => {
    put('calls/empty.wav', '');
    let retries = 0;
    await watchMessages(
      async () => {
        await run();
        await until('the retry has transcribed it', async () =>
          vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, 'empty.vtt')).then(
            () => true,
            () => false,
          ),
        );
      },
      ({ buttons }) => {
        if (!buttons.includes('Retry') || retries++ > 0) return undefined;
        put('calls/empty.wav', toneWords('romeo').wav);
        return 'Retry';
      },
    );
    assert.equal(asked(), 4);
  });

  it('ends at the first error that concerns all, and says so once', async () => {
    server.failAlways('/v1/audio/transcriptions', { kind: 'status', status: 429, body: 'insufficient_quota' });
    await watchMessages(async (shown) => {
      const result = await run();
      assert.deepEqual(result?.transcripts, []);
      assert.equal(result.left.length, 3);
      await until('a message', () => shown.length > 0);
      assert.equal(shown.length, 1);
      assert.match(shown[0]?.message ?? '', /0 transcribed, 3 not begun/);
    });
  });

  it('is what Transcribe Audio does with a folder', async () => {
    const result = await vscode.commands.executeCommand<{ readonly transcript: vscode.Uri }[]>(
      'earshot.transcribe',
      folder,
      [folder],
      { confirm: false },
    );
    assert.equal(result.length, 3);
  });
});

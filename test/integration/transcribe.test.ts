import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Failure } from '../support/openaiServer/failures.js';
import { encodeMp3 } from '../support/openaiServer/mp3.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { samples } from '../../scripts/lib/samples.mjs';
import { environment } from './environment.js';
import { configure, put, read, remove, shareOfWords, startBench, stopBench, until, watchMessages } from './stage.js';

type Transcripts = { readonly transcript: vscode.Uri }[];

async function transcribe(...given: readonly unknown[]): Promise<Transcripts> {
  return vscode.commands.executeCommand<Transcripts>('earshot.transcribe', ...given);
}

/** Has the server's transcription model take no more than so many seconds at a time. */
async function withPieces(
  server: OpenAIServer,
  maxInputSeconds: number,
  row: object,
  work: () => Promise<void>,
): Promise<void> {
  const models = (extra: object): unknown => ({
    bench: {
      kind: 'openai-compatible',
      baseUrl: server.baseUrl,
      models: { 'whisper-1': { chat: false, transcription: true, transcriptTimes: 'segments', ...extra } },
    },
  });
  await configure('earshot.providers', models({ maxInputSeconds, ...row }));
  // The failures that the server is told of are for one piece after the other.
  await configure('earshot.requests.concurrency', 1);
  try {
    await work();
  } finally {
    await configure('earshot.providers', models({}));
    await configure('earshot.requests.concurrency', undefined);
  }
}

function cues(content: string): string {
  return content
    .split('\n\n')
    .slice(2)
    .map((cue) => cue.split('\n').slice(1).join(' '))
    .join(' ')
    .trim();
}

describe('Transcribe Audio with the speech program of this machine', () => {
  const [sample] = samples;
  const uri = vscode.Uri.file(join(environment.workspace, sample?.file ?? ''));

  it('writes most of the spoken words beside the recording and opens them, with no key and no network', async function () {
    this.timeout(120_000);
    assert.ok(sample);
    const [result] = await transcribe(uri);
    assert.equal(result?.transcript.fsPath, uri.fsPath.replace('.wav', '.vtt'));
    const content = await read(result.transcript);
    assert.match(
      content,
      /^WEBVTT\n\nNOTE Transcribed by Earshot\nsource: standup-meeting\.wav\nsource-sha256: [0-9a-f]{64}\n/,
    );
    assert.match(content, /\nmodel: command:pocketsphinx\n/);
    const share = shareOfWords(sample.text, cues(content));
    assert.ok(share >= 0.8, `${Math.round(share * 100)} % of the words came back: ${content}`);
    assert.equal(vscode.window.activeTextEditor?.document.uri.fsPath, result.transcript.fsPath);
  });
});

describe('Transcribe Audio through a server', () => {
  let server: OpenAIServer;
  const clip = toneWords('alpha bravo charlie delta echo', { sampleRate: 44_100, channels: 2 });

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
  });
  beforeEach(() => {
    server.reset();
    remove('tones.vtt', 'tones.new.vtt', 'other.vtt', 'tones.mp3.vtt');
    put('tones.wav', clip.wav);
  });
  after(async () => {
    remove('tones.wav', 'other.wav', 'tones.vtt', 'other.vtt', 'tones.new.vtt');
    await stopBench(server);
  });

  it('sends 16 kHz mono made of what was recorded, and keeps the times', async () => {
    const [result] = await transcribe(vscode.Uri.file(join(environment.workspace, 'tones.wav')));
    assert.ok(result);
    const content = await read(result.transcript);
    assert.equal(cues(content), 'alpha bravo charlie delta echo');
    const [heard] = server.requestsTo('/v1/audio/transcriptions')[0]?.audio ?? [];
    assert.equal(heard?.sampleRate, 16_000);
    assert.equal(heard.channels, 1);
    assert.ok(Math.abs(heard.durationSeconds - clip.durationSeconds) < 0.01);
    assert.deepEqual(server.problems, []);
  });

  it('transcribes all files of a selection, and one that fails leaves the others alone', async () => {
    const uris = [
      put('tones.wav', clip.wav),
      put('broken.wav', 'this is a shopping list'),
      put('other.wav', toneWords('zulu yankee').wav),
    ];
    await watchMessages(async (shown) => {
      const results = await transcribe(uris[0], uris);
      assert.deepEqual(results.map(({ transcript }) => transcript.path.split('/').at(-1)).sort(), [
        'other.vtt',
        'tones.vtt',
      ]);
      await until('the failure is shown', () => shown.some(({ kind }) => kind === 'error'));
      const error = shown.find(({ kind }) => kind === 'error');
      assert.match(error?.message ?? '', /broken\.wav/);
    });
    remove('broken.wav');
  });

  it('says once that the model is about to end, however many are transcribed', async () => {
    const uris = [put('tones.wav', clip.wav), put('other.wav', toneWords('whiskey victor').wav)];
    const endDate = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10);
    await watchMessages(async (shown) => {
      await withPieces(server, 60, { endDate }, async () => {
        await transcribe(uris[0], uris);
        await transcribe(uris[1]);
      });
      const told = shown.filter(({ message }) => message.includes(' ends on '));
      assert.deepEqual(
        told.map(({ kind, message }) => [kind, message]),
        [['warning', `whisper-1 ends on ${endDate}, in 20 days. Select another model before it stops answering.`]],
      );
    });
  });

  it('writes over its own work, but never over a file that a person edited', async () => {
    const uri = vscode.Uri.file(join(environment.workspace, 'tones.wav'));
    const [first] = await transcribe(uri);
    assert.ok(first);
    const [second] = await transcribe(uri);
    assert.equal(second?.transcript.fsPath, first.transcript.fsPath);

    const edited = (await read(first.transcript)).replace('alpha', 'Alfa, corrected by hand');
    put('tones.vtt', edited);
    await watchMessages(async (shown) => {
      const [third] = await transcribe(uri);
      assert.match(third?.transcript.path ?? '', /\/tones\.new\.vtt$/);
      assert.equal(await read(first.transcript), edited);
      assert.match(
        shown.map(({ message }) => message).join('\n'),
        /tones\.vtt was edited by hand and is left as it is/,
      );
    });
  });

  it('does not write over unsaved edits either', async () => {
    const uri = vscode.Uri.file(join(environment.workspace, 'tones.wav'));
    const [first] = await transcribe(uri);
    assert.ok(first);
    const document = await vscode.workspace.openTextDocument(first.transcript);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(first.transcript, new vscode.Position(document.lineCount, 0), '\nNOTE half a thought');
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.isDirty, true);
    await watchMessages(async () => {
      const [second] = await transcribe(uri);
      assert.match(second?.transcript.path ?? '', /\/tones\.new\.vtt$/);
    });
    assert.match(document.getText(), /half a thought/);
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('opens an unsaved document when the setting says so', async () => {
    await configure('earshot.transcription.save', 'untitled');
    const [result] = await transcribe(vscode.Uri.file(join(environment.workspace, 'tones.wav')));
    await configure('earshot.transcription.save', undefined);
    assert.equal(result?.transcript.scheme, 'untitled');
    const document = await vscode.workspace.openTextDocument(result.transcript);
    assert.match(document.getText(), /alpha bravo/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('sends MP3 as it is', async () => {
    const bytes = await encodeMp3(clip.pcm);
    const uri = put('tones.mp3', bytes);
    const [result] = await transcribe(uri);
    remove('tones.mp3');
    assert.ok(result);
    const sent = server.requestsTo('/v1/audio/transcriptions')[0];
    assert.ok(
      Buffer.from(sent?.body ?? []).includes(Buffer.from(bytes)),
      'the very bytes of the file are in the request',
    );
    assert.equal(cues(await read(result.transcript)), 'alpha bravo charlie delta echo');
  });

  it('never lets a part take the place of the whole', async () => {
    // A name of its own: VS Code holds the documents of the tests before for a while, with their state.
    const uri = put('whole.wav', clip.wav);
    const [whole] = await transcribe(uri);
    assert.ok(whole);
    const before = await read(whole.transcript);
    // In pieces of at most a second, of which the second is refused.
    await withPieces(server, 1, {}, async () => {
      server.failNext('/v1/audio/transcriptions', { kind: 'delay', milliseconds: 1 });
      server.failNext('/v1/audio/transcriptions', { kind: 'status', status: 413 });
      await watchMessages(async (shown) => {
        const [part] = await transcribe(uri);
        assert.match(part?.transcript.path ?? '', /\/whole\.new\.vtt$/);
        assert.match(await read(part?.transcript ?? uri), /\npartial: stopped at 00:00:0[01]\.\d+\n[\s\S]*alpha/);
        assert.equal(await read(whole.transcript), before);
        const messages = shown.map(({ message }) => message).join('\n');
        assert.match(messages, /whole\.vtt reaches further than the new one and is left as it is/);
        assert.match(messages, /whole\.new\.vtt reaches 0:01 and no further\. .*large/);
        assert.ok(shown.some(({ kind, buttons }) => kind === 'error' && buttons.length > 0));
      });
    });
    remove('whole.wav', 'whole.vtt', 'whole.new.vtt');
  });

  it('keeps what was heard when the user cancels', async () => {
    const uri = vscode.Uri.file(join(environment.workspace, 'tones.wav'));
    await withPieces(server, 1, {}, async () => {
      const source = new vscode.CancellationTokenSource();
      const originalProgress = vscode.window.withProgress;
      const window = vscode.window as { withProgress: unknown };
      window.withProgress = (_options: unknown, task: (...given: unknown[]) => unknown) =>
        task({ report: () => undefined }, source.token);
      try {
        server.failNext('/v1/audio/transcriptions', { kind: 'delay', milliseconds: 1 });
        server.failNext('/v1/audio/transcriptions', { kind: 'hang' });
        await watchMessages(async (shown) => {
          const work = transcribe(uri);
          await until(
            'the second piece is on its way',
            () => server.requestsTo('/v1/audio/transcriptions').length === 2,
          );
          source.cancel();
          const [part] = await work;
          assert.match(await read(part?.transcript ?? uri), /\npartial: [\s\S]*alpha/);
          assert.match(shown.map(({ message }) => message).join('\n'), /^Cancelled\. .* reaches 0:01/);
        });
        await until('the request is broken off', () => server.requests.at(-1)?.outcome === 'aborted');
      } finally {
        window.withProgress = originalProgress;
      }
    });
  });

  it('gives two recordings of one stem a transcript each', async () => {
    const twin = put('tones.mp3', await encodeMp3(toneWords('zulu yankee xray').pcm));
    const uri = vscode.Uri.file(join(environment.workspace, 'tones.wav'));
    const results = await transcribe(uri, [uri, twin]);
    remove('tones.mp3');
    const paths = results.map(({ transcript }) => transcript.fsPath);
    assert.equal(new Set(paths).size, 2, paths.join(', '));
    const texts = await Promise.all(results.map(async ({ transcript }) => cues(await read(transcript))));
    assert.deepEqual(texts.sort(), ['alpha bravo charlie delta echo', 'zulu yankee xray']);
    remove('tones.wav.vtt', 'tones.mp3.vtt');
  });

  it('leaves the transcript of an earlier recording of that name alone', async () => {
    const uri = vscode.Uri.file(join(environment.workspace, 'tones.wav'));
    const [first] = await transcribe(uri);
    put('tones.wav', toneWords('india juliet').wav);
    await watchMessages(async () => {
      const [second] = await transcribe(uri);
      assert.match(second?.transcript.path ?? '', /\/tones\.new\.vtt$/);
    });
    assert.equal(cues(await read(first?.transcript ?? uri)), 'alpha bravo charlie delta echo');
  });

  const failures: [what: string, failure: Failure, times: number, message: RegExp, button: string | undefined][] = [
    ['a wrong key', { kind: 'status', status: 401 }, 1, /key/i, 'Set API Key'],
    ['an unknown model', { kind: 'status', status: 404 }, 1, /whisper-1|model/i, 'Select Model'],
    ['a rate limit', { kind: 'status', status: 429, retryAfterSeconds: 90 }, 9, /limit|too many/i, 'Retry'],
    [
      'an empty account',
      { kind: 'status', status: 429, body: 'insufficient_quota' },
      9,
      /quota|credit|billing/i,
      'Select Model',
    ],
    ['a file too large', { kind: 'status', status: 413 }, 1, /large/i, 'Select Model'],
    ['a server error', { kind: 'status', status: 500 }, 9, /bench/i, 'Retry'],
    ['an answer that is no JSON', { kind: 'malformed-json' }, 9, /understand|malformed|answer/i, 'Show Log'],
    ['a broken connection', { kind: 'reset-before-headers' }, 9, /reach|connection/i, 'Retry'],
  ];
  for (const [what, failure, times, message, button] of failures) {
    it(`says what is wrong, and writes nothing, after ${what}`, async () => {
      server.failNext('/v1/audio/transcriptions', failure, times);
      await watchMessages(async (shown) => {
        assert.deepEqual(await transcribe(vscode.Uri.file(join(environment.workspace, 'tones.wav'))), []);
        await until('an error is shown', () => shown.length > 0);
        const [error] = shown;
        assert.match(error?.message ?? '', message);
        assert.doesNotMatch(error?.message ?? '', /undefined|\[object|Error:/);
        if (button !== undefined)
          assert.ok(error?.buttons.includes(button), `${button} is offered: ${error?.buttons.join(', ')}`);
      });
      await assert.rejects(read(vscode.Uri.file(join(environment.workspace, 'tones.vtt'))));
    });
  }

  it('tries again when the user presses Retry, and succeeds', async () => {
    server.failNext('/v1/audio/transcriptions', { kind: 'status', status: 500 }, 3);
    await watchMessages(
      async () => {
        assert.deepEqual(await transcribe(vscode.Uri.file(join(environment.workspace, 'tones.wav'))), []);
        await until('the transcript is there after all', async () =>
          read(vscode.Uri.file(join(environment.workspace, 'tones.vtt'))).then(
            (content) => !content.includes('\npartial: '),
            () => false,
          ),
        );
      },
      ({ buttons }) => (buttons.includes('Retry') ? 'Retry' : undefined),
    );
  });

  it('opens the transcript unsaved when the folder cannot be written', async function () {
    if (process.getuid?.() === 0) {
      // Nothing is unwritable for root by its mode: a folder in the file's place is.
      await vscode.workspace.fs.createDirectory(vscode.Uri.file(join(environment.workspace, 'tones.vtt')));
      await vscode.workspace.fs.createDirectory(vscode.Uri.file(join(environment.workspace, 'tones.new.vtt')));
    } else chmodSync(environment.workspace, 0o500);
    await watchMessages(async () => {
      const [result] = await transcribe(vscode.Uri.file(join(environment.workspace, 'tones.wav')));
      assert.ok(result);
      const document = await vscode.workspace.openTextDocument(result.transcript);
      assert.match(document.getText(), /alpha bravo/);
    });
    if (process.getuid?.() !== 0) chmodSync(environment.workspace, 0o700);
  });
});

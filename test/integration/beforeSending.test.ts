import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { encodeWav } from '../support/openaiServer/wav.js';
import {
  askInChat,
  askOn,
  configure,
  put,
  read,
  remove,
  startBench,
  stopBench,
  until,
  watchMessages,
} from './stage.js';

const speechUrl = '/v1/audio/transcriptions';
const chatUrl = '/v1/chat/completions';

async function transcribe(uri: vscode.Uri, ...given: readonly unknown[]): Promise<{ transcript: vscode.Uri }[]> {
  return vscode.commands.executeCommand('earshot.transcribe', uri, ...given);
}

/** Notes what the progress of a command says while it lasts. */
async function watchProgress(work: () => Promise<unknown>): Promise<readonly string[]> {
  const said: string[] = [];
  const window = vscode.window as { withProgress: unknown };
  const original = window.withProgress;
  const { token } = new vscode.CancellationTokenSource();
  window.withProgress = (_options: unknown, task: (...given: unknown[]) => unknown) =>
    task({ report: ({ message }: { message?: string }) => said.push(message ?? '') }, token);
  try {
    await work();
  } finally {
    window.withProgress = original;
  }
  return said;
}

describe('Before anything is sent', () => {
  let server: OpenAIServer;
  const silence = encodeWav({ sampleRate: 16_000, channels: [new Float32Array(16_000 * 4)] });
  const clip = toneWords('alpha bravo charlie');

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
    await configure('earshot.model', 'bench:gpt-audio-1.5');
  });
  beforeEach(() => {
    server.reset();
    put('quiet.wav', silence);
    put('said.wav', clip.wav);
  });
  after(async () => {
    remove('quiet.wav', 'said.wav', 'said.vtt', 'cut.wav', 'cut.vtt');
    await stopBench(server);
  });

  it('a silent recording is warned of, and sent only when the user says so', async () => {
    const quiet = put('quiet.wav', silence);
    await watchMessages(async (shown) => {
      assert.deepEqual(await transcribe(quiet), []);
      await until('the warning is shown', () => shown.length > 0);
      assert.deepEqual(shown[0]?.kind, 'warning');
      assert.match(shown[0].message, /^quiet\.wav is silent, or nearly so: .* nothing was sent/);
      assert.deepEqual(shown[0].buttons, ['Send Anyway', 'Cancel']);
    });
    assert.equal(server.requestsTo(speechUrl).length, 0);
    await watchMessages(
      async (shown) => {
        await transcribe(quiet);
        await until('it is sent', () => server.requestsTo(speechUrl).length === 1);
        await until('nothing was heard', () => shown.some(({ kind }) => kind === 'error'));
        assert.match(shown.at(-1)?.message ?? '', /heard no speech in quiet\.wav/);
      },
      ({ buttons }) => (buttons.includes('Send Anyway') ? 'Send Anyway' : undefined),
    );
  });

  it('a silent recording among others holds up none of them', async () => {
    const [quiet, said] = [put('quiet.wav', silence), put('said.wav', clip.wav)];
    await watchMessages(async (shown) => {
      const results = await transcribe(said, [said, quiet]);
      assert.equal(results.length, 1);
      await until('the warning is shown', () => shown.some(({ kind }) => kind === 'warning'));
      assert.equal(shown.filter(({ kind }) => kind === 'error').length, 0);
    });
  });

  it('the chat says that a recording is silent, and sends it when asked once more', async () => {
    const quiet = put('quiet.wav', silence);
    const { error, way } = await askInChat('What is said?', [quiet]);
    assert.equal(way, 'clip-silent');
    assert.match(error ?? '', /^quiet\.wav is silent/);
    assert.equal(server.requestsTo(chatUrl).length, 0);
    const again = await askOn('What is said?', [quiet]);
    assert.equal(again.way, 'audio');
    assert.equal(server.requestsTo(chatUrl).length, 1);
  });

  it('the progress tells how the recording reaches the model', async () => {
    const studio = toneWords('alpha bravo charlie', { sampleRate: 44_100, channels: 2 });
    const uri = put('said.wav', studio.wav);
    const said = await watchProgress(() => transcribe(uri));
    assert.match(said.join('\n'), /whisper-1, converted to 16 kHz mono WAV \(\d+ kB\)/);
    put('said.wav', clip.wav);
    assert.match((await watchProgress(() => transcribe(uri))).join('\n'), /whisper-1, sent as it is/);
  });

  it('the transcript of a file that ends too early says that it is partial', async () => {
    const whole = toneWords('alpha bravo charlie delta echo foxtrot').wav;
    const uri = put('cut.wav', whole.subarray(0, Math.floor(whole.byteLength * 0.6)));
    await watchMessages(async (shown) => {
      const [result] = await transcribe(uri);
      assert.ok(result);
      assert.match(await read(result.transcript), /\npartial: stopped at 00:00:0\d\.\d+\n[\s\S]*alpha/);
      const warning = shown.find(({ kind }) => kind === 'warning');
      assert.match(warning?.message ?? '', /^cut\.wav is partly read: it reaches to 0:0\d\. The file ends before/);
    });
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { encodeWav } from '../support/openaiServer/wav.js';
import { configure, put, read, remove, startBench, stopBench, watchMessages } from './stage.js';

const path = '/v1/audio/transcriptions';

/** The left side says the first words, then the right side the others. */
function call(left: string, right: string): Uint8Array {
  const options = { channels: 2, leadSeconds: 0.3 } as const;
  const turns = [toneWords(left, { ...options, onlyChannel: 0 }), toneWords(right, { ...options, onlyChannel: 1 })];
  const channels = [0, 1].map((channel) =>
    Float32Array.from(turns.flatMap(({ pcm }) => [...(pcm.channels[channel] ?? [])])),
  );
  return encodeWav({ sampleRate: 16_000, channels });
}

describe('A call with one speaker on each channel', () => {
  let server: OpenAIServer;
  let uri: vscode.Uri;

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
  });
  beforeEach(async () => {
    server.reset();
    remove('call.vtt');
    await vscode.commands.executeCommand('earshot.clearCache');
  });
  after(async () => {
    remove('call.wav', 'call.vtt');
    await configure('earshot.transcription.speakers', undefined);
    await stopBench(server);
  });

  async function transcribe(...given: readonly unknown[]): Promise<string> {
    const [result] = await vscode.commands.executeCommand<readonly { readonly transcript: vscode.Uri }[]>(
      'earshot.transcribe',
      uri,
      ...given,
    );
    assert.ok(result);
    return read(result.transcript);
  }

  const apart = /<v Left>alpha bravo charlie delta[^]*<v Right>kilo lima mike november/;

  it('has both sides in the transcript, each with its speaker', async () => {
    uri = put('call.wav', call('alpha bravo charlie delta', 'kilo lima mike november'));
    await configure('earshot.transcription.speakers', 'channels');
    const content = await transcribe();
    assert.match(content, apart);
    assert.match(content, /\nspeakers: one on each channel\n/);
    assert.equal(server.requestsTo(path).length, 2);
    assert.deepEqual(server.problems, []);
    // Both sides are kept: nothing is asked for again.
    assert.equal(await transcribe(), content);
    assert.equal(server.requestsTo(path).length, 2);
    await configure('earshot.transcription.speakers', undefined);
  });

  it('is offered to be transcribed apart once, to a person and not to other code', async () => {
    uri = put('call.wav', call('alpha bravo charlie delta', 'kilo lima mike november'));
    await watchMessages(
      async (shown) => {
        assert.doesNotMatch(await transcribe(), /<v /);
        const offers = (): number => shown.filter(({ message }) => message.includes('Two people seem to speak')).length;
        assert.equal(offers(), 0);
        assert.match(await transcribe([uri]), apart);
        assert.equal(offers(), 1);
        assert.match(await transcribe([uri]), apart);
        assert.equal(offers(), 1);
      },
      ({ message }) => (message.includes('Two people seem to speak') ? 'Each Side Apart' : undefined),
    );
  });
});

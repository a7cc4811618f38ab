import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { EarshotApi } from '../../src/api.js';
import type { ChatAnswer, ChatHearing } from '../support/openaiServer/bench.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { decisionsOf } from './apiExample.js';
import { configure, put, remove, startBench, stopBench, watchMessages } from './stage.js';

describe('the API for other extensions', () => {
  let server: OpenAIServer;
  let api: EarshotApi;
  let clip: vscode.Uri;
  let answer: (hearing: ChatHearing) => ChatAnswer = () => 'Yes [0:00].';

  const changeModels = async (changed: object): Promise<void> => {
    const providers = vscode.workspace.getConfiguration().get<{ bench: { models: object } }>('earshot.providers');
    const models = { ...providers?.bench.models, ...changed };
    await configure('earshot.providers', { bench: { ...providers?.bench, models } });
  };

  before(async () => {
    server = await startBench({ answer: (hearing): ChatAnswer => answer(hearing) });
    await configure('earshot.model', 'bench:gpt-audio-1.5');
    await configure('earshot.transcription.model', 'bench:whisper-1');
    await changeModels({ 'tts-1': { chat: false, speech: true } });
    const extension = vscode.extensions.getExtension<EarshotApi>('earshot.earshot') ?? assert.fail('no extension');
    api = await extension.activate();
    clip = put('api.wav', toneWords('alpha bravo charlie delta').wav);
  });
  after(async () => {
    for (const key of ['earshot.privacy.confirmUpload', 'earshot.privacy.localOnly', 'earshot.budget.askAbove']) {
      await configure(key, undefined);
    }
    await stopBench(server);
    remove('api.wav', 'api-dear.wav', 'api-spoken.audio');
  });

  it('probes and prepares without sending anything', async () => {
    const before = server.requests.length;
    const probe = await api.probe(clip);
    assert.equal(probe.container, 'wav');
    const pieces = [];
    for await (const piece of api.prepare(clip, { formats: ['flac'] })) pieces.push(piece);
    assert.deepEqual(
      pieces.map(({ format, startSeconds }) => [format, startSeconds]),
      [['flac', 0]],
    );
    assert.deepEqual([...(pieces[0]?.bytes ?? []).slice(0, 4)], [...new TextEncoder().encode('fLaC')]);
    await assert.rejects(
      async () => {
        for await (const piece of api.prepare(clip, { formats: ['cassette'] })) assert.fail(piece.format);
      },
      { reason: 'invalid-argument' },
    );
    assert.equal(server.requests.length, before);
  });

  it('transcribes, answers, extracts as the example of its description does, and shows nothing', async () => {
    await watchMessages(async (shown) => {
      const transcript = await api.transcribe(clip);
      assert.match(transcript.text, /alpha bravo charlie delta/);
      assert.equal(transcript.model, 'bench:whisper-1');
      answer = () => 'Alpha comes first [0:00].';
      const answered = await api.ask([clip], 'What comes first?');
      assert.deepEqual(
        [answered.text, answered.way, answered.citations],
        [
          'Alpha comes first [0:00].',
          'audio',
          [{ clip: clip.toString(), startSeconds: 0, endSeconds: 0, isInside: true }],
        ],
      );
      answer = () => ({
        calls: [{ name: 'save_extraction', input: { data: { decisions: ['alpha'] }, evidence: [] } }],
      });
      assert.deepEqual(await decisionsOf(clip), ['alpha']);
      assert.deepEqual(shown, []);
    });
    assert.deepEqual(server.problems, []);
  });

  it('speaks into a file that can be listened to', async () => {
    const spoken = await api.speak('alpha bravo', { model: 'bench:tts-1' });
    assert.equal(spoken.transcript, 'alpha bravo');
    const file = put('api-spoken.audio', spoken.bytes);
    const { container, durationSeconds = 0 } = await api.probe(file);
    assert.deepEqual([container, durationSeconds > 0.1], [spoken.format, true]);
  });

  it('fails with a reason where the user would have to be asked, and asks only when told to', async () => {
    await configure('earshot.budget.askAbove', 0);
    await changeModels({ 'whisper-1': { chat: false, transcription: true, prices: { perAudioMinute: 6 } } });
    const other = put('api-dear.wav', toneWords('echo foxtrot').wav);
    const before = server.requests.length;
    await watchMessages(async (shown) => {
      await assert.rejects(api.transcribe(other), { reason: 'consent-needed', setting: 'earshot.budget.askAbove' });
      assert.deepEqual(shown, []);
    });
    assert.equal(server.requests.slice(before).filter(({ method }) => method === 'POST').length, 0);
    const asked = await watchMessages(
      async (shown) => {
        assert.match((await api.transcribe(other, { mayAskUser: true })).text, /echo foxtrot/);
        return shown;
      },
      ({ buttons }) => buttons.find((button) => button === 'Send'),
    );
    assert.equal(asked.length, 1);
  });

  it('is stopped by its signal, and refuses what it does not take', async () => {
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(api.ask([clip], 'What is said?', {}, stop.signal), { reason: 'cancelled' });
    await assert.rejects(api.probe('api.wav' as never), { reason: 'invalid-argument' });
    await assert.rejects(api.ask([clip], ' '), { reason: 'invalid-argument' });
    await assert.rejects(api.extract([clip], [] as never), { reason: 'invalid-argument' });
  });
});

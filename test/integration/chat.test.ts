import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Failure } from '../support/openaiServer/failures.js';
import type { OpenAIServer } from '../support/openaiServer/server.js';
import { toneWords } from '../support/openaiServer/tones.js';
import { samples } from '../../scripts/lib/samples.mjs';
import { environment } from './environment.js';
import { askInChat, askOn, configure, put, remove, shareOfWords, startBench, stopBench } from './stage.js';

describe('@audio with nothing but a speech program', () => {
  it('answers with the transcript and says that no model is set up', async function () {
    this.timeout(120_000);
    const [sample] = samples;
    assert.ok(sample);
    const uri = vscode.Uri.file(join(environment.workspace, sample.file));
    const first = await vscode.commands.executeCommand<{ text: string }>('earshot.ask', uri, undefined, {
      prompt: 'What is said?',
    });
    assert.ok(shareOfWords(sample.text, first.text) >= 0.8, first.text);
    const { error, way } = await askInChat('What is said?', [uri]);
    assert.equal(error, undefined);
    assert.equal(way, 'transcript-only');
  });

  it('always finds a model of Earshot’s own in the picker', async () => {
    const models = await vscode.lm.selectChatModels({ vendor: 'earshot' });
    assert.ok(
      models.some(({ id }) => id === 'auto'),
      models.map(({ id }) => id).join(', '),
    );
  });
});

describe('@audio through a server', () => {
  let server: OpenAIServer;
  let tones: vscode.Uri;
  const clip = toneWords('oscar papa quebec', { sampleRate: 48_000, channels: 2 });

  before(async () => {
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
    tones = put('chat-tones.wav', clip.wav);
  });
  beforeEach(async () => {
    server.reset();
    await configure('earshot.model', 'bench:gpt-audio-1.5');
  });
  after(async () => {
    remove('chat-tones.wav', 'chat-other.wav', 'picture.tiff');
    await stopBench(server);
  });

  it('lets a model that hears hear the recording itself', async () => {
    const { error, answer, way } = await askInChat('Which words are said?', [tones]);
    assert.equal(error, undefined);
    assert.equal(way, 'audio');
    assert.match(answer, /oscar papa quebec/);
    assert.match(answer, /Which words are said\?/);
    const [heard] = server.requestsTo('/v1/chat/completions')[0]?.audio ?? [];
    assert.equal(heard?.sampleRate, 16_000);
    assert.deepEqual(server.problems, []);
  });

  it('gives a model that reads a transcript', async () => {
    await configure('earshot.model', 'bench:gpt-6-luna');
    const { error, way } = await askInChat('Which words are said?', [tones]);
    assert.equal(error, undefined);
    assert.equal(way, 'transcript');
    const sent = server.requestsTo('/v1/chat/completions')[0];
    assert.match(JSON.stringify(sent?.json), /oscar papa quebec/);
    assert.equal(sent?.audio.length, 0);
  });

  it('remembers the recording in the next question of the same chat', async () => {
    await askInChat('First question', [tones]);
    const { answer } = await askOn('Second question', []);
    assert.match(answer, /oscar papa quebec/);
    const second = server.requestsTo('/v1/chat/completions')[1];
    assert.match(JSON.stringify(second?.json), /First question/);
  });

  it('hears several recordings in one question', async () => {
    const other = put('chat-other.wav', toneWords('one two three').wav);
    const { answer } = await askInChat('Compare them', [tones, other]);
    assert.match(answer, /oscar papa quebec/);
    assert.match(answer, /one two three/);
  });

  it('refuses an image together with a recording, before anything is sent', async () => {
    const image = put('picture.tiff', 'II*, and so on');
    const { error } = await askInChat('What do you see and hear?', [tones, image]);
    assert.match(error ?? '', /Images and audio/);
    assert.deepEqual(
      server.requests.filter(({ path }) => path.includes('completions')),
      [],
    );
  });

  const failures: [what: string, failure: Failure, times: number, message: RegExp][] = [
    ['a wrong key', { kind: 'status', status: 401 }, 1, /key/i],
    ['an unknown model', { kind: 'status', status: 404 }, 1, /gpt-audio-1\.5|model/i],
    ['a rate limit', { kind: 'status', status: 429, retryAfterSeconds: 90 }, 9, /limit|too many/i],
    ['an empty account', { kind: 'status', status: 429, body: 'insufficient_quota' }, 9, /quota|credit|billing/i],
    ['a recording too large', { kind: 'status', status: 413 }, 1, /large/i],
    ['a server error', { kind: 'status', status: 500 }, 9, /bench/i],
    ['an answer that is no JSON', { kind: 'malformed-event', afterEvents: 1 }, 9, /understand|malformed|answer/i],
    ['a stream cut in the middle', { kind: 'cut-stream', afterEvents: 3 }, 9, /cut|broke|ended/i],
    ['a web page in place of an answer', { kind: 'html' }, 9, /bench/i],
  ];
  const seen = new Map<string, string>();
  for (const [what, failure, times, message] of failures) {
    it(`says in its own words what happened after ${what}`, async () => {
      server.failNext('/v1/chat/completions', failure, times);
      const { error } = await askInChat('Which words are said?', [tones]);
      assert.match(error ?? '', message);
      assert.doesNotMatch(error ?? '', /undefined|\[object|sk-bench/);
      const twin = [...seen].find(([, text]) => text === error)?.[0];
      assert.equal(twin, undefined, `the message is the same as after ${twin ?? ''}`);
      seen.set(what, error ?? '');
    });
  }

  it('says that the server is gone', async () => {
    const gone = await startBench();
    await gone.close();
    const { error } = await askInChat('Which words are said?', [tones]);
    assert.match(error ?? '', /reach/i);
    await stopBench(server);
    server = await startBench();
    await configure('earshot.transcription.model', 'bench:whisper-1');
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { hearTones } from '../support/openaiServer/tones.ts';
import { collect, never, providerOf, WireContext, wireKinds } from './askServer.ts';
import { speech } from '../support/speech.js';

const path = '/v1/audio/speech';

describe.each(wireKinds)('speech through %s', (kind) => {
  let server: OpenAIServer;
  const context = new WireContext();

  beforeAll(async () => {
    server = await startOpenAIServer({ synthesiser: 'tones', recogniser: 'tones' });
  });
  beforeEach(() => {
    server.reset();
  });
  afterAll(() => server.close());

  it('sends exactly this and gives the sound', async () => {
    const provider = providerOf(server, kind, context);
    const request = { model: 'tts-1', text: 'three golf', voice: 'nova', speed: 9, format: 'mp3' } as const;
    const answer = await speech(provider, request, never());
    expect(server.requestsTo(path)[0]?.json).toEqual({
      model: 'tts-1',
      input: 'three golf',
      voice: 'nova',
      response_format: 'mp3',
      speed: 4,
    });
    expect(answer.format).toBe('mp3');
    expect(answer.bytes.byteLength).toBeGreaterThan(500);
    expect(answer.usage).toEqual({ characters: 10 });
    expect(server.problems).toEqual([]);
  });

  it('takes the format of the row and a voice of its own', async () => {
    const provider = providerOf(server, kind, context, { models: { 'tts-1': { outputFormats: ['wav'] } } });
    const answer = await speech(provider, { model: 'tts-1', text: 'three', format: 'wav' }, never());
    expect(server.requestsTo(path)[0]?.json).toEqual({
      model: 'tts-1',
      input: 'three',
      voice: 'alloy',
      response_format: 'wav',
    });
    expect(new TextDecoder('latin1').decode(answer.bytes.subarray(0, 4))).toBe('RIFF');
  });

  it('plays bare samples as they come where nobody asks for a file', async () => {
    if (kind !== 'openai') return;
    const provider = providerOf(server, kind, context);
    const request = { model: 'gpt-4o-mini-tts', text: 'three golf', instructions: 'Calmly.' };
    const events = await collect(provider.speak?.(request, never()));
    expect(server.requestsTo(path)[0]?.json).toEqual({
      model: 'gpt-4o-mini-tts',
      input: 'three golf',
      voice: 'alloy',
      response_format: 'pcm',
      instructions: 'Calmly.',
    });
    const sound = events.filter((event) => event.type === 'audio');
    expect(sound.length).toBeGreaterThan(1);
    expect(sound.every(({ sampleRate, pcm }) => sampleRate === 24_000 && pcm.length % 2 === 0)).toBe(true);
    const pcm = Buffer.concat(sound.map((event) => event.pcm));
    const samples = Float32Array.from({ length: pcm.length / 2 }, (_, index) => pcm.readInt16LE(2 * index) / 32_768);
    expect(hearTones(samples, 24_000).words.map(({ word }) => word)).toEqual(['three', 'golf']);
    expect(events.at(-1)).toEqual({ type: 'usage', usage: { characters: 10 } });
    expect(server.problems).toEqual([]);
  });

  it('gives the first sound before the last has come', async () => {
    if (kind !== 'openai') return;
    const provider = providerOf(server, kind, context);
    server.failNext(path, { kind: 'slow-stream', milliseconds: 50 });
    const times: number[] = [];
    const events = provider.speak?.({ model: 'tts-1', text: 'three golf nine', format: 'wav' }, never());
    for await (const event of events ?? []) if (event.type === 'bytes') times.push(Date.now());
    expect(times.length).toBeGreaterThan(5);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(200);
  });

  it('refuses a file of a format that the model does not speak before it asks', async () => {
    const provider = providerOf(server, kind, context, { models: { 'tts-1': { outputFormats: ['wav'] } } });
    await expect(speech(provider, { model: 'tts-1', text: 'three', format: 'flac' }, never())).rejects.toMatchObject({
      reason: 'model-lacks-capability',
      message: expect.stringContaining('speaks WAV') as string,
    });
    expect(server.requests).toEqual([]);
  });

  it('closes the connection when it is stopped', async () => {
    server.failAlways(path, { kind: 'slow-stream', milliseconds: 30 });
    const provider = providerOf(server, kind, context);
    const controller = new AbortController();
    let stoppedAt = 0;
    const run = async (): Promise<void> => {
      const text = 'three golf nine';
      for await (const event of provider.speak?.({ model: 'tts-1', text, format: 'wav' }, controller.signal) ?? []) {
        if (event.type !== 'bytes' || stoppedAt > 0) continue;
        stoppedAt = Date.now();
        controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ reason: 'cancelled' });
    await server.settled();
    expect(Date.now() - stoppedAt).toBeLessThan(100);
    expect(server.requests.at(-1)?.outcome).toBe('aborted');
  });

  it('takes an error in a 200 for an error', async () => {
    server.failNext(path, { kind: 'error-in-200' });
    const provider = providerOf(server, kind, context);
    await expect(speech(provider, { model: 'tts-1', text: 'three' }, never())).rejects.toMatchObject({
      reason: 'vendor-failure',
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { never, providerOf, WireContext, wireKinds } from './askServer.ts';
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
    const request = { model: 'tts-1', text: 'three golf', voice: 'nova', speed: 9 };
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
    const answer = await speech(provider, { model: 'tts-1', text: 'three' }, never());
    expect(server.requestsTo(path)[0]?.json).toEqual({
      model: 'tts-1',
      input: 'three',
      voice: 'alloy',
      response_format: 'wav',
    });
    expect(new TextDecoder('latin1').decode(answer.bytes.subarray(0, 4))).toBe('RIFF');
  });

  it('takes an error in a 200 for an error', async () => {
    server.failNext(path, { kind: 'error-in-200' });
    const provider = providerOf(server, kind, context);
    await expect(speech(provider, { model: 'tts-1', text: 'three' }, never())).rejects.toMatchObject({
      reason: 'vendor-failure',
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGeminiServer, streamPath, type GeminiServer } from '../support/geminiServer/server.ts';
import { hearTones, toneWords } from '../support/openaiServer/tones.ts';
import { toBase64 } from '../support/openaiServer/bytes.ts';
import { encodeWav, toPcm16 } from '../support/openaiServer/wav.ts';
import { speech } from '../support/speech.js';
import { geminiOf, GeminiContext } from './askGemini.ts';
import { collect, collectUntilError, never } from './askServer.ts';

const model = 'gemini-2.5-flash-preview-tts';
const path = streamPath(model);

describe('speech through gemini', () => {
  let server: GeminiServer;
  const context = new GeminiContext();

  beforeAll(async () => {
    server = await startGeminiServer();
  });
  beforeEach(() => {
    server.reset();
  });
  afterAll(() => server.close());

  const words = (pcm: Uint8Array, sampleRate: number): string => {
    const samples = new Float32Array(new Int16Array(pcm.slice().buffer)).map((sample) => sample / 32_768);
    return hearTones(samples, sampleRate)
      .words.map(({ word }) => word)
      .join(' ');
  };

  it('sends exactly this', async () => {
    const provider = geminiOf(server, context);
    await collect(
      provider.speak?.(
        { model, text: 'three golf', voice: 'Puck', language: 'de', instructions: 'Whisper', speed: 2 },
        never(),
      ),
    );
    expect(server.requestsTo(path)[0]?.json).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Whisper:\nthree golf' }] }],
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Puck' } }, languageCode: 'de' },
      },
    });
    await collect(provider.speak?.({ model: 'gemini-3.8-flash-tts', text: 'three', instructions: 'Whisper' }, never()));
    expect(server.requests.at(-1)?.json).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'three', speechMetadata: { style: 'Whisper' } }] }],
      generationConfig: {
        responseModalities: ['AUDIO'],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: 'Kore' } } },
      },
    });
    expect(server.problems).toEqual([]);
  });

  it.each([
    ['bare samples', 'gemini-2.5-flash-preview-tts', 7],
    ['a WAV', 'gemini-3.8-flash-tts', 1],
    ['a WAV in pieces, with sizes that are not true', 'gemini-3.8-flash-lite-tts', 6],
  ])('gives the sound of %s', async (_, id, pieces) => {
    const events = await collect(geminiOf(server, context).speak?.({ model: id, text: 'three golf nine' }, never()));
    const answer = await speech(geminiOf(server, context), { model: id, text: 'three golf nine' }, never());
    if (answer.format !== 'pcm') throw new Error(answer.format);
    expect(answer.sampleRate).toBe(24_000);
    expect(words(answer.bytes, answer.sampleRate)).toBe('three golf nine');
    expect(answer.bytes.byteLength).toBe(toneWords('three golf nine', { sampleRate: 24_000 }).wav.byteLength - 44);
    const usage = events.find((event) => event.type === 'usage')?.usage;
    expect(usage?.outputAudioTokens).toBeGreaterThan(0);
    expect(usage?.inputTokens).toBe(4);
    expect(events.filter(({ type }) => type === 'audio').length).toBe(pieces);
    expect(server.problems).toEqual([]);
  });

  it.each([
    ['audio/l16; rate=16000; channels=1', 16_000],
    ['AUDIO/L16;CODEC=PCM;RATE=8000', 8000],
    ['audio/pcm', 24_000],
  ])('reads the rate of %s', async (mimeType, sampleRate) => {
    const data = toBase64(toPcm16(toneWords('three', { sampleRate }).pcm.channels));
    server.setAnswer(() => ({ events: [[{ inlineData: { mimeType, data } }]] }));
    const answer = await speech(geminiOf(server, context), { model, text: 'x' }, never());
    expect(answer).toMatchObject({ format: 'pcm', sampleRate });
  });

  it.each([
    [
      'sound that nobody knows',
      [{ inlineData: { mimeType: 'audio/mulaw', data: 'AAAA' } }],
      'STOP',
      'malformed-response',
    ],
    [
      'a WAV in stereo',
      [
        {
          inlineData: {
            mimeType: 'audio/wav',
            data: toBase64(encodeWav(toneWords('three', { channels: 2 }).pcm)),
          },
        },
      ],
      'STOP',
      'malformed-response',
    ],
    ['words instead of sound', [{ text: 'Three.' }], 'STOP', 'malformed-response'],
    ['half a speech', [{ inlineData: { mimeType: 'audio/l16', data: 'AAAA' } }], 'OTHER', 'answer-cut-off'],
    ['a limit reached', [{ inlineData: { mimeType: 'audio/l16', data: 'AAAA' } }], 'MAX_TOKENS', 'answer-cut-off'],
  ])('refuses %s', async (_, parts, finishReason, reason) => {
    server.setAnswer(() => ({ events: [parts], finishReason }));
    const { error } = await collectUntilError(geminiOf(server, context).speak?.({ model, text: 'x' }, never()));
    expect(error.reason).toBe(reason);
  });

  it('leaves long texts to the caller', async () => {
    const text = 'word '.repeat(200);
    const { error } = await collectUntilError(geminiOf(server, context).speak?.({ model, text }, never()));
    expect(error.message).toContain('speaks 600 at most');
    expect(server.requests).toEqual([]);
  });
});

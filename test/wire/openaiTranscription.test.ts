import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TranscriptionRequest } from '../../src/providers/provider.js';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { collect, collectUntilError, never, providerOf, WireContext, wireKinds } from './askServer.ts';

const path = '/v1/audio/transcriptions';
const clip = toneWords('three golf nine alpha bravo');

function aRequest(model: string, more: Partial<TranscriptionRequest> = {}): TranscriptionRequest {
  const { wav, durationSeconds } = clip;
  return { model, audio: { bytes: wav, format: 'wav', fileName: 'interview.wav', durationSeconds }, ...more };
}

describe.each(wireKinds)('transcription through %s', (kind) => {
  let server: OpenAIServer;
  let context: WireContext;

  beforeAll(async () => {
    server = await startOpenAIServer({ recogniser: 'tones' });
  });
  beforeEach(() => {
    server.reset();
    context = new WireContext();
  });
  afterAll(() => server.close());

  const fields = (): Record<string, string[]> => {
    const form = server.requestsTo(path)[0]?.form;
    const found: Record<string, string[]> = {};
    for (const { name, value } of form?.fields ?? []) (found[name] ??= []).push(value);
    return found;
  };

  it('asks for times where the model gives them, and sends the file as it is', async () => {
    const provider = providerOf(server, kind, context, { models: { 'whisper-1': { transcriptTimes: 'words' } } });
    const request = aRequest('whisper-1', { language: 'en-US', glossary: ['golf', 'alpha'] });
    const events = await collect(provider.transcribe?.(request, never()));
    expect(fields()).toEqual({
      model: ['whisper-1'],
      language: ['en'],
      prompt: ['golf, alpha'],
      response_format: ['verbose_json'],
      'timestamp_granularities[]': ['word', 'segment'],
    });
    const [file, ...others] = server.requestsTo(path)[0]?.form?.files ?? [];
    expect(others).toEqual([]);
    expect(file).toMatchObject({ name: 'file', fileName: 'interview.wav', contentType: 'audio/wav' });
    expect(Buffer.compare(file?.bytes ?? new Uint8Array(), clip.wav)).toBe(0);
    const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
    expect(segments.map((segment) => segment.text).join(' ')).toContain(clip.text);
    const words = segments.flatMap((segment) => segment.words ?? []);
    expect(words.map((word) => word.text)).toEqual(clip.text.split(' '));
    expect(words[1]?.startSeconds).toBeCloseTo(clip.words[1]?.start ?? NaN, 1);
    expect(events).toContainEqual({ type: 'language', language: 'en' });
    const usage = events.find((event) => event.type === 'usage');
    expect(usage?.usage.audioSeconds).toBeGreaterThan(0);
    expect(server.problems).toEqual([]);
  });

  it('asks for segments alone where words are not wanted', async () => {
    const provider = providerOf(server, kind, context, { models: { 'whisper-1': { transcriptTimes: 'segments' } } });
    const events = await collect(provider.transcribe?.(aRequest('whisper-1'), never()));
    expect(fields()).toEqual({
      model: ['whisper-1'],
      response_format: ['verbose_json'],
      'timestamp_granularities[]': ['segment'],
    });
    expect(events.some((event) => event.type === 'segment' && event.segment.words === undefined)).toBe(true);
    expect(server.problems).toEqual([]);
  });

  it('gives keywords and languages to a model that takes those', async () => {
    const provider = providerOf(server, kind, context);
    const request = aRequest('gpt-transcribe', { language: 'en', glossary: ['golf', 'alpha'] });
    const events = await collect(provider.transcribe?.(request, never()));
    expect(fields()).toEqual({
      model: ['gpt-transcribe'],
      'languages[]': ['en'],
      'keywords[]': ['golf', 'alpha'],
      response_format: ['json'],
      ...(kind === 'openai' ? { stream: ['true'] } : {}),
    });
    const said = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
    expect(said).toContain(clip.text);
    if (kind === 'openai') {
      const usage = events.find((event) => event.type === 'usage');
      expect(usage?.usage).toMatchObject({ audioSeconds: clip.durationSeconds });
    }
    expect(server.problems).toEqual([]);
  });

  it('gives a file without an extension the one of its bytes', async () => {
    const provider = providerOf(server, kind, context);
    const audio = { bytes: clip.wav, format: 'wav', fileName: 'voice note.m4a' } as const;
    await collect(provider.transcribe?.({ model: 'whisper-1', audio }, never()));
    expect(server.requestsTo(path)[0]?.form?.files[0]?.fileName).toBe('voice note.m4a.wav');
    expect(server.problems).toEqual([]);
  });

  it.each(['cut-stream', 'reset-mid-body'] as const)(
    'yields what came of a stream cut in the middle, then says so: %s',
    async (failure) => {
      if (kind !== 'openai') return;
      server.failAlways(path, { kind: failure, afterEvents: 2 });
      const provider = providerOf(server, kind, context);
      const { events, error } = await collectUntilError(provider.transcribe?.(aRequest('gpt-transcribe'), never()));
      const said = events.map((event) => (event.type === 'text' ? event.text : '')).join('');
      expect(events.map(({ type }) => type)).toEqual(['text', 'text']);
      expect(said.length).toBeGreaterThan(0);
      expect(said.length).toBeLessThan(clip.text.length);
      expect(clip.text.startsWith(said)).toBe(true);
      expect(error).toMatchObject({
        reason: 'answer-cut-off',
        message: 'Bench broke off in the middle of its answer. What came before is kept. Try again.',
        provider: 'bench',
      });
      expect(server.requestsTo(path).length).toBe(1);
    },
  );

  it('names the speakers where the model tells them apart', async () => {
    if (kind !== 'openai') return;
    const provider = providerOf(server, kind, context);
    const events = await collect(provider.transcribe?.(aRequest('gpt-4o-transcribe-diarize'), never()));
    expect(fields()).toEqual({
      model: ['gpt-4o-transcribe-diarize'],
      response_format: ['diarized_json'],
      chunking_strategy: ['auto'],
      stream: ['true'],
    });
    const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
    expect(segments[0]?.speaker).toBe('A');
    expect(events.some(({ type }) => type === 'text')).toBe(false);
    expect(server.problems).toEqual([]);
  });

  it('names the file that is too large for the server', async () => {
    server.failNext(path, { kind: 'status', status: 413 });
    const provider = providerOf(server, kind, context);
    const { error } = await collectUntilError(provider.transcribe?.(aRequest('whisper-1'), never()));
    expect(error.reason).toBe('clip-too-large');
    expect(error.message).toMatch(
      /^interview\.wav is too large for Bench in one request\. Select a shorter part of it, or another model\. Bench says: "Max/,
    );
  });
});

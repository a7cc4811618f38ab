import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { text } from '../../src/core/conversation.js';
import { googleErrors } from '../support/geminiServer/googleErrors.ts';
import { geminiKey, startGeminiServer, streamPath, type GeminiServer } from '../support/geminiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { geminiOf, GeminiContext, wavBlock } from './askGemini.ts';
import { collect, collectUntilError, never } from './askServer.ts';
import { geminiFailureCases } from './geminiFailureCases.ts';

const clip = toneWords('three golf nine');

describe('errors of gemini', () => {
  let server: GeminiServer;
  let context: GeminiContext;

  beforeAll(async () => {
    server = await startGeminiServer();
  });
  beforeEach(() => {
    server.reset();
    context = new GeminiContext();
  });
  afterAll(() => server.close());

  const model = 'gemini-3.8-flash';
  const chat = streamPath(model);
  const ask = (signal = never()) =>
    geminiOf(server, context).converse?.(
      { model, messages: [{ role: 'user', content: [wavBlock(clip.wav), text('What is said?')] }] },
      signal,
    );
  const transcribe = () =>
    geminiOf(server, context).transcribe?.(
      { model: 'gemini-3.5-transcribe', audio: { bytes: clip.wav, format: 'wav', fileName: 'interview.wav' } },
      never(),
    );
  const speak = () =>
    geminiOf(server, context).speak?.({ model: 'gemini-2.5-flash-preview-tts', text: 'three golf' }, never());

  describe.each([
    { run: ask, model, recording: 'the recording' },
    { run: transcribe, model: 'gemini-3.5-transcribe', recording: 'interview.wav' },
    { run: speak, model: 'gemini-2.5-flash-preview-tts', recording: 'the recording' },
  ])('of $model', ({ run, model: asked, recording }) => {
    const path = streamPath(asked);
    const fill = (value: string): string =>
      value
        .replaceAll('{model}', asked)
        .replaceAll('{recording}', recording)
        .replaceAll('{Recording}', recording.replace(/^the/, 'The'))
        .replaceAll('{address}', server.baseUrl);

    it.each(geminiFailureCases)('$name: $reason', async ({ failure, reason, ours, theirs, attempts }) => {
      server.failAlways(path, failure);
      const { events, error } = await collectUntilError<unknown>(run());
      expect(error.reason).toBe(reason);
      const [said, quoted, ...more] = error.message.split(' Bench says: ');
      expect(said).toBe(fill(ours));
      expect(quoted?.slice(1, 1 + (theirs ?? '').length)).toBe(theirs);
      expect(more).toEqual([]);
      expect(error.provider).toBe('bench');
      expect(events).toEqual([]);
      expect(server.requestsTo(path).length).toBe(attempts);
      // The key is in the header, and nowhere that anybody could read it.
      const seen = [error.message, error.detail, error.stack, String(error.cause), ...context.lines].join('\n');
      expect(seen).not.toContain(geminiKey);
      expect(seen).not.toContain(geminiKey.slice(-8));
    });
  });

  it('waits as long as the error says, and then succeeds', async () => {
    const { status, body } = googleErrors.rate('1.1s');
    server.failNext(chat, { kind: 'status', status, body });
    const startedAt = Date.now();
    const events = await collect(ask());
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(1090);
    expect(events.some(({ type }) => type === 'text')).toBe(true);
    expect(server.requestsTo(chat).length).toBe(2);
  });

  it('says how long to wait when that is too long to sit through', async () => {
    const { status, body } = googleErrors.rate('45s');
    server.failNext(chat, { kind: 'status', status, body });
    expect((await collectUntilError(ask())).error.retryAfterSeconds).toBe(45);
  });

  it('can be stopped while it waits', async () => {
    const { status, body } = googleErrors.rate('15s');
    server.failNext(chat, { kind: 'status', status, body });
    const controller = new AbortController();
    const running = collectUntilError(ask(controller.signal));
    await server.waitForRequest(chat);
    await server.settled();
    const startedAt = Date.now();
    controller.abort();
    expect((await running).error.reason).toBe('cancelled');
    expect(Date.now() - startedAt).toBeLessThan(100);
  });

  it('asks for a key where there is none, and sends nothing without one', async () => {
    context.key = undefined;
    expect((await collectUntilError(ask())).error.reason).toBe('missing-key');
    expect(server.requests).toEqual([]);
  });

  it.each([
    {
      name: 'a stream that ends in the middle',
      failure: { kind: 'cut-stream', afterEvents: 3 },
      reason: 'answer-cut-off',
    },
    { name: 'a reset in the middle', failure: { kind: 'reset-mid-body', afterEvents: 3 }, reason: 'answer-cut-off' },
    {
      name: 'an event that is no JSON',
      failure: { kind: 'malformed-event', afterEvents: 3 },
      reason: 'malformed-response',
    },
    {
      name: 'an error among the events',
      failure: { kind: 'error-event', afterEvents: 3, body: googleErrors.overloaded().body },
      reason: 'overloaded',
    },
  ] as const)('keeps what came before $name, and what it used', async ({ failure, reason }) => {
    server.failNext(chat, failure);
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { events, error } = await collectUntilError(ask());
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    expect(error.reason).toBe(reason);
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(0);
    expect(events.at(-1)?.type).toBe('usage');
    expect(server.requestsTo(chat).length).toBe(1);
  });

  it('aborts down to the socket', async () => {
    server.failAlways('*', { kind: 'hang' });
    const controller = new AbortController();
    const running = collectUntilError(ask(controller.signal));
    await server.waitForRequest(chat);
    const startedAt = Date.now();
    controller.abort();
    expect((await running).error.reason).toBe('cancelled');
    await server.settled();
    expect(Date.now() - startedAt).toBeLessThan(100);
    expect(server.requests.at(-1)?.outcome).toBe('aborted');
  });

  it('aborts in the middle of a stream, and when nobody reads on', async () => {
    server.setAnswer(() => ({ events: Array.from({ length: 200 }, () => [{ text: 'word ' }]) }));
    for (const way of ['abort', 'leave'] as const) {
      server.failNext(chat, { kind: 'slow-stream', milliseconds: 20 });
      const controller = new AbortController();
      let stoppedAt = 0;
      const read = async (): Promise<void> => {
        for await (const event of ask(controller.signal) ?? []) {
          if (event.type !== 'text') continue;
          stoppedAt = Date.now();
          if (way === 'leave') return;
          controller.abort();
        }
      };
      if (way === 'abort') await expect(read()).rejects.toMatchObject({ reason: 'cancelled' });
      else await read();
      await server.settled();
      expect(Date.now() - stoppedAt).toBeLessThan(100);
      expect(server.requests.at(-1)?.outcome).toBe('aborted');
    }
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { text } from '../../src/core/conversation.js';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { collect, collectUntilError, never, providerOf, WireContext, wireKinds } from './askServer.ts';

/* Answers that end too early, because the server or the user ended them. */

const chat = '/v1/chat/completions';
const listen = '/v1/audio/transcriptions';
const clip = toneWords('three golf nine');
const cutOff = 'Bench broke off in the middle of its answer. What came before is kept. Try again.';

describe.each(wireKinds)('answers of %s that end early', (kind) => {
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

  const ask = () =>
    providerOf(server, kind, context).converse?.(
      {
        model: 'gpt-audio-1.5',
        messages: [
          {
            role: 'user',
            content: [{ type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } }, text('What is said?')],
          },
        ],
      },
      never(),
    );
  const transcribe = () =>
    providerOf(server, kind, context).transcribe?.(
      { model: 'whisper-1', audio: { bytes: clip.wav, format: 'wav', fileName: 'interview.wav' } },
      never(),
    );

  it.each([
    {
      name: 'a stream that ends in the middle',
      failure: { kind: 'cut-stream', afterEvents: 3 },
      reason: 'answer-cut-off',
      ours: cutOff,
    },
    {
      name: 'a reset in the middle',
      failure: { kind: 'reset-mid-body', afterEvents: 3 },
      reason: 'answer-cut-off',
      ours: cutOff,
    },
    {
      name: 'an event that is no JSON',
      failure: { kind: 'malformed-event', afterEvents: 3 },
      reason: 'malformed-response',
      ours: 'Bench sent an answer that cannot be read. Check that its address speaks the OpenAI API; the log has more.',
    },
    {
      name: 'an error among the events',
      failure: { kind: 'error-event', afterEvents: 3 },
      reason: 'vendor-failure',
      ours: "Bench failed while working on the request. Try again; if it goes on, look at the vendor's status page.",
    },
  ] as const)('keeps what came before $name', async ({ failure, reason, ours }) => {
    server.failNext(chat, failure);
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const { events, error } = await collectUntilError(ask());
    expect(printed).not.toHaveBeenCalled();
    printed.mockRestore();
    expect(error.reason).toBe(reason);
    expect(error.message.split(' Bench says: ')[0]).toBe(ours);
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(0);
    expect(server.requestsTo(chat).length).toBe(1);
  });

  it('takes a stream that announces its end for whole, also without a reason', async () => {
    const lines = ['data: {"choices":[{"delta":{"content":"Whole."}}]}', 'data: [DONE]', ''].join('\n\n');
    context.fetch = () =>
      Promise.resolve(new Response(lines, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } }));
    expect(await collect(ask())).toEqual([{ type: 'text', text: 'Whole.' }]);
    context.fetch = () =>
      Promise.resolve(
        new Response(lines.replace('data: [DONE]', ''), { headers: { 'content-type': 'text/event-stream' } }),
      );
    expect((await collectUntilError(ask())).error.reason).toBe('answer-cut-off');
  });

  it('gives up a plain answer that breaks off', async () => {
    server.failNext(listen, { kind: 'reset-mid-body' });
    const { events, error } = await collectUntilError(transcribe());
    expect(events).toEqual([]);
    expect(error).toMatchObject({ reason: 'answer-cut-off', message: cutOff });
  });

  it('aborts down to the socket', async () => {
    server.failAlways('*', { kind: 'hang' });
    for (const begin of [ask, transcribe]) {
      server.reset();
      server.failAlways('*', { kind: 'hang' });
      const controller = new AbortController();
      const provider = providerOf(server, kind, context);
      const audio = { bytes: clip.wav, format: 'wav', fileName: 'interview.wav' } as const;
      const running =
        begin === ask
          ? collectUntilError<unknown>(
              provider.converse?.(
                {
                  model: 'gpt-audio-1.5',
                  messages: [
                    {
                      role: 'user',
                      content: [{ type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } }],
                    },
                  ],
                },
                controller.signal,
              ),
            )
          : collectUntilError<unknown>(provider.transcribe?.({ model: 'whisper-1', audio }, controller.signal));
      await server.waitForRequest(begin === ask ? chat : listen);
      const startedAt = Date.now();
      controller.abort();
      expect((await running).error.reason).toBe('cancelled');
      await server.settled();
      expect(Date.now() - startedAt).toBeLessThan(100);
      expect(server.requests.at(-1)?.outcome).toBe('aborted');
    }
  });

  it('aborts in the middle of a stream, and when nobody reads on', async () => {
    server.setAnswer(() => 'word '.repeat(200));
    for (const way of ['abort', 'leave'] as const) {
      server.failNext(chat, { kind: 'slow-stream', milliseconds: 20 });
      const controller = new AbortController();
      const provider = providerOf(server, kind, context);
      const content = [{ type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } } as const];
      let stoppedAt = 0;
      const read = async (): Promise<void> => {
        const events = provider.converse?.(
          { model: 'gpt-audio-1.5', messages: [{ role: 'user', content }] },
          controller.signal,
        );
        for await (const event of events ?? []) {
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

import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { text } from '../../src/core/conversation.js';
import { benchKey, startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { aProvider, collect, collectUntilError, never, providerOf, WireContext, wireKinds } from './askServer.ts';
import { failureCases } from './failureCases.ts';

const chat = '/v1/chat/completions';
const listen = '/v1/audio/transcriptions';
const clip = toneWords('three golf nine');

describe.each(wireKinds)('errors of %s', (kind) => {
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

  describe.each([
    { path: chat, run: ask, model: 'gpt-audio-1.5', recording: 'the recording' },
    { path: listen, run: transcribe, model: 'whisper-1', recording: 'interview.wav' },
  ])('at $path', ({ path, run, model, recording }) => {
    const fill = (value: string): string =>
      value
        .replaceAll('{model}', model)
        .replaceAll('{recording}', recording)
        .replaceAll('{Recording}', recording.replace(/^the/, 'The'))
        .replaceAll('{address}', server.baseUrl);

    it.each(failureCases)('$name: $reason', async ({ failure, reason, ours, theirs, attempts }) => {
      server.failAlways(path, failure);
      const { events, error } = await collectUntilError<unknown>(run());
      expect(error.reason).toBe(reason);
      const [said, quoted, ...more] = error.message.split(' Bench says: ');
      expect(said).toBe(fill(ours));
      expect(quoted?.slice(1, 1 + fill(theirs ?? '').length)).toBe(theirs === undefined ? undefined : fill(theirs));
      expect(more).toEqual([]);
      expect(error.provider).toBe('bench');
      expect(events).toEqual([]);
      expect(server.requestsTo(path).length).toBe(attempts);
      // The key is in the header, and nowhere that anybody could read it.
      const seen = [error.message, error.detail, error.stack, String(error.cause), ...context.lines].join('\n');
      expect(seen).not.toContain(benchKey);
      expect(seen).not.toContain(benchKey.slice(-8));
      expect(error.message.length).toBeLessThan(700);
    });
  });

  it('waits as long as it is asked to, and then succeeds', async () => {
    server.failNext(chat, { kind: 'status', status: 429, retryAfterSeconds: 1 });
    const startedAt = Date.now();
    const events = await collect(ask());
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(events.some(({ type }) => type === 'text')).toBe(true);
    expect(server.requestsTo(chat).length).toBe(2);
    expect(server.problems).toEqual([]);
  });

  it('says how long to wait when that is too long to sit through', async () => {
    server.failNext(chat, { kind: 'status', status: 429, retryAfterSeconds: 45 });
    const { error } = await collectUntilError(ask());
    expect(error.retryAfterSeconds).toBe(45);
  });

  it('asks for a key where the server wants one and there is none', async () => {
    context.key = undefined;
    const { error } = await collectUntilError(ask());
    expect(error.reason).toBe('missing-key');
    // Whoever needs no key is asked without one, and only the answer tells.
    expect(server.requestsTo(chat).map(({ headers }) => headers['authorization'])).toEqual(
      kind === 'openai' ? [] : [undefined],
    );
  });

  it('checks a key without keeping it', async () => {
    const provider = providerOf(server, kind, context);
    await expect(provider.checkKey?.(benchKey, never())).resolves.toBeUndefined();
    await expect(provider.checkKey?.('sk-another-key-0123456789', never())).rejects.toMatchObject({
      reason: 'invalid-key',
    });
    expect(context.lines.join('\n')).not.toContain('sk-another');
  });

  it('says at which address nothing answers', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    const provider = aProvider({ kind, baseUrl: `http://127.0.0.1:${port}/v1`, label: 'Gone' }, context);
    const startedAt = Date.now();
    const { error } = await collectUntilError(
      provider.transcribe?.(
        { model: 'whisper-1', audio: { bytes: clip.wav, format: 'wav', fileName: 'interview.wav' } },
        never(),
      ),
    );
    expect(error.reason).toBe('unreachable');
    expect(error.message).toBe(
      `Gone cannot be reached at http://127.0.0.1:${port}/v1. Nothing answers there: is the server running?`,
    );
    expect(Date.now() - startedAt).toBeLessThan(1000);
    // A server that lists its models cannot be chosen from while it is gone; a table can.
    if (kind === 'openai') expect((await provider.models()).length).toBeGreaterThan(0);
    else await expect(provider.models()).rejects.toMatchObject({ reason: 'unreachable', message: error.message });
  });
});

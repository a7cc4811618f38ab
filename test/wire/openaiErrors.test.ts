import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { text } from '../../src/core/conversation.js';
import type { ErrorReason } from '../../src/core/errors.js';
import type { Failure } from '../support/openaiServer/failures.ts';
import { benchKey, startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { aProvider, collect, collectUntilError, never, providerOf, WireContext, wireKinds } from './askServer.ts';

const chat = '/v1/chat/completions';
const listen = '/v1/audio/transcriptions';
const clip = toneWords('three golf nine');

interface Case {
  readonly name: string;
  readonly failure: Failure;
  readonly reason: ErrorReason;
  readonly says: RegExp;
  /** How often the server was asked. */
  readonly attempts: number;
}

const noWait = { retryAfterMilliseconds: 1 };

const cases: readonly Case[] = [
  {
    name: '401',
    failure: { kind: 'status', status: 401 },
    reason: 'invalid-key',
    says: /Bench did not accept the API key.*Incorrect API key provided: \[key\]/,
    attempts: 1,
  },
  {
    name: '403 country',
    failure: { kind: 'status', status: 403 },
    reason: 'forbidden',
    says: /Country, region/,
    attempts: 1,
  },
  {
    name: '403 model',
    failure: { kind: 'status', status: 403, body: 'model_forbidden' },
    reason: 'forbidden',
    says: /does not allow/,
    attempts: 1,
  },
  {
    name: '404 model',
    failure: { kind: 'status', status: 404 },
    reason: 'model-not-found',
    says: /does not have the model "(?:gpt-audio-1.5|whisper-1)"/,
    attempts: 1,
  },
  {
    name: '404 page',
    failure: { kind: 'html', status: 404 },
    reason: 'invalid-settings',
    says: /often ends in \/v1/,
    attempts: 1,
  },
  {
    name: '404 of a web framework',
    failure: { kind: 'status', status: 404, body: { detail: 'Not Found' } },
    reason: 'invalid-settings',
    says: /often ends in \/v1/,
    attempts: 1,
  },
  {
    name: '413',
    failure: { kind: 'status', status: 413 },
    reason: 'clip-too-large',
    says: /too large for Bench/,
    attempts: 1,
  },
  {
    name: '400 format',
    failure: { kind: 'status', status: 400, body: 'unsupported_format' },
    reason: 'unsupported-media',
    says: /Convert it to WAV or MP3/,
    attempts: 1,
  },
  {
    name: '400 undecodable',
    failure: { kind: 'status', status: 400, body: 'undecodable_audio' },
    reason: 'unsupported-media',
    says: /could not read the sound/,
    attempts: 1,
  },
  {
    name: '400 context',
    failure: { kind: 'status', status: 400, body: 'context_length_exceeded' },
    reason: 'clip-too-long',
    says: /too long for the model.*maximum context length/,
    attempts: 1,
  },
  {
    name: '429 rate',
    failure: { kind: 'status', status: 429, ...noWait },
    reason: 'rate-limited',
    says: /too many requests/,
    attempts: 3,
  },
  {
    name: '429 with a long wait',
    failure: { kind: 'status', status: 429, retryAfterSeconds: 45 },
    reason: 'rate-limited',
    says: /Wait a little/,
    attempts: 1,
  },
  {
    name: '429 quota',
    failure: { kind: 'status', status: 429, body: 'insufficient_quota' },
    reason: 'quota-exhausted',
    says: /used up/,
    attempts: 1,
  },
  {
    name: '500',
    failure: { kind: 'status', status: 500, ...noWait },
    reason: 'vendor-failure',
    says: /failed while working/,
    attempts: 3,
  },
  {
    name: '502 page of a proxy',
    failure: { kind: 'html', status: 502 },
    reason: 'vendor-failure',
    says: /Try again/,
    attempts: 3,
  },
  {
    name: '503',
    failure: { kind: 'status', status: 503, ...noWait },
    reason: 'overloaded',
    says: /overloaded/,
    attempts: 3,
  },
  {
    name: '529',
    failure: { kind: 'status', status: 529, body: 'overloaded', ...noWait },
    reason: 'overloaded',
    says: /overloaded/,
    attempts: 3,
  },
  {
    name: 'error in a 200',
    failure: { kind: 'error-in-200' },
    reason: 'vendor-failure',
    says: /had an error while processing/,
    attempts: 1,
  },
  {
    name: 'quota in a 200',
    failure: { kind: 'error-in-200', body: 'insufficient_quota' },
    reason: 'quota-exhausted',
    says: /used up/,
    attempts: 1,
  },
  {
    name: 'malformed JSON',
    failure: { kind: 'malformed-json' },
    reason: 'malformed-response',
    says: /cannot be read/,
    attempts: 1,
  },
  { name: 'empty body', failure: { kind: 'empty' }, reason: 'malformed-response', says: /cannot be read/, attempts: 1 },
  {
    name: 'page in a 200',
    failure: { kind: 'html', status: 200 },
    reason: 'invalid-settings',
    says: /web page/,
    attempts: 1,
  },
  {
    name: 'reset before the headers',
    failure: { kind: 'reset-before-headers' },
    reason: 'unreachable',
    says: /connection broke/,
    attempts: 3,
  },
  {
    name: 'redirect',
    failure: { kind: 'status', status: 307, headers: { location: 'https://elsewhere.example/v1?key=1' } },
    reason: 'invalid-settings',
    says: /elsewhere\.example\/v1"/,
    attempts: 1,
  },
];

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
    { path: chat, run: ask },
    { path: listen, run: transcribe },
  ])('at $path', ({ path, run }) => {
    it.each(cases)('$name: $reason', async ({ failure, reason, says, attempts }) => {
      server.failAlways(path, failure);
      const { events, error } = await collectUntilError<unknown>(run());
      expect(error.reason).toBe(reason);
      expect(error.message).toMatch(says);
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

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { text } from '../../src/core/conversation.js';
import type { ErrorReason } from '../../src/core/errors.js';
import { errorEvent, errorObject, errorReply } from '../support/anthropicServer/errors.ts';
import { anthropicKey, startAnthropicServer, type AnthropicServer } from '../support/anthropicServer/server.ts';
import { utf8 } from '../support/openaiServer/bytes.ts';
import { jsonReply } from '../support/openaiServer/reply.ts';
import type { WireFailure } from '../support/wireServer/wireServer.ts';
import { aProvider, collect, collectUntilError, never, WireContext } from './askServer.ts';

const path = '/v1/messages';
const noWait = { 'retry-after-ms': '1' };

/** The vendor's own error body with this status. */
function error(status: number, message: string, headers: Readonly<Record<string, string>> = noWait): WireFailure {
  const reply = errorReply(status, message);
  return { kind: 'reply', reply: { ...reply, headers: { ...reply.headers, ...headers } } };
}

const cases: readonly (readonly [name: string, WireFailure, ErrorReason, attempts: number, says: RegExp])[] = [
  ['401', error(401, 'invalid x-api-key'), 'invalid-key', 1, /did not accept the API key.*"invalid x-api-key"/],
  ['402', error(402, 'Check your payment details.'), 'quota-exhausted', 1, /credit or quota of your Bench account/],
  [
    '400 without credit',
    error(400, 'Your credit balance is too low to access the Anthropic API.'),
    'quota-exhausted',
    1,
    /credit or quota/,
  ],
  ['403', error(403, 'Your API key may not use this.'), 'forbidden', 1, /does not allow this key.*claude-sonnet-5-5/],
  ['404', error(404, 'model: claude-sonnet-5-5'), 'model-not-found', 1, /does not have the model "claude-sonnet-5-5"/],
  [
    '404 page',
    { kind: 'html', status: 404 },
    'invalid-settings',
    1,
    /nothing at http:\S+ that could do this\. Check the base URL in the setting earshot\.providers, or/,
  ],
  ['413', error(413, 'Request exceeds the maximum size'), 'clip-too-large', 1, /too large for Bench/],
  [
    '400 too long',
    error(400, 'prompt is too long: 1200000 tokens > 1000000 maximum'),
    'clip-too-long',
    1,
    /too long for/,
  ],
  [
    '400 format',
    error(400, 'messages.0.content.0: unsupported audio format'),
    'unsupported-media',
    1,
    /could not read the sound/,
  ],
  ['429', error(429, 'This request would exceed the rate limit'), 'rate-limited', 3, /too many requests/],
  ['429 with a long wait', error(429, 'Wait.', { 'retry-after': '45' }), 'rate-limited', 1, /too many requests/],
  ['429 quota', error(429, 'You have reached your monthly spending limit'), 'quota-exhausted', 1, /credit or quota/],
  ['500', error(500, 'Internal server error'), 'vendor-failure', 3, /failed while working/],
  ['503', { kind: 'html', status: 503 }, 'overloaded', 3, /is overloaded/],
  ['504', error(504, 'Request timed out'), 'timeout', 3, /took too long/],
  ['529', error(529, 'Overloaded'), 'overloaded', 3, /is overloaded.*"Overloaded"/],
  [
    'error in a 200',
    { kind: 'reply', reply: jsonReply(errorObject(529, 'Overloaded')) },
    'overloaded',
    1,
    /is overloaded/,
  ],
  [
    'malformed JSON',
    { kind: 'malformed-json' },
    'malformed-response',
    1,
    /Check that its address speaks the Anthropic API/,
  ],
  ['empty body', { kind: 'empty' }, 'malformed-response', 1, /cannot be read/],
  ['page in a 200', { kind: 'html', status: 200 }, 'invalid-settings', 1, /answered with a web page/],
  [
    'reset before the headers',
    { kind: 'reset-before-headers' },
    'unreachable',
    3,
    /connection broke before it answered/,
  ],
  [
    'redirect',
    { kind: 'status', status: 307, headers: { location: 'https://elsewhere.example/v1?key=1' } },
    'invalid-settings',
    1,
    /Nothing was sent there.*It named https:\/\/elsewhere\.example\/v1\./,
  ],
];

describe('errors of anthropic', () => {
  let server: AnthropicServer;
  let context: WireContext;

  beforeAll(async () => {
    server = await startAnthropicServer();
  });
  beforeEach(() => {
    server.reset();
    server.setAnswer('word '.repeat(100));
    context = new WireContext();
    context.key = anthropicKey;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });
  afterAll(() => server.close());

  const provider = () => aProvider({ kind: 'anthropic', baseUrl: server.origin, label: 'Bench' }, context);
  const ask = (signal = never()) =>
    provider().converse?.(
      { model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: [text('What is said?')] }] },
      signal,
    );

  it.each(cases)('%s', async (_, failure, reason, attempts, says) => {
    server.failAlways(path, failure);
    const { events, error: thrown } = await collectUntilError(ask());
    expect(thrown.reason).toBe(reason);
    expect(thrown.message).toMatch(says);
    expect(events).toEqual([]);
    expect(server.requestsTo(path).length).toBe(attempts);
    const seen = [thrown.message, thrown.detail, thrown.stack, String(thrown.cause), ...context.lines].join('\n');
    expect(seen).not.toContain(anthropicKey.slice(-8));
  });

  it('waits as long as it is asked to, and then succeeds', async () => {
    server.failNext(path, error(429, 'Wait.', { 'retry-after': '1' }));
    const startedAt = Date.now();
    expect((await collect(ask())).some(({ type }) => type === 'text')).toBe(true);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(990);
    expect(server.requestsTo(path).length).toBe(2);
  });

  it('says how long to wait when that is too long to sit through, and asks for a key where there is none', async () => {
    server.failNext(path, error(429, 'Wait.', { 'retry-after': '45' }));
    expect((await collectUntilError(ask())).error.retryAfterSeconds).toBe(45);
    context.key = undefined;
    server.reset();
    expect((await collectUntilError(ask())).error.reason).toBe('missing-key');
    expect((await provider().readiness()).state).toBe('missing-key');
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['a stream that ends in the middle', { kind: 'cut-stream', afterEvents: 6 }, 'answer-cut-off'],
    ['a reset in the middle', { kind: 'reset-mid-body', afterEvents: 6 }, 'answer-cut-off'],
    [
      'an event that is no JSON',
      { kind: 'tail', afterEvents: 6, pieces: [utf8('event: content_block_delta\ndata: {"type":"content_blo\n\n')] },
      'malformed-response',
    ],
    ['an overload', { kind: 'tail', afterEvents: 6, pieces: [errorEvent(529, 'Overloaded')] }, 'overloaded'],
    [
      'a failure',
      { kind: 'tail', afterEvents: 6, pieces: [errorEvent(500, 'Internal server error')] },
      'vendor-failure',
    ],
    ['a limit', { kind: 'tail', afterEvents: 6, pieces: [errorEvent(429, 'Too much')] }, 'rate-limited'],
  ] as const)('keeps what came before %s, and asks no second time', async (_, failure, reason) => {
    const printed = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    server.failNext(path, failure);
    const { events, error: thrown } = await collectUntilError(ask());
    expect(thrown.reason).toBe(reason);
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(0);
    expect(server.requestsTo(path).length).toBe(1);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  it('aborts down to the socket: before the answer, in the middle, and when nobody reads on', async () => {
    for (const way of ['before', 'middle', 'leave'] as const) {
      server.reset();
      server.failNext(path, way === 'before' ? { kind: 'hang' } : { kind: 'slow-stream', milliseconds: 20 });
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
      const reading = read();
      if (way === 'before') {
        await server.waitForRequest(path);
        stoppedAt = Date.now();
        controller.abort();
      }
      if (way === 'leave') await reading;
      else await expect(reading).rejects.toMatchObject({ reason: 'cancelled' });
      await server.settled();
      expect(Date.now() - stoppedAt).toBeLessThan(100);
      expect(server.requests.at(-1)?.outcome).toBe('aborted');
    }
  });

  it('changes nothing through environment variables', async () => {
    await collect(ask());
    const before = server.requests[0]?.headers;
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-ant-from-the-environment');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'token-from-the-environment');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://127.0.0.1:9');
    vi.stubEnv('ANTHROPIC_LOG', 'debug');
    vi.stubEnv(
      'ANTHROPIC_CUSTOM_HEADERS',
      'X-Evil: 1\nAuthorization: Bearer x\nAnthropic-Version: 2023-06-01\nAccept: text/html\nContent-Type: text/html',
    );
    const printed = (['log', 'debug', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    server.reset();
    await collect(ask());
    expect(server.requests[0]?.headers).toEqual(before);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
    expect(server.problems).toEqual([]);
  });

  it('takes an authorization of the settings in place of a key', async () => {
    context.key = undefined;
    const gateway = aProvider(
      { kind: 'anthropic', baseUrl: server.origin, headers: { Authorization: `Bearer ${anthropicKey}` } },
      context,
    );
    expect((await gateway.readiness()).state).toBe('ready');
    await collect(
      gateway.converse?.({ model: 'claude-sonnet-5-5', messages: [{ role: 'user', content: [text('?')] }] }, never()),
    );
    expect(server.requests[0]?.headers['x-api-key']).toBeUndefined();
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../../support/openaiServer/bytes.ts';
import type { Failure } from '../../support/openaiServer/failures.ts';
import type { OpenAIServer } from '../../support/openaiServer/server.ts';
import { benchKey, startOpenAIServer } from '../../support/openaiServer/server.ts';
import { toneWords } from '../../support/openaiServer/tones.ts';

let server: OpenAIServer;
beforeAll(async () => {
  server = await startOpenAIServer({ recogniser: 'tones', synthesiser: 'tones' });
});
afterAll(() => server.close());
afterEach(() => {
  expect(server.problems).toEqual([]);
  server.reset();
});

const path = '/v1/chat/completions';
const { wav } = toneWords('one two three');

async function ask(stream = true, signal?: AbortSignal): Promise<Response> {
  const input_audio = { data: toBase64(wav), format: 'wav' };
  const content = [
    { type: 'text', text: 'Wörtlich?' },
    { type: 'input_audio', input_audio },
  ];
  return fetch(server.origin + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${benchKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-audio-1.5', stream, messages: [{ role: 'user', content }] }),
    signal: signal ?? null,
  });
}

async function askTo(failure: Failure, stream = true): Promise<{ response: Response; text: string }> {
  server.failNext(path, failure);
  const response = await ask(stream);
  return { response, text: await response.text() };
}

describe('an ordered failure', () => {
  it('comes once, several times, or always, for one path or for all, and then no more', async () => {
    server.failNext(path, { kind: 'status', status: 500 }, 2);
    server.failNext('/v1/models', { kind: 'empty' });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([500, 500, 200]);
    server.failAlways('*', { kind: 'status', status: 503 });
    expect([(await ask()).status, (await ask()).status]).toEqual([503, 503]);
    server.reset();
    expect((await ask()).status).toBe(200);
  });

  it.each<[number, Failure, object]>([
    [401, { kind: 'status', status: 401 }, { code: 'invalid_api_key' }],
    [403, { kind: 'status', status: 403 }, { code: 'unsupported_country_region_territory' }],
    [404, { kind: 'status', status: 404 }, { code: 'model_not_found' }],
    [413, { kind: 'status', status: 413 }, { type: 'server_error', code: null }],
    [429, { kind: 'status', status: 429 }, { type: 'tokens', code: 'rate_limit_exceeded' }],
    [429, { kind: 'status', status: 429, body: 'insufficient_quota' }, { code: 'insufficient_quota' }],
    [400, { kind: 'status', status: 400, body: 'context_length_exceeded' }, { code: 'context_length_exceeded' }],
    [400, { kind: 'status', status: 400, body: 'unsupported_format' }, { type: 'invalid_request_error' }],
    [500, { kind: 'status', status: 500 }, { type: 'server_error' }],
    [503, { kind: 'status', status: 503 }, { type: 'server_error' }],
    [200, { kind: 'error-in-200' }, { type: 'server_error' }],
    [418, { kind: 'status', status: 418, body: { error: { message: 'tea' } } }, { message: 'tea' }],
  ])('may be status %i with its true body', async (status, failure, error) => {
    const { response, text } = await askTo(failure);
    expect(response.status).toBe(status);
    expect(JSON.parse(text)).toMatchObject({ error });
    expect(server.requests[0]).toMatchObject({ outcome: 'failed', status });
  });

  it('says when to come again, and names the model and the key that were sent', async () => {
    const waiting = { retryAfterSeconds: 1, retryAfterMilliseconds: 250 };
    const limited = await askTo({ kind: 'status', status: 429, ...waiting });
    expect(limited.response.headers.get('retry-after')).toBe('1');
    expect(limited.response.headers.get('retry-after-ms')).toBe('250');
    expect(limited.text).toContain('Rate limit reached for gpt-audio-1.5');
    const refused = await askTo({ kind: 'status', status: 401 });
    expect(refused.text).toContain(`${benchKey.slice(0, 8)}***`);
    expect(refused.text).not.toContain(benchKey);
    expect((await askTo({ kind: 'status', status: 500, body: { text: 'oops' } })).text).toBe('oops');
  });

  it('may be a page of a proxy, nothing at all, or half of an answer', async () => {
    const page = await askTo({ kind: 'html' });
    expect([page.response.status, page.response.headers.get('content-type')]).toEqual([
      502,
      'text/html; charset=utf-8',
    ]);
    const empty = await askTo({ kind: 'empty' });
    expect([empty.response.status, empty.text]).toEqual([200, '']);
    const malformed = await askTo({ kind: 'malformed-json' });
    expect(() => JSON.parse(malformed.text) as unknown).toThrow(SyntaxError);
    const cut = await askTo({ kind: 'cut-stream' }, false);
    expect(() => JSON.parse(cut.text) as unknown).toThrow(SyntaxError);
  });

  it('may cut a stream without a word, after an event that is an error, or with one that is none', async () => {
    const whole = await (await ask()).text();
    expect(whole).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/);
    const cut = await askTo({ kind: 'cut-stream' });
    expect(cut.text).toContain('"content":"I"');
    expect(cut.text).not.toMatch(/\[DONE\]|"finish_reason":"stop"/);
    expect((await askTo({ kind: 'cut-stream', afterEvents: 2 })).text.match(/data: /g)).toHaveLength(2);
    const undone = await askTo({ kind: 'cut-stream', afterEvents: -1 });
    expect(undone.text).toContain('"finish_reason":"stop"');
    expect(undone.text).not.toContain('[DONE]');
    const event = await askTo({ kind: 'error-event', afterEvents: 3 });
    expect(event.text).toMatch(/data: \{"error":\{"message":"The server had an error.*\}\}\n\n$/);
    const malformed = await askTo({ kind: 'malformed-event' });
    expect(malformed.text).toContain('data: {"choices":[{"del\n\n');
    expect(malformed.text).toContain('[DONE]');
  });

  it('may break the connection before the headers or in the body', async () => {
    server.failNext(path, { kind: 'reset-before-headers' });
    await expect(ask()).rejects.toThrow('fetch failed');
    for (const stream of [true, false]) {
      server.failNext(path, { kind: 'reset-mid-body' });
      const response = await ask(stream);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
    }
    await server.settled();
    expect(server.requests.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed']);
  });

  it('may be slow before the headers or between events, and true all the same', async () => {
    const started = performance.now();
    const late = await askTo({ kind: 'delay', milliseconds: 80 }, false);
    expect(performance.now() - started).toBeGreaterThan(75);
    expect(late.text).toContain('I heard: one two three');
    const again = performance.now();
    const slow = await askTo({ kind: 'slow-stream', milliseconds: 5 });
    expect(performance.now() - again).toBeGreaterThan(70);
    expect(slow.text).toContain('[DONE]');
    expect(server.requests.map(({ outcome }) => outcome)).toEqual(['answered', 'answered']);
  });

  it('may split events and characters between packets', async () => {
    const whole = await (await ask(false)).text();
    const split = await askTo({ kind: 'trickle', bytes: 5 }, false);
    expect(JSON.parse(split.text)).toMatchObject({ choices: (JSON.parse(whole) as { choices: unknown }).choices });
    expect(split.text).toContain('Wörtlich');
  });

  it('may be no answer, until the client gives up', async () => {
    const given = new AbortController();
    server.failNext(path, { kind: 'hang' });
    const asked = ask(true, given.signal);
    await server.waitForRequest(path);
    given.abort();
    await expect(asked).rejects.toThrow('aborted');
    await server.settled();
    expect(server.requests[0]?.outcome).toBe('aborted');
  });

  it('does not hide a defect of the request', async () => {
    server.failNext('*', { kind: 'status', status: 500 });
    await fetch(`${server.baseUrl}/models?x=1`);
    expect(server.problems.map(({ rule }) => rule)).toEqual(['query']);
    server.reset();
  });
});

describe('a client that goes away', () => {
  it('in the middle of a stream is seen to have done so', async () => {
    const leaving = new AbortController();
    server.failNext(path, { kind: 'slow-stream', milliseconds: 30 });
    const response = await ask(true, leaving.signal);
    const reader = response.body?.getReader();
    await reader?.read();
    leaving.abort();
    await reader?.read().catch(() => undefined);
    await server.settled();
    expect(server.requests[0]?.outcome).toBe('aborted');
  });
});

describe('closing', () => {
  it('ends connections whatever they are doing', async () => {
    const other = await startOpenAIServer({ apiKey: null });
    other.failAlways('/v1/models', { kind: 'hang' });
    const hanging = fetch(`${other.baseUrl}/models`).catch(() => 'ended');
    await other.waitForRequest('/v1/models');
    await other.close();
    expect(await hanging).toBe('ended');
  });
});

describe('as a process of its own', () => {
  it('says where it is, obeys from outside, and stops with its starter', { timeout: 20_000 }, async () => {
    const main = resolve('test/support/openaiServer/main.ts');
    const child = spawn(process.execPath, [main, '--key', 'k1', '--recogniser', 'tones', '--until-stdin-ends'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { origin, baseUrl } = JSON.parse(line) as { origin: string; baseUrl: string };
    const models = () => fetch(`${baseUrl}/models`, { headers: { authorization: 'Bearer k1' } });
    expect((await models()).status).toBe(200);
    const order = { path: '/v1/models', failure: { kind: 'status', status: 500 } };
    const ordered = await fetch(`${origin}/bench/fail`, { method: 'POST', body: JSON.stringify(order) });
    expect(ordered.status).toBe(200);
    expect((await models()).status).toBe(500);
    const requests = (await (await fetch(`${origin}/bench/requests`)).json()) as object[];
    expect(requests).toMatchObject([{ status: 200 }, { status: 500, outcome: 'failed' }]);
    expect(await (await fetch(`${origin}/bench/problems`)).json()).toEqual([]);
    await fetch(`${origin}/bench/reset`, { method: 'POST' });
    expect(await (await fetch(`${origin}/bench/requests`)).json()).toEqual([]);
    child.stdin.end();
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { retryAfterSeconds, transportFailure } from '../../../src/providers/exchange.js';
import { explain, mayReconnect } from '../../../src/providers/failure.js';
import { askWire, type WireAnswer } from '../../../src/providers/openaiClient.js';
import type { Call } from '../../../src/providers/wireCall.js';

const asked = { provider: 'p', label: 'P', address: 'https://p.example/v1', sentKey: true, secrets: [] };

describe('retryAfterSeconds', () => {
  const now = Date.parse('2026-11-20T12:00:00Z');
  it.each([
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': '1.5' }, 1.5],
    [{ 'retry-after-ms': '250', 'retry-after': '9' }, 0.25],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:30 GMT' }, 30],
    [{ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{}, undefined],
  ])('reads %j as %s', (headers, seconds) => {
    expect(retryAfterSeconds(new Headers(headers as Record<string, string>), now)).toBe(seconds);
  });
});

describe('broken connections', () => {
  const broken = (code: string): TypeError =>
    new TypeError('fetch failed', { cause: Object.assign(new Error(`cause ${code}`), { code }) });

  it.each([
    ['ECONNREFUSED', 'unreachable', /is the server running/, false],
    ['ENOTFOUND', 'unreachable', /name is not known/, false],
    ['EAI_AGAIN', 'unreachable', /name is not known/, false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unreachable', /certificate is not trusted/, false],
    ['CERT_HAS_EXPIRED', 'unreachable', /certificate is not trusted/, false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'unreachable', /certificate is not trusted/, false],
    ['EPROTO', 'unreachable', /http:\/\/ or https:\/\//, false],
    ['UND_ERR_CONNECT_TIMEOUT', 'unreachable', /did not answer in time/, true],
    ['UND_ERR_HEADERS_TIMEOUT', 'timeout', /took too long/, false],
    ['ECONNRESET', 'unreachable', /connection broke/, true],
    ['EWHATEVER', 'unreachable', /cause EWHATEVER/, true],
  ])('%s is %s', (code, reason, says, again) => {
    const failure = transportFailure(broken(code), false);
    const error = explain(failure, asked);
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(says);
    expect(mayReconnect(failure)).toBe(again);
  });

  it('looks into errors made of several', () => {
    const each = ['::1', '127.0.0.1'].map((host) => Object.assign(new Error(host), { code: 'ECONNREFUSED' }));
    const error = new TypeError('fetch failed', { cause: new AggregateError(each) });
    expect(transportFailure(error, false).codes).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
  });
});

describe('a server that never answers', () => {
  it('is given up after the time allowed, and not asked again', async () => {
    let attempts = 0;
    const call: Call = {
      baseUrl: 'https://p.example/v1',
      key: undefined,
      headers: {},
      log: () => undefined,
      asked,
      timeoutSeconds: 0.05,
      fetch: (_, init) =>
        new Promise((_resolve, reject) => {
          attempts++;
          init?.signal?.addEventListener('abort', () => {
            reject(new DOMException('This operation was aborted', 'AbortError'));
          });
        }),
    };
    const read = async function* (answer: WireAnswer): AsyncGenerator {
      yield await answer.json();
    };
    const next = askWire(
      call,
      (client, options) => client.models.list(options),
      read,
      new AbortController().signal,
    ).next();
    await expect(next).rejects.toMatchObject({
      reason: 'timeout',
      message: expect.stringContaining('took too long') as string,
    });
    expect(attempts).toBe(1);
  });
});

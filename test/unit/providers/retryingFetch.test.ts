import { describe, expect, it } from 'vitest';
import type { Exchange } from '../../../src/providers/exchange.js';
import { retryInfoSeconds } from '../../../src/providers/retryInfo.js';
import { retryingFetch } from '../../../src/providers/retryingFetch.js';

const never = new AbortController().signal;

describe('retryingFetch', () => {
  const status = (retryAfterSeconds: number) =>
    ({ kind: 'status', status: 503, contentType: '', body: '', retryAfterSeconds }) as const;
  const exchangeOf = (answers: (() => Response)[]): Exchange & { readonly left: () => number } => ({
    fetch: () => {
      const next = answers.shift();
      if (next === undefined) throw new Error('asked too often');
      return Promise.resolve(next());
    },
    failure: () => status(0.001),
    sawEnd: () => false,
    left: () => answers.length,
  });
  const again = () => new Response('', { status: 503, headers: { 'x-should-retry': 'true' } });
  const final = () => new Response('', { status: 503, headers: { 'x-should-retry': 'false' } });
  const broken = (): Response => {
    throw new TypeError('fetch failed');
  };

  it('goes round as long as it is told to, and no more often than allowed', async () => {
    const good = exchangeOf([again, broken, () => new Response('good')]);
    expect(await (await retryingFetch(good, 2, never)('https://x.example')).text()).toBe('good');
    const bad = exchangeOf([again, again, again, again]);
    expect((await retryingFetch(bad, 2, never)('https://x.example')).status).toBe(503);
    expect(bad.left()).toBe(1);
    const over = exchangeOf([final, again]);
    await retryingFetch(over, 2, never)('https://x.example');
    expect(over.left()).toBe(1);
    await expect(retryingFetch(exchangeOf([broken]), 0, never)('https://x.example')).rejects.toThrow('fetch failed');
  });

  it('asks nobody again once it is stopped', async () => {
    const controller = new AbortController();
    const exchange = { ...exchangeOf([again, again]), failure: () => status(30) };
    const running = retryingFetch(exchange, 2, controller.signal)('https://x.example');
    controller.abort();
    await expect(running).rejects.toMatchObject({ reason: 'cancelled' });
    expect(exchange.left()).toBe(1);
  });
});

describe('retryInfoSeconds', () => {
  const body = (details: unknown): string => JSON.stringify({ error: { code: 429, details } });
  it.each([
    [body([{ '@type': 'x' }, { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '15s' }]), 15],
    [body([{ retryDelay: '1.5s' }]), 1.5],
    [`[${body([{ retryDelay: '2s' }])}]`, 2],
    [body([{ retryDelay: 'soon' }]), undefined],
    [body('retryDelay'), undefined],
    ['retryDelay', undefined],
    ['', undefined],
  ])('reads %s as %s', (given, seconds) => {
    expect(retryInfoSeconds(given)).toBe(seconds);
  });
});

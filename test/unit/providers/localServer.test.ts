import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localServer, notRunning } from '../../../src/providers/localServer.js';

const recognise = (status: number, body: unknown): boolean =>
  status === 200 && typeof body === 'object' && body !== null && 'version' in body;

describe('localServer', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const serverAnswering = (answer: () => Promise<Response>, timeoutMilliseconds = 300) => {
    const ask = vi.fn<typeof fetch>(answer);
    return {
      ask,
      server: localServer({ url: 'http://127.0.0.1:9/api/version', fetch: ask, recognise, timeoutMilliseconds }),
    };
  };

  it('knows a server by what it answers, and asks it once for all who wait', async () => {
    const { ask, server } = serverAnswering(() => Promise.resolve(Response.json({ version: '0.20.0' })));
    expect(await Promise.all([server.isRunning(), server.isRunning()])).toEqual([true, true]);
    expect(await server.isRunning()).toBe(true);
    expect(ask).toHaveBeenCalledOnce();
    expect(ask.mock.calls[0]?.[1]).toMatchObject({ redirect: 'manual', headers: { 'user-agent': 'Earshot' } });
  });

  it.each([
    [
      'somebody else on that port',
      () => Promise.resolve(new Response('<html>', { headers: { 'content-type': 'text/html' } })),
    ],
    [
      'JSON that is none',
      () => Promise.resolve(new Response('{', { headers: { 'content-type': 'application/json' } })),
    ],
    [
      'a body too long to be the answer',
      () => Promise.resolve(Response.json({ version: 1 }, { headers: { 'content-length': '9999999' } })),
    ],
    ['a redirect', () => Promise.resolve(new Response(null, { status: 307, headers: { location: 'http://x/' } }))],
    ['nobody', () => Promise.reject(new TypeError('fetch failed'))],
  ])('does not take %s for it', async (_, answer) => {
    expect(await serverAnswering(answer).server.isRunning()).toBe(false);
  });

  it('does not wait for a server that hangs', async () => {
    const ask: typeof fetch = (_, init) =>
      new Promise((__, reject) => {
        init?.signal?.addEventListener('abort', () => {
          reject(new Error('aborted'));
        });
      });
    const server = localServer({ url: 'http://127.0.0.1:9', fetch: ask, recognise, timeoutMilliseconds: 20 });
    expect(await server.isRunning()).toBe(false);
  });

  it('asks a server that was not there again soon, and one that was there later', async () => {
    let isThere = false;
    const { ask, server } = serverAnswering(() =>
      isThere ? Promise.resolve(Response.json({ version: 1 })) : Promise.reject(new TypeError('fetch failed')),
    );
    expect(await server.isRunning()).toBe(false);
    isThere = true;
    expect(await server.isRunning()).toBe(false);
    vi.setSystemTime(Date.now() + 3001);
    expect(await server.isRunning()).toBe(true);
    isThere = false;
    vi.setSystemTime(Date.now() + 29_000);
    expect(await server.isRunning()).toBe(true);
    vi.setSystemTime(Date.now() + 2000);
    expect(await server.isRunning()).toBe(false);
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('asks nobody on behalf of somebody who has left', async () => {
    const { ask, server } = serverAnswering(() => Promise.resolve(Response.json({ version: 1 })));
    expect(await server.isRunning(AbortSignal.abort())).toBe(false);
    expect(ask).not.toHaveBeenCalled();
  });

  it('says how to go on', () => {
    expect(notRunning('Ollama', 'http://127.0.0.1:11434', 'ollama')).toBe(
      'Ollama is not running at http://127.0.0.1:11434. Start it, or set earshot.providers › ollama › baseUrl if it is elsewhere.',
    );
  });
});

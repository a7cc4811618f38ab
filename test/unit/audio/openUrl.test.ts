import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createUrlOpener, wholeByteLimit } from '../../../src/audio/url/openUrl.js';
import type { UrlAccess } from '../../../src/audio/url/urlRequest.js';
import { isPrivateHost } from '../../../src/host/privateHosts.js';
import { noise } from './support/signals.js';
import { collect, engineOver, errorOf } from './support/sources.js';
import { pcm16, wavFile } from './support/wavFiles.js';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

interface Served {
  readonly url: string;
  readonly ranges: (string | undefined)[];
  /** Bodies that went out whole or in part. */
  readonly sentByteLength: () => number;
}

const running: { close(): void }[] = [];

afterEach(() => {
  for (const server of running.splice(0)) server.close();
});

async function serve(answer: Answer): Promise<Served> {
  const ranges: (string | undefined)[] = [];
  let sent = 0;
  const server = createServer((request, response) => {
    ranges.push(request.headers.range);
    response.on('finish', () => (sent += Number(response.getHeader('content-length') ?? 0)));
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  running.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/talk.wav`, ranges, sentByteLength: () => sent };
}

/** As web servers send files. */
function fileAnswer(file: Uint8Array, headers: Readonly<Record<string, string>> = { etag: '"1"' }): Answer {
  return (request, response) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const ifRange = request.headers['if-range'];
    if (range === null || (ifRange !== undefined && ifRange !== headers['etag'])) {
      response.writeHead(200, { ...headers, 'content-length': file.byteLength }).end(file);
      return;
    }
    const start = Number(range[1]);
    const end = Math.min(file.byteLength, Number(range[2]) + 1);
    const contentRange = `bytes ${start}-${end - 1}/${file.byteLength}`;
    const all = { ...headers, 'content-range': contentRange, 'content-length': end - start };
    response.writeHead(206, all).end(file.subarray(start, end));
  };
}

const access: UrlAccess = { fetch: (url, init) => fetch(url, init), isPrivateHost };
const open = (url: string, allowsPrivate = true, changed: Partial<UrlAccess> = {}, signal?: AbortSignal) =>
  createUrlOpener({ ...access, ...changed })({ name: 'talk.wav', url, allowsPrivate }, signal);

const file = wavFile(pcm16(noise(16_000 * 120)));

describe('a recording on a web server that can send parts', () => {
  it('is probed with a few kilobytes', async () => {
    const long = wavFile(pcm16(noise(16_000 * 1200)));
    const { url, ranges, sentByteLength } = await serve(fileAnswer(long));
    const engine = engineOver(() => open(url));
    const probe = await engine.probe({ kind: 'url', name: 'talk.wav', url });
    expect(probe).toMatchObject({ container: 'wav', durationSeconds: 1200 });
    expect(ranges.every((range) => range !== undefined)).toBe(true);
    expect(sentByteLength()).toBeLessThan(2_000_000);
  });

  it('is the same as the file on a disk', async () => {
    const { url } = await serve(fileAnswer(file));
    const openUrl = createUrlOpener(access);
    const engine = engineOver((source) => {
      if (source.kind !== 'url') throw new Error('It is at a URL.');
      return openUrl(source);
    });
    const source = { kind: 'url', name: 'talk.wav', url, allowsPrivate: true } as const;
    const pieces = await collect(engine.prepare(source, { formats: ['wav'], maxSeconds: 50 }));
    expect(pieces.length).toBeGreaterThan(2);
    const bytes = Buffer.concat(pieces.map((piece) => piece.bytes.subarray(44)));
    expect(bytes.equals(Buffer.from(file.subarray(44)))).toBe(true);
    expect(await engine.isSilent(source)).toBe(false);
  });

  it('is not asked twice for what is still known', async () => {
    const { url, ranges } = await serve(fileAnswer(file));
    const openUrl = createUrlOpener(access);
    const address = { name: 'talk.wav', url, allowsPrivate: true };
    const source = await openUrl(address);
    expect(await source.read(100_000, 100_010)).toEqual(file.slice(100_000, 100_010));
    expect(await source.read(1_048_570, 1_048_580)).toEqual(file.slice(1_048_570, 1_048_580));
    await source.close();
    const again = await openUrl(address);
    expect(await again.read(0, 200_000)).toEqual(file.slice(0, 200_000));
    expect(ranges).toHaveLength(3);
    expect(await again.read(file.byteLength - 5, file.byteLength + 100)).toEqual(file.slice(-5));
  });

  it('is asked for a part again after a connection broke', async () => {
    let fails = 2;
    const answer = fileAnswer(file);
    const { url } = await serve((request, response) => {
      if (request.headers.range?.startsWith('bytes=0-65535') === true || fails-- <= 0) answer(request, response);
      else request.socket.destroy();
    });
    const source = await open(url);
    expect(await source.read(500_000, 500_004)).toEqual(file.slice(500_000, 500_004));
  });

  it('is refused when it changes while it is read', async () => {
    const served = { file, headers: { etag: '"1"' } };
    const { url } = await serve((request, response) => {
      fileAnswer(served.file, served.headers)(request, response);
    });
    const source = await open(url);
    served.headers = { etag: '"2"' };
    const error = await errorOf(source.read(500_000, 500_004));
    expect(error.reason).toBe('clip-unreadable');
    expect(error.message).toMatch(/^talk\.wav cannot be fetched: it changed while it was read/);
  });
});

describe('a recording on a web server that cannot send parts', { timeout: 30_000 }, () => {
  const whole =
    (bytes: Uint8Array): Answer =>
    (_request, response) =>
      void response.writeHead(200).end(bytes);

  it('is downloaded once', async () => {
    const { url, ranges } = await serve(whole(file));
    const openUrl = createUrlOpener(access);
    const address = { name: 'talk.wav', url, allowsPrivate: true };
    expect((await openUrl(address)).byteLength).toBe(file.byteLength);
    expect(await (await openUrl(address)).read(0, file.byteLength)).toEqual(file);
    expect(ranges).toHaveLength(1);
  });

  it('is refused when it says that it is too large, and when it becomes so', async () => {
    const declared = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': wholeByteLimit + 1 }).write('RIFF');
    });
    const endless = await serve((_request, response) => {
      response.writeHead(200);
      const block = Buffer.alloc(1 << 20);
      const more = (): void => {
        while (!response.destroyed && response.write(block));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    for (const { url } of [declared, endless]) {
      const error = await errorOf(open(url));
      expect(error.reason).toBe('clip-too-large');
      expect(error.message).toMatch(/^talk\.wav has more than 268 MB/);
    }
  });

  it('is told by its bytes, whatever the server calls it', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'audio/wav' }).end('<!doctype html><title>Log in</title>');
    });
    const error = await errorOf(engineOver(() => open(url)).probe({ kind: 'url', name: 'talk.wav', url }));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toMatch(/^talk\.wav holds a web page/);
  });
});

describe('a web server that does not help', () => {
  it.each([
    [404, 'clip-unreadable', /has nothing at this address/],
    [403, 'clip-unreadable', /does not let just anyone have it/],
    [401, 'clip-unreadable', /asks who you are/],
    [503, 'unreachable', /status 503/],
    [204, 'clip-unreadable', /status 204/],
  ])('is told apart by status %i: %s', async (status, reason, message) => {
    const { url } = await serve((_request, response) => void response.writeHead(status).end());
    const error = await errorOf(open(url));
    expect(error.reason).toBe(reason);
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('127.0.0.1');
  });

  it('is given up when it is silent, before its headers or after', async () => {
    const mute = await serve(() => undefined);
    const stalled = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 1000 }).write('RIFF');
    });
    const hasty = { patienceMilliseconds: 200 };
    for (const { url } of [mute, stalled]) {
      expect((await errorOf(open(url, true, hasty))).reason).toBe('timeout');
    }
  });

  it('is called unreachable when nobody listens', async () => {
    const { url } = await serve(() => undefined);
    for (const server of running.splice(0)) server.close();
    expect((await errorOf(open(url))).reason).toBe('unreachable');
  });

  it('is left at once when the user cancels', async () => {
    const { url } = await serve(() => undefined);
    const abort = new AbortController();
    const work = errorOf(open(url, true, { patienceMilliseconds: 60_000 }, abort.signal));
    setTimeout(() => {
      abort.abort();
    }, 20);
    const started = performance.now();
    expect((await work).reason).toBe('cancelled');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('addresses', () => {
  it('may lead on a few times, but not for ever', async () => {
    const { url } = await serve((request, response) => {
      const hops = Number(new URL(request.url ?? '', 'http://x').searchParams.get('hops') ?? 0);
      if (hops === 0) fileAnswer(file)(request, response);
      else response.writeHead(302, { location: `/talk.wav?hops=${hops - 1}` }).end();
    });
    expect((await open(`${url}?hops=5`)).byteLength).toBe(file.byteLength);
    expect((await errorOf(open(`${url}?hops=6`))).message).toMatch(/from one to the next more than 5 times/);
  });

  it('may not lead into a private network, not even by a redirect', async () => {
    const { url, ranges } = await serve(fileAnswer(file));
    const error = await errorOf(open(url, false));
    expect(error.reason).toBe('clip-unreadable');
    expect(error.message).toMatch(/in a private network or on this machine/);
    expect(ranges).toHaveLength(0);
    const redirecting: UrlAccess['fetch'] = (asked, init) =>
      asked.startsWith('https://audio.example/')
        ? Promise.resolve(new Response(null, { status: 302, headers: { location: url } }))
        : fetch(asked, init);
    const isPrivate = (host: string): Promise<boolean> =>
      host === 'audio.example' ? Promise.resolve(false) : isPrivateHost(host);
    const led = open('https://audio.example/a.wav', false, { fetch: redirecting, isPrivateHost: isPrivate });
    expect((await errorOf(led)).message).toMatch(/in a private network or on this machine/);
    expect(ranges).toHaveLength(0);
  });

  it.each([
    ['http://audio.example/a.wav', /http: instead of https:/],
    ['file:///etc/passwd', /file: instead of https:/],
    ['https://me:secret@audio.example/a.wav', /user name or password/],
    ['talk.wav', /not a URL/],
  ])('%s is refused', async (url, message) => {
    const error = await errorOf(open(url, false, { isPrivateHost: () => Promise.resolve(false) }));
    expect(error.reason).toBe('clip-unreadable');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('secret');
  });

  it.each([
    ['127.0.0.1', true],
    ['10.1.2.3', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['192.168.1.1', true],
    ['169.254.169.254', true],
    ['0.0.0.0', true],
    ['localhost', true],
    ['::1', true],
    ['::ffff:7f00:1', true],
    ['fd00::1', true],
    ['fe80::1', true],
    ['8.8.8.8', false],
    ['2606:4700::1111', false],
  ])('%s is private: %s', async (host, expected) => {
    expect(await isPrivateHost(host)).toBe(expected);
  });
});

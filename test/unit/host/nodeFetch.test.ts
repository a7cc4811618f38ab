import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeFetch } from '../../../src/host/nodeFetch.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

let server: Server | undefined;

async function serve(handler: Handler): Promise<string> {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      handler(request, response, Buffer.concat(parts));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function textOf(chunk: unknown): string {
  if (!(chunk instanceof Uint8Array)) throw new TypeError('no bytes');
  return new TextDecoder().decode(chunk);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

describe('nodeFetch', () => {
  it('sends what it is given, with its length and no header of its own making', async () => {
    let seen: IncomingMessage['headers'] = {};
    const origin = await serve((request, response, body) => {
      seen = request.headers;
      response.setHeader('x-two', ['a', 'b']).writeHead(201, 'Made').end(body);
    });
    const answer = await nodeFetch(`${origin}/path?query=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-team': 'radio' },
      body: '{"ü":1}',
    });
    expect([answer.status, answer.statusText, answer.headers.get('x-two')]).toEqual([201, 'Made', 'a, b']);
    expect(await answer.json()).toEqual({ ü: 1 });
    const { host, connection, ...rest } = seen;
    expect([host, connection]).toEqual([origin.slice(7), 'keep-alive']);
    expect(rest).toEqual({ 'content-type': 'application/json', 'x-team': 'radio', 'content-length': '8' });
  });

  it('sends a blob piece by piece, with its length and type', async () => {
    const origin = await serve((request, response, body) => {
      response.end(JSON.stringify([request.headers, body.length, body.subarray(-3).toString()]));
    });
    const blob = new Blob([new Uint8Array(3_000_000), new Uint8Array(2_000_000), 'end'], { type: 'audio/x-test' });
    const answer = await nodeFetch(origin, { method: 'POST', body: blob });
    expect(await answer.json()).toEqual([
      expect.objectContaining({ 'content-length': '5000003', 'content-type': 'audio/x-test' }),
      5_000_003,
      'end',
    ]);
  });

  it('gives the answer of a server that does not read a blob to its end, and stops when told to', async () => {
    const early = createServer((_request, response) => {
      response.writeHead(413, { connection: 'close' }).end('too large');
    }).listen(0, '127.0.0.1');
    await once(early, 'listening');
    const origin = `http://127.0.0.1:${(early.address() as AddressInfo).port}`;
    const blob = new Blob([new Uint8Array(2_000_000)]);
    expect((await nodeFetch(origin, { method: 'POST', body: blob })).status).toBe(413);
    early.removeAllListeners('request');
    const stop = new AbortController();
    const sent = nodeFetch(origin, {
      method: 'POST',
      body: new Blob([new Uint8Array(50_000_000)]),
      signal: stop.signal,
    });
    setTimeout(() => {
      stop.abort();
    }, 50);
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    early.closeAllConnections();
    early.close();
  });

  it('packs forms as fetch does, whatever names and values hold', async () => {
    const origin = await serve((request, response, body) => {
      const boundary = /boundary=(.*)$/.exec(request.headers['content-type'] ?? '')?.[1] ?? '';
      response.end(body.toString().replaceAll(boundary, 'B'));
    });
    const form = new FormData();
    form.append('a"b\nc', 'x\ny');
    form.append('file', new Blob(['sound'], { type: 'audio/wav' }), 'ü "1".wav');
    form.append('bare', new Blob(['x']), 'x');
    const ours = await (await nodeFetch(origin, { method: 'POST', body: form })).text();
    const theirs = await (await fetch(origin, { method: 'POST', body: form })).text();
    expect(ours).toBe(theirs);
  });

  it('sends forms with their boundary and length', async () => {
    const origin = await serve((request, response, body) => {
      response.end(
        JSON.stringify([request.headers['content-type'], request.headers['content-length'], body.toString('latin1')]),
      );
    });
    const form = new FormData();
    form.set('file', new File([new Uint8Array([1, 2, 255])], 'a.wav', { type: 'audio/wav' }));
    const [type, length, body] = (await (await nodeFetch(origin, { method: 'POST', body: form })).json()) as string[];
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(Number(length)).toBe(body?.length);
    expect(body).toContain('filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n\x01\x02\xff\r\n');
  });

  it('gives the body as it comes', async () => {
    const origin = await serve((_request, response) => {
      response.write('first');
      void wait(80).then(() => response.end('second'));
    });
    const reader = (await nodeFetch(origin)).body?.getReader();
    const first = await reader?.read();
    expect(textOf(first?.value)).toBe('first');
    const second = await reader?.read();
    expect(textOf(second?.value)).toBe('second');
  });

  it('does not follow a redirect', async () => {
    const origin = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    const answer = await nodeFetch(origin);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://127.0.0.1:1/']);
  });

  it('waits for a first byte that comes later than the global fetch is ready to wait', async () => {
    const origin = await serve((_request, response) => {
      void wait(1500).then(() => response.end('late'));
    });
    await fetch(origin, { signal: AbortSignal.timeout(1) }).catch(() => undefined);
    const slot = Symbol.for('undici.globalDispatcher.1');
    const holder = globalThis as unknown as Record<symbol, object>;
    const normal = holder[slot];
    if (normal === undefined) throw new Error('this Node keeps its dispatcher elsewhere');
    // As impatient as the real one is after five minutes.
    const Agent = normal.constructor as new (options: { headersTimeout: number }) => object;
    holder[slot] = new Agent({ headersTimeout: 300 });
    try {
      const [impatient, ours] = await Promise.allSettled([fetch(origin), nodeFetch(origin)]);
      expect(impatient).toMatchObject({ status: 'rejected', reason: { cause: { code: 'UND_ERR_HEADERS_TIMEOUT' } } });
      expect(ours.status === 'fulfilled' ? await ours.value.text() : ours.reason).toBe('late');
    } finally {
      holder[slot] = normal;
    }
  });

  it.each([
    ['before the headers', false],
    ['in the middle of the body', true],
  ])('closes the socket at once when it is aborted %s', async (_when, begins) => {
    let closedAt = 0;
    const arrived = new EventEmitter();
    const closed = new EventEmitter();
    const [hasArrived, hasClosed] = [once(arrived, 'now'), once(closed, 'now')];
    const origin = await serve((request, response) => {
      if (begins) response.write('begin');
      request.socket.once('close', () => {
        closedAt = performance.now();
        closed.emit('now');
      });
      arrived.emit('now');
    });
    const stop = new AbortController();
    const read = nodeFetch(origin, { signal: stop.signal }).then((answer) => answer.text());
    const failed = expect(read).rejects.toMatchObject({ name: 'AbortError' });
    await hasArrived;
    await wait(30);
    const abortedAt = performance.now();
    stop.abort();
    await failed;
    await hasClosed;
    expect(closedAt - abortedAt).toBeLessThan(100);
  });

  it('says by its code why there was no answer', async () => {
    await expect(nodeFetch('http://127.0.0.1:1/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const origin = await serve((request) => request.socket.destroy());
    await expect(nodeFetch(origin)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('breaks off with an error when the server does in the middle of a body', async () => {
    const origin = await serve((request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      setTimeout(() => request.socket.destroy(), 20);
    });
    await expect(nodeFetch(origin).then((answer) => answer.text())).rejects.toThrow();
  });
});

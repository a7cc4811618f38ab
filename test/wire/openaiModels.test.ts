import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorReason } from '../../src/core/errors.js';
import type { Failure } from '../support/openaiServer/failures.ts';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { aProvider, collect, never, providerOf, WireContext, wireKinds } from './askServer.ts';

/* What a server says about its models, and what becomes of it when it says nothing. */

const path = '/v1/models';
const clip = toneWords('three golf');
const audio = { bytes: clip.wav, format: 'wav', fileName: 'interview.wav' } as const;
const named = { models: { mine: { transcription: true } } };
const orElse = 'Or name its models under earshot.providers › bench › models, which needs no list.';

describe('the list of a server', () => {
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

  const failures: readonly [name: string, Failure, ErrorReason, message: string][] = [
    [
      'a key refused',
      { kind: 'status', status: 401 },
      'invalid-key',
      'Bench did not accept the API key. Set the key again with Set API Key.',
    ],
    [
      'a right missing',
      { kind: 'status', status: 403, body: { error: { message: 'No listing.' } } },
      'forbidden',
      `Bench does not allow this key to use the model. Select another model, or use a key with more rights. ${orElse}`,
    ],
    [
      'no such endpoint',
      { kind: 'status', status: 404, body: { error: { message: 'What is this?' } } },
      'invalid-settings',
      `Bench has nothing at {address} that could do this. Check the base URL in the setting earshot.providers (it often ends in /v1), or select another model. ${orElse}`,
    ],
    [
      'a server in trouble',
      { kind: 'status', status: 500 },
      'vendor-failure',
      "Bench failed while working on the request. Try again; if it goes on, look at the vendor's status page.",
    ],
    [
      'a web page',
      { kind: 'html', status: 200 },
      'invalid-settings',
      `Bench answered with a web page instead of data at {address}. Check the base URL in the setting earshot.providers (it often ends in /v1). ${orElse}`,
    ],
    [
      'no JSON',
      { kind: 'malformed-json' },
      'malformed-response',
      `Bench sent an answer that cannot be read. Check that its address speaks the OpenAI API; the log has more. ${orElse}`,
    ],
    [
      'an error in a 200',
      { kind: 'error-in-200' },
      'vendor-failure',
      "Bench failed while working on the request. Try again; if it goes on, look at the vendor's status page.",
    ],
    [
      'a broken connection',
      { kind: 'reset-before-headers' },
      'unreachable',
      'Bench cannot be reached at {address}. The connection broke before it answered.',
    ],
  ];

  it.each(failures)('is missed by name after %s', async (_, failure, reason, message) => {
    server.failAlways(path, failure);
    const provider = providerOf(server, 'openai-compatible', context);
    for (let round = 0; round < 2; round++) {
      const error = await provider.models(never()).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ reason, provider: 'bench' });
      expect((error as Error).message.split(' Bench says: ')[0]).toBe(message.replace('{address}', server.baseUrl));
    }
    // A failure is remembered for a while, so that not every action waits for it.
    expect(server.requestsTo(path).length).toBe(1);
    expect(provider.knownModels()).toEqual([]);
  });

  it.each(failures)('is not needed after %s where the settings name models', async (_, failure) => {
    server.failAlways(path, failure);
    const provider = providerOf(server, 'openai-compatible', context, named);
    expect((await provider.models(never())).map(({ ref }) => ref.model)).toEqual(['mine']);
  });

  it('asks for a key where the server wants one and there is none', async () => {
    context.key = undefined;
    await expect(providerOf(server, 'openai-compatible', context).models()).rejects.toMatchObject({
      reason: 'missing-key',
      message: expect.stringMatching(
        /^Bench asks for an API key, and none is set\. Set one with Set API Key\./,
      ) as string,
    });
  });

  it('is not waited for by whoever gives up, and comes all the same', async () => {
    const provider = providerOf(server, 'openai-compatible', context);
    server.failNext(path, { kind: 'delay', milliseconds: 200 });
    const controller = new AbortController();
    const leaving = provider.models(controller.signal);
    const staying = provider.models(never());
    await server.waitForRequest(path);
    controller.abort();
    await expect(leaving).rejects.toMatchObject({ reason: 'cancelled' });
    expect((await staying).some(({ ref }) => ref.model === 'whisper-1')).toBe(true);
    expect(server.requestsTo(path).length).toBe(1);
  });

  it('gives up on a cancelled wait also where the settings name models', async () => {
    const provider = providerOf(server, 'openai-compatible', context, named);
    await expect(provider.models(AbortSignal.abort())).rejects.toMatchObject({ reason: 'cancelled' });
  });

  it('is known without asking once it was asked for', async () => {
    const provider = providerOf(server, 'openai-compatible', context, named);
    expect(provider.knownModels().map(({ ref }) => ref.model)).toEqual(['mine']);
    expect(server.requests).toEqual([]);
    const models = await provider.models(never());
    server.reset();
    expect(provider.knownModels()).toEqual(models);
    expect(models.length).toBeGreaterThan(3);
    expect(server.requests).toEqual([]);
  });
});

describe.each([
  { name: 'its headers', begin: false },
  { name: 'the rest of its list', begin: true },
])('a server that keeps $name to itself', ({ begin }) => {
  it('is given up after a few seconds', async () => {
    await withServer(
      (_, response) => {
        if (begin) response.writeHead(200, { 'content-type': 'application/json' }).write('{"data":[');
      },
      async (baseUrl) => {
        const provider = aProvider({ kind: 'openai-compatible', baseUrl, label: 'Bench' }, new WireContext());
        const startedAt = Date.now();
        await expect(provider.models(never())).rejects.toMatchObject({
          reason: 'timeout',
          message: `Bench took too long to answer at ${baseUrl}. Try again, with a shorter part of the recording if it goes on.`,
        });
        expect(Date.now() - startedAt).toBeLessThan(10_000);
      },
    );
  });
});

async function withServer(listener: RequestListener, work: (baseUrl: string) => Promise<void>): Promise<void> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe.each(wireKinds)('a base URL of %s with a query', (kind) => {
  it.each(['/v1?api-version=2026-01-01&path=a/', '/v1/?api-version=2026-01-01&path=a/'])(
    'keeps it behind every path: %s',
    async (base) => {
      const urls: (string | undefined)[] = [];
      await withServer(
        (request, response) => {
          urls.push(request.url);
          const body = request.method === 'GET' ? '{"data":[]}' : '{"text":"three golf"}';
          request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(body));
        },
        async (baseUrl) => {
          const context = new WireContext();
          const provider = aProvider({ kind, baseUrl: baseUrl.replace('/v1', base) }, context);
          await provider.checkKey?.('sk-another-key-0123456789', never());
          await collect(provider.transcribe?.({ model: 'whisper-1', audio }, never()));
          expect(urls).toEqual([
            '/v1/models?api-version=2026-01-01&path=a%2F',
            '/v1/audio/transcriptions?api-version=2026-01-01&path=a%2F',
          ]);
          // A query may hold a key: it is not shown.
          expect(context.lines.join('\n')).not.toContain('2026-01-01');
          expect(context.secrets).toContain('2026-01-01');
        },
      );
    },
  );
});

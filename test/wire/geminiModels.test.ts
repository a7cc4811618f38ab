import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { text } from '../../src/core/conversation.js';
import { googleErrors } from '../support/geminiServer/googleErrors.ts';
import { geminiKey, startGeminiServer, streamPath, type GeminiServer } from '../support/geminiServer/server.ts';
import { aProvider, collect, collectUntilError, never } from './askServer.ts';
import { geminiOf, GeminiContext } from './askGemini.ts';

const path = '/v1beta/models';
const model = 'gemini-3.8-flash';
const hello = { model, messages: [{ role: 'user', content: [text('Hello?')] }] } as const;

describe('models and keys of gemini', () => {
  let server: GeminiServer;
  let context: GeminiContext;

  beforeAll(async () => {
    server = await startGeminiServer();
  });
  beforeEach(() => {
    server.reset();
    context = new GeminiContext();
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => server.close());

  it('offers those of the table and those that the server lists, told apart', async () => {
    const models = await geminiOf(server, context).models();
    const can = (id: string): unknown => models.find(({ ref }) => ref.model === id)?.capabilities;
    expect(can(model)).toMatchObject({
      chat: true,
      audioInput: true,
      tools: true,
      structuredOutput: true,
      images: true,
    });
    expect(can('gemini-2.5-flash')).toMatchObject({ prices: { inputAudioPerMillion: 1 } });
    expect(can('gemini-5-future')).toMatchObject({
      chat: true,
      audioInput: true,
      maxContextTokens: 2_000_000,
      maxOutputTokens: 65_536,
    });
    expect(can('gemini-3.5-transcribe')).toMatchObject({ chat: false, transcription: true, transcriptTimes: 'words' });
    expect(can('gemini-3.8-flash-tts')).toMatchObject({ chat: false, speech: true });
    expect(can('gemini-embedding-001')).toBeUndefined();
    expect(models[0]?.ref.model).toBe(model);
    expect(server.requests.map(({ query }) => query)).toEqual([{ pageSize: '1000' }]);
    expect(server.requests[0]?.headers['user-agent']).toBe('Earshot');
    expect(server.problems).toEqual([]);
  });

  it('reads a list that comes in several pages', async () => {
    const pages = [
      { models: [{ name: 'models/gemini-a', supportedGenerationMethods: ['generateContent'] }], nextPageToken: '2' },
      { models: [{ name: 'models/gemini-b', supportedGenerationMethods: ['generateContent'] }] },
    ];
    context.fetch = () => Promise.resolve(Response.json(pages.shift()));
    const ids = (await geminiOf(server, context).models()).map(({ ref }) => ref.model);
    expect(ids).toEqual(expect.arrayContaining(['gemini-a', 'gemini-b']));
  });

  it('asks once, and nobody without a key', async () => {
    const provider = geminiOf(server, context);
    await provider.models();
    await provider.models();
    expect(server.requestsTo(path).length).toBe(1);
    context.key = undefined;
    const without = geminiOf(server, context);
    expect((await without.models()).map(({ ref }) => ref.model)).toContain(model);
    expect(await without.readiness()).toMatchObject({ state: 'missing-key' });
    expect(server.requestsTo(path).length).toBe(1);
  });

  it('says why the server could not be asked', async () => {
    server.failAlways(path, { kind: 'status', ...googleErrors.overloaded() });
    const provider = geminiOf(server, context);
    await expect(provider.models()).rejects.toMatchObject({ reason: 'overloaded' });
    expect(provider.knownModels().map(({ ref }) => ref.model)).toContain(model);
    const named = geminiOf(server, context, { models: { mine: { audioInput: true } } });
    expect((await named.models()).map(({ ref }) => ref.model)).toContain('mine');
    server.reset();
    server.failAlways(path, { kind: 'html', status: 200 });
    await expect(geminiOf(server, context).models()).rejects.toMatchObject({ reason: 'invalid-settings' });
  });

  it('checks a key without keeping it', async () => {
    const provider = geminiOf(server, context);
    await expect(provider.checkKey?.(geminiKey, never())).resolves.toBeUndefined();
    await expect(provider.checkKey?.('AIzaAnother-key-0123456789', never())).rejects.toMatchObject({
      reason: 'invalid-key',
    });
    expect(context.lines.join('\n')).not.toContain('AIzaAnother');
    expect(server.requestsTo(path).map(({ query }) => query)).toEqual([{ pageSize: '1' }, { pageSize: '1' }]);
  });

  it('tells where a key is kept for and where one is to be had', () => {
    expect(geminiOf(server, context).key).toEqual({
      origin: server.origin,
      required: true,
      page: 'https://aistudio.google.com/apikey',
    });
    expect(aProvider({ kind: 'gemini' }, context).key?.origin).toBe('https://generativelanguage.googleapis.com');
  });

  it.each([
    ['with its version', '/v1beta', '/v1beta'],
    ['without', '', '/v1beta'],
    ['behind a path, with another version and a query', '/gateway/v1?tenant=radio', '/gateway/v1'],
  ])('takes an address %s', async (_, given, asked) => {
    const seen: string[] = [];
    context.fetch = (input) => {
      seen.push(input instanceof Request ? input.url : input.toString());
      return Promise.resolve(
        Response.json({ candidates: [{ content: { parts: [{ text: 'Yes.' }] }, finishReason: 'STOP' }] }),
      );
    };
    const provider = geminiOf(server, context, { baseUrl: `https://api.example${given}` });
    await collect(provider.converse?.(hello, never()));
    const query = given.includes('?') ? '&tenant=radio' : '';
    expect(seen).toEqual([`https://api.example${asked}/models/${model}:streamGenerateContent?alt=sse${query}`]);
  });

  it('changes nothing through environment variables', async () => {
    const seen: IncomingHttpHeaders[] = [];
    const trap = createServer((message, response) => {
      seen.push(message.headers);
      response.end();
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const elsewhere = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    const ask = async (): Promise<unknown> => {
      server.reset();
      await collect(geminiOf(server, new GeminiContext()).converse?.(hello, never()));
      return server.requestsTo(streamPath(model))[0]?.headers;
    };
    const before = await ask();
    for (const name of ['GEMINI_API_KEY', 'GOOGLE_API_KEY']) vi.stubEnv(name, 'AIzaFromTheEnvironment');
    for (const name of ['GOOGLE_GEMINI_BASE_URL', 'GOOGLE_VERTEX_BASE_URL']) vi.stubEnv(name, elsewhere);
    vi.stubEnv('GOOGLE_GENAI_USE_VERTEXAI', 'true');
    vi.stubEnv('GOOGLE_GENAI_USE_ENTERPRISE', 'true');
    vi.stubEnv('GOOGLE_CLOUD_PROJECT', 'from-the-environment');
    vi.stubEnv('GOOGLE_CLOUD_LOCATION', 'from-the-environment');
    expect(await ask()).toEqual(before);
    expect(seen).toEqual([]);
    expect(server.problems).toEqual([]);
    trap.close();
  });

  it('takes no key along to where it is redirected, and none of ours where the settings bring one', async () => {
    context.fetch = (_, init) => {
      expect(init?.redirect).toBe('manual');
      return Promise.resolve(new Response(null, { status: 308, headers: { location: 'https://elsewhere.example/' } }));
    };
    const { error } = await collectUntilError(geminiOf(server, context).converse?.(hello, never()));
    expect(error.reason).toBe('invalid-settings');
    const sent: Headers[] = [];
    context.key = undefined;
    context.fetch = (_, init) => {
      sent.push(new Headers(init?.headers));
      return Promise.resolve(Response.json({ candidates: [{ finishReason: 'STOP' }] }));
    };
    const own = geminiOf(server, context, { headers: { Authorization: 'Bearer of-the-gateway' } });
    await collect(own.converse?.(hello, never()));
    expect([...(sent[0] ?? [])]).toEqual([
      ['authorization', 'Bearer of-the-gateway'],
      ['content-type', 'application/json'],
      ['user-agent', 'Earshot'],
    ]);
  });
});

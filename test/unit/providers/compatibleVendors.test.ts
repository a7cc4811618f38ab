import { describe, expect, it } from 'vitest';
import type { OpenaiWireVendor } from '../../../src/providers/openaiWireVendor.js';
import { createProviders } from '../../../src/providers/registry.js';
import { compatibleVendors } from '../../../src/providers/vendors/openaiCompatible.js';
import { FakeContext } from './fakeContext.js';

const make = (settings: Readonly<Record<string, unknown>>) => createProviders(settings, new FakeContext());

describe("another server of OpenAI's wire", () => {
  const acme: OpenaiWireVendor = {
    label: 'Acme',
    rows: [{ match: 'acme-ear', capabilities: { audioInput: true, inputFormats: ['flac'] } }],
    traits: { chat: { maxTokensField: 'max_tokens', defaultMaxTokens: 99, audioFormats: ['flac'] } },
    baseUrl: 'https://api.acme.example/v7',
    needsKey: true,
    keyHeader: 'x-api-key',
    listing: 'none',
    offers: 'table',
  };

  it('takes one object of data: it is offered, asked in its own ways, and known by its address', async () => {
    const context = new FakeContext();
    context.key = 'sk-0123456789';
    let sent: Request | undefined;
    const fetching: typeof fetch = (input, init) => {
      sent = new Request(input, init);
      return Promise.resolve(Response.json({ choices: [{ message: { content: 'Hi.' }, finish_reason: 'stop' }] }));
    };
    const vendors = { ...compatibleVendors, acme };
    const settings = { mine: { kind: 'openai-compatible', baseUrl: 'https://api.acme.example/eu' } };
    const { providers } = createProviders(settings, Object.assign(context, { fetch: fetching }), vendors);
    const found = providers.find(({ name }) => name === 'acme');
    expect(found).toMatchObject({ label: 'Acme', key: { origin: 'https://api.acme.example', required: true } });
    expect(await found?.readiness()).toMatchObject({ state: 'ready' });
    expect((await found?.models())?.map(({ ref }) => ref)).toEqual([{ provider: 'acme', model: 'acme-ear' }]);
    const data = new Uint8Array([1, 2, 3]);
    const messages = [
      { role: 'user', content: [{ type: 'input_audio', input_audio: { data, format: 'flac' } }] },
    ] as const;
    for (const provider of [found, providers[0]]) {
      const events: unknown[] = [];
      const answer = provider?.converse?.({ model: 'acme-ear', messages }, new AbortController().signal);
      for await (const event of answer ?? []) events.push(event);
      expect(events).toContainEqual({ type: 'text', text: 'Hi.' });
      expect(sent?.headers.get('x-api-key')).toBe('sk-0123456789');
      expect(await sent?.json()).toMatchObject({
        max_tokens: 99,
        messages: [{ content: [{ type: 'input_audio', input_audio: { data: 'AQID', format: 'flac' } }] }],
      });
    }
    expect(sent?.url).toBe('https://api.acme.example/eu/chat/completions');
  });

  it('may be named where the address does not tell', async () => {
    const entry = { kind: 'openai-compatible', vendor: 'mistral', baseUrl: 'https://proxy.example/v1' };
    const [provider] = make({ mine: entry, other: { ...entry, vendor: 'nobody' } }).providers;
    expect(provider).toMatchObject({ key: { required: true } });
    expect((await provider?.model('voxtral-small-latest'))?.capabilities.audioInput).toBe(true);
    await expect(make({ other: { ...entry, vendor: 'nobody' } }).providers[0]?.readiness()).rejects.toThrow(
      /vendor must be one of: openrouter/,
    );
  });

  it('of Azure waits for its address, and then for the names of its deployments', async () => {
    const states = async (entry: object) => make({ azure: entry }).providers[0]?.readiness();
    expect(await states({})).toMatchObject({
      state: 'not-set-up',
      detail: expect.stringContaining('"https://my-resource.openai.azure.com/openai/v1"') as string,
    });
    const baseUrl = 'https://x.openai.azure.com/openai/deployments/{deployment}?api-version=2025-04-01-preview';
    const context = new FakeContext();
    context.key = 'of-azure-0123456789';
    const ready = (entry: object) => createProviders({ azure: entry }, context).providers[0]?.readiness();
    expect(await ready({ baseUrl })).toMatchObject({
      state: 'not-set-up',
      detail: expect.stringContaining('azure › models') as string,
    });
    expect(await ready({ baseUrl, models: { mine: { audioInput: true } } })).toEqual({
      state: 'ready',
      detail: 'https://x.openai.azure.com/openai/deployments/{deployment}',
    });
  });
});

describe('a server that may run on this machine', () => {
  const answering = (answers: Readonly<Record<string, () => Response>>) => {
    const context = new FakeContext();
    const fetching: typeof fetch = (input) => {
      const url = input instanceof Request ? input.url : input.toString();
      const answer = answers[url];
      return answer === undefined ? Promise.reject(new TypeError('fetch failed')) : Promise.resolve(answer());
    };
    return createProviders({}, Object.assign(context, { fetch: fetching })).providers;
  };
  const stateOf = (providers: ReturnType<typeof answering>, name: string) =>
    providers.find((provider) => provider.name === name)?.readiness();

  it('is there when it answers as such a server would, and holds up nobody when it does not', async () => {
    const providers = answering({
      'http://127.0.0.1:8080/v1/models': () => Response.json({ object: 'list', data: [{ id: 'a.gguf' }] }),
      'http://127.0.0.1:4000/v1/models': () => Response.json({ error: { message: 'No api key' } }, { status: 401 }),
      'http://127.0.0.1:8000/v1/models': () =>
        new Response('<html></html>', { headers: { 'content-type': 'text/html' } }),
    });
    expect(await stateOf(providers, 'llamacpp')).toMatchObject({ state: 'ready' });
    expect(await stateOf(providers, 'litellm')).toMatchObject({ state: 'ready' });
    // Something else uses the port.
    expect(await stateOf(providers, 'vllm')).toMatchObject({ state: 'not-running' });
    expect(providers.filter(({ isOptional }) => isOptional === true).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['azure', 'litellm', 'vllm', 'llamacpp']),
    );
  });

  it('is no longer optional once the user has an entry for it', async () => {
    const context = new FakeContext();
    const [provider] = createProviders({ llamacpp: { baseUrl: 'http://127.0.0.1:9999/v1' } }, context).providers;
    expect(provider?.isOptional).toBeUndefined();
    expect(await provider?.readiness()).toMatchObject({ state: 'ready' });
    expect(context.fetched).toEqual([]);
  });
});

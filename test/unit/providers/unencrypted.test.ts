import { describe, expect, it } from 'vitest';
import { text } from '../../../src/core/conversation.js';
import type { Provider } from '../../../src/providers/provider.js';
import { createProviders } from '../../../src/providers/registry.js';
import { surveyProviders } from '../../../src/workflows/chooseModel.js';
import { FakeContext } from './fakeContext.js';

const origin = 'http://192.168.1.9:4000';
const kinds = ['openai', 'openai-compatible', 'gemini', 'anthropic', 'ollama'] as const;

class AskedContext extends FakeContext {
  allowed: readonly string[] = [];
  override key = 'sk-1234567890';
  readonly allowsUnencrypted = (provider: string, at: string): boolean => this.allowed.includes(`${provider} ${at}`);
}

function far(kind: string, context: FakeContext): Provider {
  const models = { m: { chat: true, audioInput: true, transcription: true, speech: true } };
  const [provider] = createProviders({ far: { kind, baseUrl: `${origin}/v1`, models } }, context).providers;
  if (provider === undefined) throw new Error('no provider');
  return provider;
}

/** Every way in which a request can leave. */
function ways(provider: Provider): readonly (readonly [name: string, run: () => Promise<unknown>])[] {
  const signal = new AbortController().signal;
  const audio = { bytes: new Uint8Array(4), format: 'wav', fileName: 'a.wav' } as const;
  const first = (events: AsyncIterable<unknown> | undefined) => events?.[Symbol.asyncIterator]().next();
  return [
    ['readiness', () => provider.readiness()],
    [
      'converse',
      async () =>
        first(provider.converse?.({ model: 'm', messages: [{ role: 'user', content: [text('?')] }] }, signal)),
    ],
    ...(provider.transcribe === undefined
      ? []
      : [['transcribe', async () => first(provider.transcribe?.({ model: 'm', audio }, signal))] as const]),
    ...(provider.speak === undefined
      ? []
      : [['speak', async () => first(provider.speak?.({ model: 'm', text: 'a' }, signal))] as const]),
    ...(provider.checkKey === undefined
      ? []
      : [['checkKey', async () => provider.checkKey?.('sk-other', signal)] as const]),
  ];
}

describe('a server with http:// on another machine', () => {
  it.each(kinds)('of the kind %s is asked nothing until the user allows it', async (kind) => {
    const context = new AskedContext();
    const provider = far(kind, context);
    for (const [name, run] of ways(provider)) {
      await expect(run(), name).rejects.toMatchObject({ reason: 'insecure-address', provider: 'far' });
    }
    await provider.models().catch(() => undefined);
    expect(context.fetched).toEqual([]);
  });

  it.each(kinds)('of the kind %s is asked once the user allows it', async (kind) => {
    const context = new AskedContext();
    context.allowed = [`far ${origin}`];
    const provider = far(kind, context);
    await expect(provider.readiness()).resolves.toMatchObject({ state: 'ready' });
    await provider.models().catch(() => undefined);
    await expect.poll(() => context.fetched.length).toBeGreaterThan(0);
    expect(new Set(context.fetched.map((url) => new URL(url).origin))).toEqual(new Set([origin]));
  });

  it('is not covered by leave for another provider or another address', async () => {
    const context = new AskedContext();
    context.allowed = [`other ${origin}`, 'far http://192.168.1.9:4001', 'far https://192.168.1.9:4000'];
    await expect(far('openai', context).readiness()).rejects.toMatchObject({ reason: 'insecure-address' });
  });

  it('is shown as not allowed, with what to do about it', async () => {
    const [state] = await surveyProviders([far('openai-compatible', new AskedContext())]);
    expect(state).toMatchObject({ readiness: { state: 'not-allowed' }, problem: { reason: 'insecure-address' } });
    expect(state?.readiness.detail).toContain('Allow Unencrypted Server');
  });
});

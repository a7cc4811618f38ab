import { describe, expect, it, vi } from 'vitest';
import { presets } from '../../../src/providers/presets.js';
import { createProviders } from '../../../src/providers/registry.js';
import { FakeContext } from './fakeContext.js';

const presetNames = Object.keys(presets);
const make = (settings: Readonly<Record<string, unknown>>) => createProviders(settings, new FakeContext());

describe('createProviders', () => {
  it('offers the presets without any settings, the speech programs last', () => {
    const { providers, problems } = make({});
    expect(providers.map(({ name }) => name)).toEqual(presetNames);
    expect([presetNames[0], presetNames.at(-1)]).toEqual(['openai', 'command']);
    expect(problems).toEqual([]);
    expect(providers.filter(({ isLocal }) => isLocal).map(({ name }) => name)).toEqual(['command']);
  });

  it('puts entries of the user first, in their order', () => {
    const { providers } = make({
      mine: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1' },
      command: { label: 'My programs' },
    });
    expect(providers.map(({ name, label }) => [name, label])).toEqual([
      ['mine', 'mine'],
      ['command', 'My programs'],
      ['openai', 'OpenAI'],
      ...presetNames
        .filter((name) => name !== 'openai' && name !== 'command')
        .map((name) => [name, presets[name]?.label]),
    ]);
  });

  it('lets an entry change a preset and keeps the rest of it', () => {
    const { providers } = make({ openai: { baseUrl: 'https://eu.api.openai.com/v1' } });
    expect(providers[0]).toMatchObject({
      label: 'OpenAI',
      key: { origin: 'https://eu.api.openai.com', required: true },
    });
  });

  it.each([
    ['not an object', 'text', /"bad" must be an object/],
    ['no kind', {}, /"bad" › kind must be one of: openai,/],
    ['an unknown kind', { kind: 'OpenAI' }, /kind must be one of/],
    ['no address', { kind: 'openai-compatible' }, /"bad".*has no baseUrl/],
    ['an address that is none', { kind: 'openai-compatible', baseUrl: 'localhost' }, /not a URL: "localhost"/],
    ['a header that is no text', { kind: 'openai', headers: { a: 1 } }, /"bad" › headers must hold texts/],
    ['a header of ours', { kind: 'openai', headers: { 'Content-Type': 'x' } }, /cannot set "Content-Type"/],
    ['a broken header', { kind: 'openai', headers: { 'x y': 'secret' } }, /HTTP does not allow \("x y"\)/],
    ['a model that is no object', { kind: 'openai', models: { m: true } }, /"bad" › models › m must be an object/],
    [
      'an ability that is no boolean',
      { kind: 'openai', models: { m: { audioInput: 'yes' } } },
      /m › audioInput must be true or false/,
    ],
    [
      'an unknown format',
      { kind: 'openai', models: { m: { inputFormats: ['wav', 'vox'] } } },
      /inputFormats must be a list of some of: wav/,
    ],
    ['a negative limit', { kind: 'openai', models: { m: { maxInputBytes: -1 } } }, /maxInputBytes must be a number/],
    [
      'a price that is none',
      { kind: 'openai', models: { m: { prices: { perAudioMinute: 'free' } } } },
      /prices › perAudioMinute/,
    ],
    ['a date that is none', { kind: 'openai', models: { m: { endDate: 'soon' } } }, /endDate must be a date/],
    ['an empty command', { kind: 'command', command: {} }, /command needs transcription, speech or both/],
    [
      'a command without a program',
      { kind: 'command', command: { speech: { arguments: [] } } },
      /begins with a program/,
    ],
    [
      'a command as one text',
      { kind: 'command', command: { speech: { arguments: 'say hello' } } },
      /must be a list of texts/,
    ],
    [
      'samples of no rate',
      { kind: 'command', command: { speech: { arguments: ['x'], output: 'pcm' } } },
      /sampleRate must be given for pcm/,
    ],
    [
      'an unknown output',
      { kind: 'command', command: { transcription: { arguments: ['x'], output: 'docx' } } },
      /output must be one of: text, srt/,
    ],
  ])('reports an entry with %s, puts its reason in its place, and keeps the others', async (_, entry, says) => {
    const { providers, problems } = make({
      bad: entry,
      good: { kind: 'openai-compatible', baseUrl: 'https://good.example/v1' },
    });
    expect(providers.map(({ name }) => name)).toEqual(['bad', 'good', ...presetNames]);
    await expect(providers[0]?.readiness()).rejects.toThrow(says);
    expect(problems.map(({ name, error }) => [name, error.reason])).toEqual([['bad', 'invalid-settings']]);
    expect(problems[0]?.error.message).toMatch(says);
    expect(problems[0]?.error.message).not.toContain('secret');
  });

  it('refuses names that would not fit into provider:model', () => {
    expect(make({ 'a:b': { kind: 'openai' } }).problems[0]?.error.message).toContain('not a name for a provider');
    expect(make({ __proto__: null, constructor: { kind: 'openai' } }).providers[0]?.name).toBe('constructor');
  });

  it('reads everything a model may be said to do', async () => {
    const model = {
      chat: true,
      audioInput: true,
      tools: true,
      inputFormats: ['mp3'],
      maxInputSeconds: 30,
      transcriptTimes: 'words',
      prices: { inputAudioPerMillion: 1 },
      endDate: '2099-01-01',
    };
    const { providers } = make({
      mine: { kind: 'openai-compatible', baseUrl: 'https://x.example/v1', models: { m: model } },
    });
    expect((await providers[0]?.model('m'))?.capabilities).toMatchObject(model);
  });

  it('tells the log what may be secret in the settings', () => {
    const context = new FakeContext();
    createProviders({ openai: { headers: { Authorization: 'Token 7f3ae9c1d2', 'x-team': 'radio' } } }, context);
    expect(context.secrets).toEqual(['Token 7f3ae9c1d2', '7f3ae9c1d2']);
  });

  it('asks nobody and loads no SDK until somebody is asked', async () => {
    const load = vi.fn(() => ({}));
    const sdks = ['openai', '@google/genai/web', '@anthropic-ai/sdk/client', 'ollama/browser'];
    for (const sdk of sdks) vi.doMock(sdk, load);
    const context = new FakeContext();
    const { providers } = createProviders(
      { mine: { kind: 'openai-compatible', baseUrl: 'https://x.example/v1' } },
      context,
    );
    // Whether a server runs that nobody has set up can only be found out by asking.
    for (const provider of providers) if (provider.isOptional !== true) await provider.readiness();
    for (const provider of providers) provider.knownModels();
    expect(providers[1]?.knownModels().length).toBeGreaterThan(0);
    expect(load).not.toHaveBeenCalled();
    expect(context.fetched).toEqual([]);
    // Listing the models of a server is asking it.
    await expect(providers[0]?.models()).rejects.toMatchObject({ reason: expect.any(String) as string });
    expect(load).toHaveBeenCalledOnce();
    for (const sdk of sdks) vi.doUnmock(sdk);
  });
});

describe('readiness', () => {
  it('misses a key only where one is needed', async () => {
    const context = new FakeContext();
    const { providers } = createProviders(
      { mine: { kind: 'openai-compatible', baseUrl: 'https://x.example/v1' } },
      context,
    );
    const states = await Promise.all(
      providers.map(async (provider) => [provider.name, (await provider.readiness()).state]),
    );
    expect(states).toEqual(
      expect.arrayContaining([
        ['mine', 'ready'],
        ['openai', 'missing-key'],
        ['openrouter', 'missing-key'],
        ['azure', 'not-set-up'],
        ['litellm', 'not-running'],
        ['command', 'program-missing'],
      ]),
    );
    context.key = 'sk-0123456789';
    expect(await providers[1]?.readiness()).toMatchObject({ state: 'ready' });
  });

  it('needs no key where the settings bring an authorization', async () => {
    const { providers } = make({ openai: { headers: { 'api-key': 'of-azure-0123456789' } } });
    expect(await providers[0]?.readiness()).toMatchObject({ state: 'ready' });
  });
});

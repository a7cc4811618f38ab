import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { text, type Message } from '../../src/core/conversation.js';
import type { ModelRow } from '../support/openaiServer/models.ts';
import { benchKey, startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import type { VendorName } from '../support/openaiServer/vendors.ts';
import { aProvider, collect, collectUntilError, never, WireContext } from './askServer.ts';
import { vendorErrors } from './vendorErrors.ts';

/* Every server that a preset knows: exactly what leaves the machine, and what becomes of its answers and errors. */

const clip = toneWords('three golf nine');
const base64 = Buffer.from(clip.wav).toString('base64');
const audio = { bytes: clip.wav, format: 'wav', fileName: 'a.wav', durationSeconds: clip.durationSeconds } as const;

interface VendorCase {
  readonly name: VendorName;
  readonly models: readonly ModelRow[];
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Behind the origin, where that is not the usual `/v1`. */
  readonly base?: string;
  /** Absent: it answers no questions about audio. */
  readonly chat?: {
    readonly model: string;
    readonly path: string;
    readonly part: unknown;
    /** Beside `model`, `messages` and `stream`. */
    readonly body: Readonly<Record<string, unknown>>;
  };
  readonly listen?: {
    readonly model: string;
    readonly path: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly timed: boolean;
    readonly speaker?: string;
  };
}

const object = { type: 'input_audio', input_audio: { data: base64, format: 'wav' } };
const usage = { stream_options: { include_usage: true } };
const hears: ModelRow = { id: 'hears', chat: true, audioInput: true };
const verbose = { response_format: ['verbose_json'], 'timestamp_granularities[]': ['segment'] };

const cases: readonly VendorCase[] = [
  {
    name: 'litellm',
    models: [
      { ...hears, id: 'our-listener', behind: 'gemini/gemini-2.5-flash' },
      { id: 'our-whisper', transcription: true, behind: 'openai/whisper-1' },
    ],
    chat: { model: 'our-listener', path: '/v1/chat/completions', part: object, body: usage },
    listen: { model: 'our-whisper', path: '/v1/audio/transcriptions', fields: verbose, timed: true },
  },
  {
    name: 'openrouter',
    models: [
      { ...hears, id: 'google/gemini-3.6-flash' },
      { id: 'openai/whisper-1', transcription: true },
    ],
    chat: { model: 'google/gemini-3.6-flash', path: '/api/v1/chat/completions', part: object, body: usage },
    listen: {
      model: 'openai/whisper-1',
      path: '/api/v1/audio/transcriptions',
      fields: {
        input_audio: { data: base64, format: 'wav' },
        response_format: 'verbose_json',
        timestamp_granularities: ['segment'],
      },
      timed: true,
    },
  },
  {
    name: 'mistral',
    models: [
      { ...hears, id: 'voxtral-small-latest' },
      { id: 'voxtral-mini-2602', transcription: true },
    ],
    chat: {
      model: 'voxtral-small-latest',
      path: '/v1/chat/completions',
      part: { type: 'input_audio', input_audio: base64 },
      body: {},
    },
    listen: {
      model: 'voxtral-mini-2602',
      path: '/v1/audio/transcriptions',
      fields: { diarize: ['true'], timestamp_granularities: ['segment'], context_bias: ['golf', 'alpha'] },
      timed: true,
      speaker: 'speaker_1',
    },
  },
  {
    name: 'groq',
    models: [{ id: 'whisper-large-v3-turbo', transcription: true }],
    listen: {
      model: 'whisper-large-v3-turbo',
      path: '/openai/v1/audio/transcriptions',
      fields: {
        prompt: ['golf, alpha'],
        language: ['en'],
        response_format: ['verbose_json'],
        'timestamp_granularities[]': ['word', 'segment'],
      },
      timed: true,
    },
  },
  {
    name: 'aimlapi',
    models: [hears, { id: '#g1_whisper-large', transcription: true }],
    settings: { models: { hears: { audioInput: true, inputFormats: ['wav', 'mp3'] } } },
    chat: { model: 'hears', path: '/v1/chat/completions', part: object, body: { ...usage, max_tokens: 4096 } },
    listen: {
      model: '#g1_whisper-large',
      path: '/v1/stt/create',
      fields: { language: ['en-US'] },
      timed: true,
    },
  },
  {
    name: 'azure',
    models: [
      { ...hears, id: 'my audio' },
      { id: 'my-whisper', transcription: true },
    ],
    base: '/openai/deployments/{deployment}?api-version=2025-04-01-preview',
    settings: { models: { 'my audio': { audioInput: true }, 'my-whisper': { transcription: true } } },
    chat: { model: 'my audio', path: '/openai/deployments/my%20audio/chat/completions', part: object, body: usage },
    listen: {
      model: 'my-whisper',
      path: '/openai/deployments/my-whisper/audio/transcriptions',
      // The name gives the model away.
      fields: { ...verbose, 'timestamp_granularities[]': ['word', 'segment'] },
      timed: true,
    },
  },
  {
    name: 'vllm',
    models: [
      { ...hears, id: 'fixie-ai/ultravox-v0_5' },
      { id: 'openai/whisper-large-v3', transcription: true },
    ],
    chat: { model: 'fixie-ai/ultravox-v0_5', path: '/v1/chat/completions', part: object, body: usage },
    listen: { model: 'openai/whisper-large-v3', path: '/v1/audio/transcriptions', fields: verbose, timed: true },
  },
  {
    name: 'llamacpp',
    models: [{ ...hears, id: 'some.gguf' }],
    chat: { model: 'some.gguf', path: '/v1/chat/completions', part: object, body: usage },
  },
];

describe.each(cases)('$name', ({ name, models, settings = {}, base, chat, listen }) => {
  let server: OpenAIServer;
  let context: WireContext;

  beforeAll(async () => {
    server = await startOpenAIServer({ vendor: name, models, recogniser: 'tones', synthesiser: 'tones' });
  });
  beforeEach(() => {
    server.reset();
    context = new WireContext();
  });
  afterAll(() => server.close());

  const provider = () => {
    const baseUrl = base === undefined ? server.baseUrl : `${server.origin}${base}`;
    return aProvider({ baseUrl, ...settings }, context, name);
  };
  const messages: readonly Message[] = [
    { role: 'user', content: [{ type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } }, text('What?')] },
  ];
  const glossary = ['golf', 'alpha'];
  const transcribe = async (signal = never()) => {
    const made = provider();
    if (base === undefined) await made.models(never());
    const request = { model: listen?.model ?? '', audio, language: 'en-US', glossary };
    return made.transcribe?.(request, signal);
  };
  const keyOf = (headers: Readonly<Record<string, string>> | undefined): string | undefined =>
    name === 'azure' ? headers?.['api-key'] : headers?.['authorization']?.replace('Bearer ', '');

  if (chat !== undefined) {
    it('answers a question about a recording', async () => {
      const made = provider();
      if (base === undefined) await made.models(never());
      const events = await collect(made.converse?.({ model: chat.model, messages }, never()));
      const [request, ...others] = server.requestsTo(chat.path);
      expect(others).toEqual([]);
      expect(request?.json).toEqual({
        model: chat.model,
        messages: [{ role: 'user', content: [chat.part, { type: 'text', text: 'What?' }] }],
        stream: true,
        ...chat.body,
      });
      expect(keyOf(request?.headers)).toBe(benchKey);
      expect(name === 'azure' && request?.headers['authorization']).toBe(name === 'azure' ? undefined : false);
      expect(request?.query).toBe(base === undefined ? '' : '?api-version=2025-04-01-preview');
      const said = events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
      expect(said.length).toBeGreaterThan(1);
      expect(said.join('')).toContain('three golf nine');
      expect(events.some((event) => event.type === 'usage' && (event.usage.inputTokens ?? 0) > 0)).toBe(true);
      expect(events).toContainEqual({ type: 'finish', finish: 'stop' });
      expect(server.problems).toEqual([]);
    });

    it('asks tools', async () => {
      server.setAnswer(() => ({ calls: [{ name: 'find', input: { a: [1, 'ö'] } }] }));
      const tools = [{ name: 'find', description: 'Finds.', inputSchema: { type: 'object' } }];
      const own = { ...settings, models: { [chat.model]: { audioInput: true, inputFormats: ['wav'], tools: true } } };
      const baseUrl = base === undefined ? server.baseUrl : `${server.origin}${base}`;
      const made = aProvider({ baseUrl, ...own }, context, name);
      const events = await collect(made.converse?.({ model: chat.model, messages, tools }, never()));
      expect(events.flatMap((event) => (event.type === 'tool-call' ? [event.call.input] : []))).toEqual([
        { a: [1, 'ö'] },
      ]);
      expect(server.problems).toEqual([]);
    });

    it('reads an answer that is not streamed', async () => {
      const made = provider();
      if (base === undefined) await made.models(never());
      context.fetch = () =>
        Promise.resolve(
          Response.json({
            choices: [{ message: { content: 'Plain.' }, finish_reason: 'stop' }],
            usage: { prompt_tokens: 3, completion_tokens: 1, prompt_audio_seconds: 2 },
          }),
        );
      expect(await collect(made.converse?.({ model: chat.model, messages }, never()))).toEqual([
        { type: 'text', text: 'Plain.' },
        { type: 'finish', finish: 'stop' },
        { type: 'usage', usage: { inputTokens: 3, outputTokens: 1, audioSeconds: 2 } },
      ]);
    });
  }

  if (listen !== undefined) {
    it('transcribes', async () => {
      const events = await collect(await transcribe());
      const [request] = server.requestsTo(listen.path);
      const fields: Record<string, string[]> = {};
      for (const { name: field, value } of request?.form?.fields ?? []) (fields[field] ??= []).push(value);
      const isForm = request?.form !== undefined;
      const common =
        listen.fields['language'] === undefined && name !== 'mistral' ? { language: isForm ? ['en'] : 'en' } : {};
      const hint = isForm && ['litellm', 'azure', 'vllm'].includes(name) ? { prompt: ['golf, alpha'] } : {};
      expect(isForm ? fields : request?.json).toEqual({
        model: isForm ? [listen.model] : listen.model,
        ...common,
        ...hint,
        ...listen.fields,
      });
      expect(keyOf(request?.headers)).toBe(benchKey);
      const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
      expect(segments.map((segment) => segment.text).join(' ')).toContain('three golf nine');
      expect(segments[0]?.speaker).toBe(listen.speaker);
      expect(events.some((event) => event.type === 'usage' && (event.usage.audioSeconds ?? 0) > 0)).toBe(true);
      expect(server.problems).toEqual([]);
    });
  }

  if (base === undefined) {
    it('lists its models with what they can do', async () => {
      const found = await provider().models(never());
      const can = (id: string | undefined) => found.find(({ ref }) => ref.model === id)?.capabilities;
      if (chat !== undefined) expect(can(chat.model)).toMatchObject({ chat: true, audioInput: true });
      if (listen !== undefined) expect(can(listen.model)).toMatchObject({ chat: false, transcription: true });
      expect(server.problems).toEqual([]);
    });
  }

  it('checks a key', async () => {
    await expect(provider().checkKey?.(benchKey, never())).resolves.toBeUndefined();
    await expect(provider().checkKey?.('sk-another-key-0123456789', never())).rejects.toMatchObject({
      reason: 'invalid-key',
    });
  });

  const path = chat?.path ?? listen?.path ?? '';
  const run = async (signal = never()): Promise<AsyncIterable<unknown> | undefined> => {
    if (chat === undefined) return transcribe(signal);
    const made = provider();
    if (base === undefined) await made.models(never());
    return made.converse?.({ model: chat.model, messages }, signal);
  };

  it.each(vendorErrors[name])('says what $status means: $reason', async ({ status, body, reason, says }) => {
    const failure = { kind: 'status', status, body, retryAfterMilliseconds: 1 } as const;
    server.failAlways(path, failure);
    const { error } = await collectUntilError(await run());
    expect(error).toMatchObject({ reason, provider: name });
    if (says !== undefined) expect(error.message).toContain(says);
    expect(error.message).not.toContain(benchKey);
  });

  it.each([
    ['a stream that is cut', { kind: 'cut-stream', afterEvents: 2 }, 'answer-cut-off'],
    ['no JSON', { kind: 'malformed-json' }, 'malformed-response'],
    ['a page', { kind: 'html', status: 200 }, 'invalid-settings'],
  ] as const)('is not fooled by %s', async (_, failure, reason) => {
    if (failure.kind === 'cut-stream' && chat === undefined) return;
    server.failAlways(path, failure);
    expect((await collectUntilError(await run())).error.reason).toBe(reason);
  });

  it('stops down to the socket', async () => {
    server.failAlways(path, { kind: 'hang' });
    const controller = new AbortController();
    const running = collectUntilError(await run(controller.signal));
    await server.waitForRequest(path);
    const startedAt = Date.now();
    controller.abort();
    expect((await running).error.reason).toBe('cancelled');
    await server.settled();
    expect(Date.now() - startedAt).toBeLessThan(100);
    expect(server.requests.at(-1)?.outcome).toBe('aborted');
  });

  it('sends nothing for a model that cannot', async () => {
    const entry = { baseUrl: 'https://nowhere.example/v1', models: { deaf: { chat: true, audioInput: false } } };
    const made = aProvider(entry, context, name);
    const { error } = await collectUntilError(made.converse?.({ model: 'deaf', messages }, never()));
    expect(error.reason).toBe('model-lacks-capability');
  });
});

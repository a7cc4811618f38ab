import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { text, type Message } from '../../src/core/conversation.js';
import type { ErrorReason } from '../../src/core/errors.js';
import type { AnswerEvent, AnswerRequest, Provider } from '../../src/providers/provider.js';
import { createProviders } from '../../src/providers/registry.js';
import { surveyProviders } from '../../src/workflows/chooseModel.js';
import { errorLine, errorReply, startOllamaServer, type OllamaServer } from '../support/ollamaServer/server.ts';
import { utf8 } from '../support/openaiServer/bytes.ts';
import { textReply } from '../support/openaiServer/reply.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import type { WireFailure } from '../support/wireServer/wireServer.ts';
import { aProvider, collect, collectUntilError, never, WireContext } from './askServer.ts';

/* The real adapter and the real SDK against a server that checks what it is sent and decodes the sound in it. */

const path = '/api/chat';
const clip = toneWords('three golf nine');
const other = toneWords('alpha bravo');
const sound = (data: Uint8Array) => ({ type: 'input_audio', input_audio: { data, format: 'wav' } }) as const;
const user = (...content: Message['content']): Message => ({ role: 'user', content });
const textOf = (events: readonly AnswerEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

let server: OllamaServer;
let context: WireContext;
let provider: Provider;

beforeAll(async () => {
  server = await startOllamaServer();
});
beforeEach(() => {
  server.reset();
  server.setAnswer(undefined);
  context = new WireContext();
  context.key = undefined;
  provider = aProvider({ kind: 'ollama', baseUrl: server.origin, label: 'Bench' }, context);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
afterAll(() => server.close());

const converse = (request: AnswerRequest, signal = never()) => provider.converse?.(request, signal);

describe('chat through ollama', () => {
  it('sends exactly this and streams the answer', async () => {
    const events = await collect(
      converse({
        model: 'gemma4:e4b',
        maxOutputTokens: 300,
        messages: [
          { role: 'system', content: [text('Answer from the recording.')] },
          user(text('Recording 1:'), sound(clip.wav), text('It goes on:'), sound(other.wav), text('What is said?')),
        ],
      }),
    );
    const [request] = server.requestsTo(path);
    expect(request?.json).toEqual({
      model: 'gemma4:e4b',
      messages: [
        { role: 'system', content: 'Answer from the recording.' },
        { role: 'user', content: 'Recording 1:' },
        { role: 'user', content: '', images: [base64(clip.wav)] },
        { role: 'user', content: 'It goes on:' },
        { role: 'user', content: '', images: [base64(other.wav)] },
        { role: 'user', content: 'What is said?' },
      ],
      stream: true,
      think: false,
      options: { num_predict: 300 },
    });
    const { host, connection, ...headers } = request?.headers ?? {};
    expect([host, connection]).toEqual([expect.any(String), expect.any(String)]);
    expect(headers).toEqual({
      accept: 'application/json',
      'content-length': expect.any(String) as string,
      'content-type': 'application/json',
      'user-agent': 'Earshot',
    });
    expect(request?.audio.map(({ samples }) => samples.length)).toEqual(
      [clip, other].map(({ pcm }) => pcm.channels[0]?.length),
    );
    expect(textOf(events)).toContain('I heard: three golf nine | alpha bravo');
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(3);
    expect(events.slice(-2)).toEqual([
      { type: 'finish', finish: 'stop' },
      {
        type: 'usage',
        usage: { inputTokens: expect.any(Number) as number, outputTokens: expect.any(Number) as number },
      },
    ]);
    await server.settled();
    expect(request?.outcome).toBe('answered');
    expect(server.problems).toEqual([]);
  });

  it('asks for as much context as a long transcript needs, in few steps, and for no more than there is', async () => {
    const ask = async (words: number) => {
      const long = text(`<transcript>\n${'we ship it '.repeat(words)}\n</transcript>`);
      const run = await collect(converse({ model: 'llama3.2', messages: [user(long, text('When?'))] }));
      return [run.length > 0, (server.requestsTo(path).at(-1)?.json as { options?: unknown }).options];
    };
    expect(await ask(100)).toEqual([true, undefined]);
    expect(await ask(1000)).toEqual([true, { num_ctx: 8192 }]);
    expect(await ask(1500)).toEqual([true, { num_ctx: 8192 }]);
    await expect(ask(3000)).rejects.toMatchObject({
      reason: 'clip-too-long',
      message: expect.stringMatching(/needs about \d+ tokens, and "llama3.2" of Bench takes 8192/) as string,
    });
    expect(server.requestsTo(path).length).toBe(3);
    expect(server.problems).toEqual([]);
  });

  it('sends no sound to a model that does not hear, and none that is too long or no sound at all', async () => {
    const refused = async (request: AnswerRequest) => (await collectUntilError(converse(request))).error;
    const deaf = await refused({ model: 'llama3.2', messages: [user(sound(clip.wav))] });
    expect(deaf).toMatchObject({ reason: 'model-lacks-capability' });
    const long = { ...sound(clip.wav).input_audio, durationSeconds: 31 };
    expect(
      await refused({ model: 'gemma4:e4b', messages: [user({ type: 'input_audio', input_audio: long })] }),
    ).toMatchObject({ reason: 'clip-too-long' });
    const flac = sound(utf8('fLaC and more'));
    expect(await refused({ model: 'gemma4:e4b', messages: [user(flac)] })).toMatchObject({
      reason: 'unsupported-media',
      message: expect.stringContaining('first bytes') as string,
    });
    expect(server.requestsTo(path)).toEqual([]);
  });

  it('sends images, calls tools, and keeps to a JSON Schema', async () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const image = { type: 'image', image: { data: png, mediaType: 'image/png' } } as const;
    await collect(converse({ model: 'gemma4:e4b', messages: [user(image, text('What?'))] }));
    expect(server.requestsTo(path)[0]?.json).toMatchObject({
      messages: [{ role: 'user', content: 'What?', images: [base64(png)] }],
    });
    const inputSchema = { type: 'object', properties: { query: { type: 'string' } } };
    const request = {
      model: 'llama3.2',
      tools: [{ name: 'find', description: 'Finds words.', inputSchema }],
      messages: [user(text('Use a tool.'))],
    };
    const events = await collect(converse(request));
    const call = { id: 'call_1', name: 'find', input: { query: 'Use a tool.' } };
    expect(events[0]).toEqual({ type: 'tool-call', call });
    expect(events.at(-2)).toEqual({ type: 'finish', finish: 'tool-calls' });
    const answer = await collect(
      converse({
        ...request,
        messages: [
          ...request.messages,
          { role: 'assistant', content: [{ type: 'tool_call', tool_call: call }] },
          user({ type: 'tool_result', tool_result: { callId: 'call_1', name: 'find', text: 'found' } }),
        ],
      }),
    );
    expect(textOf(answer)).toBe('The tool says: found');
    expect(server.requestsTo(path).at(-1)?.json).toMatchObject({
      messages: [
        { role: 'user' },
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ function: { name: 'find', arguments: { query: 'Use a tool.' } } }],
        },
        { role: 'tool', content: 'found', tool_name: 'find' },
      ],
      tools: [{ type: 'function', function: { name: 'find', description: 'Finds words.', parameters: inputSchema } }],
    });
    const schema = { type: 'object', properties: { topic: { type: 'string' } } };
    const json = await collect(
      converse({ model: 'llama3.2', messages: [user(text('Which?'))], jsonSchema: { name: 'topic', schema } }),
    );
    expect(JSON.parse(textOf(json))).toEqual({ topic: 'Which?' });
    expect(server.requestsTo(path).at(-1)?.json).toMatchObject({ format: schema });
    expect(server.problems).toEqual([]);
  });

  it('says when an answer was cut at its limit', async () => {
    const events = await collect(converse({ model: 'llama3.2', messages: [user(text('Long?'))], maxOutputTokens: 2 }));
    expect(events).toContainEqual({ type: 'finish', finish: 'length' });
  });

  it('learns from the server what each model can do, and asks again only about new ones', async () => {
    const models = await provider.models();
    const rows = Object.fromEntries(models.map(({ ref, capabilities }) => [ref.model, capabilities]));
    expect(rows['gemma4:e4b']).toMatchObject({
      chat: true,
      audioInput: true,
      images: true,
      tools: true,
      structuredOutput: true,
      inputFormats: ['wav'],
      maxInputSeconds: 30,
      maxContextTokens: 131_072,
      prices: { inputTextPerMillion: 0 },
    });
    expect(rows['llama3.2:latest']).toMatchObject({ chat: true, audioInput: false, tools: true, images: false });
    expect(rows['nomic-embed-text:latest']).toMatchObject({ chat: false });
    // What runs elsewhere is billed elsewhere, and nobody here knows how.
    expect(rows['gpt-oss:120b-cloud']?.prices).toBeUndefined();
    expect(server.shown().length).toBe(4);
    expect((await provider.model('llama3.2')).capabilities).toMatchObject({ tools: true, maxContextTokens: 8192 });
    expect(server.shown().length).toBe(4);
    expect(server.problems).toEqual([]);
  });

  it('lists the other models when one cannot be asked about', async () => {
    server.failNext('/api/show', { kind: 'reply', reply: errorReply(500, 'corrupt manifest') });
    expect((await provider.models()).length).toBe(4);
  });

  it('takes an address with /v1 or /api behind it', async () => {
    for (const end of ['/v1', '/api', '/']) {
      provider = aProvider({ kind: 'ollama', baseUrl: `${server.origin}${end}` }, context);
      expect((await provider.models()).length).toBe(4);
    }
  });
});

const error = (status: number, message: string): WireFailure => {
  const reply = errorReply(status, message);
  return { kind: 'reply', reply: { ...reply, headers: { ...reply.headers, 'retry-after-ms': '1' } } };
};

const cases: readonly (readonly [name: string, WireFailure, ErrorReason, attempts: number, says: RegExp])[] = [
  [
    '400 tools',
    error(400, 'registry.ollama.ai/library/x does not support tools'),
    'model-lacks-capability',
    1,
    /cannot use the model "llama3.2"/,
  ],
  ['400 format', error(400, 'Failed to load image or audio file'), 'unsupported-media', 1, /could not read the sound/],
  [
    '400 context',
    error(400, 'the input length exceeds the context length'),
    'clip-too-long',
    1,
    /too long for the model/,
  ],
  ['401', error(401, 'unauthorized'), 'missing-key', 1, /asks for an API key/],
  ['403', error(403, 'forbidden'), 'forbidden', 1, /does not allow/],
  [
    '404 model',
    error(404, 'model "llama3.2" not found, try pulling it first'),
    'model-not-found',
    1,
    /does not have the model "llama3.2".*try pulling it first/,
  ],
  [
    '404 path',
    { kind: 'reply', reply: textReply('404 page not found', 'text/plain', 404) },
    'invalid-settings',
    1,
    /has nothing at http:\S+ that could do this/,
  ],
  ['413', error(413, 'http: request body too large'), 'clip-too-large', 1, /too large/],
  ['429', error(429, 'too many concurrent requests'), 'rate-limited', 3, /too many requests/],
  [
    '429 quota',
    error(429, 'you have reached your weekly usage limit, please add credits'),
    'quota-exhausted',
    1,
    /credit or quota/,
  ],
  [
    '500',
    error(500, 'llama runner process has terminated: exit status 2'),
    'vendor-failure',
    3,
    /llama runner process/,
  ],
  [
    '500 memory',
    error(500, 'model requires more system memory (9.8 GiB) than is available (6.1 GiB)'),
    'model-lacks-capability',
    1,
    /cannot use the model.*9\.8 GiB/,
  ],
  [
    '503',
    error(503, 'server busy, please try again.  maximum pending requests exceeded'),
    'overloaded',
    3,
    /overloaded/,
  ],
  ['page of a proxy', { kind: 'html', status: 502 }, 'vendor-failure', 3, /failed/],
  ['page in a 200', { kind: 'html', status: 200 }, 'invalid-settings', 1, /answered with a web page/],
  [
    'error in a 200',
    { kind: 'tail', afterEvents: 0, pieces: [errorLine('unexpected EOF')] },
    'vendor-failure',
    1,
    /"unexpected EOF"/,
  ],
  [
    'malformed JSON',
    { kind: 'tail', afterEvents: 0, pieces: [utf8('{"model":"x", "mess\n')] },
    'malformed-response',
    1,
    /speaks the Ollama API/,
  ],
  ['empty body', { kind: 'empty' }, 'answer-cut-off', 1, /broke off/],
  ['reset before the headers', { kind: 'reset-before-headers' }, 'unreachable', 3, /connection broke/],
];

describe('errors of ollama', () => {
  beforeEach(async () => {
    server.setAnswer('word '.repeat(100));
    await provider.models();
    server.reset();
  });
  const ask = (signal = never()) => converse({ model: 'llama3.2', messages: [user(text('What is said?'))] }, signal);

  it.each(cases)('%s', async (_, failure, reason, attempts, says) => {
    const printed = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    server.failAlways(path, failure);
    const { events, error: thrown } = await collectUntilError(ask());
    expect(thrown.message).toMatch(says);
    expect(thrown.reason).toBe(reason);
    expect(events).toEqual([]);
    expect(server.requestsTo(path).length).toBe(attempts);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  it.each([
    ['a stream that ends in the middle', { kind: 'cut-stream', afterEvents: 6 }, 'answer-cut-off'],
    [
      'a line that ends in the middle',
      { kind: 'tail', afterEvents: 6, pieces: [utf8('{"message":{"con')] },
      'answer-cut-off',
    ],
    ['a reset in the middle', { kind: 'reset-mid-body', afterEvents: 6 }, 'answer-cut-off'],
    [
      'a line that is no JSON',
      { kind: 'tail', afterEvents: 6, pieces: [utf8('{"message":{"con\n')] },
      'malformed-response',
    ],
    [
      'an error',
      { kind: 'tail', afterEvents: 6, pieces: [errorLine('an error was encountered while running the model')] },
      'vendor-failure',
    ],
  ] as const)('keeps what came before %s, and asks no second time', async (_, failure, reason) => {
    const printed = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    server.failNext(path, failure);
    const { events, error: thrown } = await collectUntilError(ask());
    expect(thrown.reason).toBe(reason);
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(0);
    expect(server.requestsTo(path).length).toBe(1);
    for (const spy of printed) expect(spy).not.toHaveBeenCalled();
  });

  it('reads lines and letters that come in pieces', async () => {
    server.setAnswer('häuser — naïve 語');
    server.failNext(path, { kind: 'trickle', bytes: 7 });
    expect(textOf(await collect(ask()))).toBe('häuser — naïve 語');
  });

  it('aborts down to the socket: before the answer, in the middle, and when nobody reads on', async () => {
    for (const way of ['before', 'middle', 'leave'] as const) {
      server.reset();
      server.failNext(path, way === 'before' ? { kind: 'hang' } : { kind: 'slow-stream', milliseconds: 20 });
      const controller = new AbortController();
      let stoppedAt = 0;
      const read = async (): Promise<void> => {
        for await (const event of ask(controller.signal) ?? []) {
          if (event.type !== 'text') continue;
          stoppedAt = Date.now();
          if (way === 'leave') return;
          controller.abort();
        }
      };
      const reading = read();
      if (way === 'before') {
        await server.waitForRequest(path);
        stoppedAt = Date.now();
        controller.abort();
      }
      if (way === 'leave') await reading;
      else await expect(reading).rejects.toMatchObject({ reason: 'cancelled' });
      await server.settled();
      expect(Date.now() - stoppedAt).toBeLessThan(100);
      expect(server.requests.at(-1)?.outcome).toBe('aborted');
    }
  });

  it('stops between two attempts when it is told to', async () => {
    server.failAlways(path, { kind: 'status', status: 503, retryAfterSeconds: 10 });
    const controller = new AbortController();
    const asking = collectUntilError(ask(controller.signal));
    await server.waitForRequest(path);
    await server.settled();
    const startedAt = Date.now();
    controller.abort();
    expect((await asking).error.reason).toBe('cancelled');
    expect(Date.now() - startedAt).toBeLessThan(100);
    expect(server.requestsTo(path).length).toBe(1);
  });

  it('changes nothing through environment variables', async () => {
    await collect(ask());
    const before = server.requests[0]?.headers;
    vi.stubEnv('OLLAMA_API_KEY', 'from-the-environment');
    vi.stubEnv('OLLAMA_HOST', 'http://127.0.0.1:9');
    server.reset();
    await collect(ask());
    expect(server.requests[0]?.headers).toEqual(before);
  });
});

describe('a preset that nobody has set up', () => {
  const closedPort = async (): Promise<number> => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    return port;
  };
  /** The preset, with its port somewhere else. */
  const preset = (origin: string): Provider => {
    context.fetch = (input, init) =>
      fetch((input instanceof Request ? input.url : input.toString()).replace('http://127.0.0.1:11434', origin), init);
    const found = createProviders({}, context).providers.find(({ name }) => name === 'ollama');
    if (found === undefined) throw new Error('no preset');
    return found;
  };

  it('is used when it runs', async () => {
    const [state] = await surveyProviders([preset(server.origin)]);
    expect(state?.readiness.state).toBe('ready');
    expect(state?.models.length).toBe(4);
    expect(server.requests[0]?.path).toBe('/api/version');
  });

  it('is not there without a word of trouble when it does not run, and holds nobody up when something hangs there', async () => {
    const [state] = await surveyProviders([preset(`http://127.0.0.1:${await closedPort()}`)]);
    expect(state).toMatchObject({ readiness: { state: 'not-running' }, models: [] });
    expect(state?.readiness.detail).toContain('Ollama is not running at http://127.0.0.1:11434.');
    expect(state?.problem).toBeUndefined();
    server.failAlways('*', { kind: 'hang' });
    const startedAt = performance.now();
    const [hanging] = await surveyProviders([preset(server.origin)]);
    expect(hanging?.readiness.state).toBe('not-running');
    expect(performance.now() - startedAt).toBeLessThan(1500);
  });

  it('is an error when the user has an entry for it', async () => {
    const own = aProvider({ kind: 'ollama', baseUrl: `http://127.0.0.1:${await closedPort()}` }, context, 'ollama');
    const [state] = await surveyProviders([own]);
    expect(state?.problem).toMatchObject({ reason: 'unreachable' });
    expect(state?.problem?.message).toContain('Nothing answers there: is the server running?');
    expect(own.isOptional).toBe(false);
  });
});

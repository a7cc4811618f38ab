import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { text, type Message } from '../../src/core/conversation.js';
import type { AnswerEvent, Provider } from '../../src/providers/provider.js';
import { anthropicKey, startAnthropicServer, type AnthropicServer } from '../support/anthropicServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { aProvider, collect, collectUntilError, never, WireContext } from './askServer.ts';

/* The real adapter and the real SDK against a server that checks what it is sent and decodes the sound in it. */

const path = '/v1/messages';
const clip = toneWords('three golf nine');
const user = (...content: Message['content']): Message => ({ role: 'user', content });
const audio = { type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } } as const;
const textOf = (events: readonly AnswerEvent[]): string =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');

describe('messages through anthropic', () => {
  let server: AnthropicServer;
  let context: WireContext;
  let provider: Provider;

  beforeAll(async () => {
    server = await startAnthropicServer();
  });
  beforeEach(() => {
    server.reset();
    server.setAnswer(undefined);
    context = new WireContext();
    context.key = anthropicKey;
    provider = aProvider({ kind: 'anthropic', baseUrl: server.origin, label: 'Bench' }, context);
  });
  afterAll(() => server.close());

  it('sends exactly this and streams the answer', async () => {
    const events = await collect(
      provider.converse?.(
        {
          model: 'claude-sonnet-5-5',
          messages: [
            { role: 'system', content: [text('Answer from the transcript.')] },
            user(
              { ...text('<transcript>\n[00:00:01] we ship on friday\n</transcript>'), isLasting: true },
              text('Earlier?'),
            ),
            { role: 'assistant', content: [text('Earlier.')] },
            user(text('When?')),
          ],
        },
        never(),
      ),
    );
    const [request] = server.requestsTo(path);
    expect(request?.json).toEqual({
      model: 'claude-sonnet-5-5',
      max_tokens: 128_000,
      system: [{ type: 'text', text: 'Answer from the transcript.' }],
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'text',
              text: '<transcript>\n[00:00:01] we ship on friday\n</transcript>',
              cache_control: { type: 'ephemeral' },
            },
            { type: 'text', text: 'Earlier?' },
          ],
        },
        { role: 'assistant', content: [{ type: 'text', text: 'Earlier.' }] },
        { role: 'user', content: [{ type: 'text', text: 'When?' }] },
      ],
      stream: true,
    });
    expect(textOf(events)).toBe('I read 4 words of transcript: "we ship on friday"\nYou asked: When?');
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(3);
    expect(events.slice(-2)).toEqual([
      { type: 'finish', finish: 'stop' },
      {
        type: 'usage',
        usage: {
          inputTokens: expect.any(Number) as number,
          cachedInputTokens: 0,
          outputTokens: expect.any(Number) as number,
        },
      },
    ]);
    expect(server.problems).toEqual([]);
  });

  it('sends these headers and no others', async () => {
    await collect(provider.converse?.({ model: 'claude-sonnet-5-5', messages: [user(text('Hi?'))] }, never()));
    const { host, connection, ...headers } = server.requests[0]?.headers ?? {};
    expect([host, connection]).toEqual([expect.any(String), expect.any(String)]);
    expect(headers).toEqual({
      accept: 'application/json',
      'anthropic-version': '2026-10-21',
      'content-length': expect.any(String) as string,
      'content-type': 'application/json',
      'user-agent': 'Earshot',
      'x-api-key': anthropicKey,
    });
    expect(context.lines.join('\n')).not.toContain(anthropicKey);
  });

  it('pays for a transcript once: a follow-up reads it from the cache', async () => {
    const transcript = { ...text(`<transcript>\n${'we ship on friday\n'.repeat(200)}</transcript>`), isLasting: true };
    const system: Message = { role: 'system', content: [text('Answer.')] };
    const usageOf = async (messages: readonly Message[]) => {
      const events = await collect(provider.converse?.({ model: 'claude-sonnet-5-5', messages }, never()));
      return events.flatMap((event) => (event.type === 'usage' ? [event.usage] : []))[0];
    };
    const first = await usageOf([system, user(transcript, text('When?'))]);
    const second = await usageOf([
      system,
      user(transcript, text('When?')),
      { role: 'assistant', content: [text('On Friday.')] },
      user(text('Who?')),
    ]);
    expect(first?.cachedInputTokens).toBe(0);
    expect(second?.cachedInputTokens).toBeGreaterThan(800);
    expect(second?.inputTokens).toBeGreaterThan(second?.cachedInputTokens ?? Infinity);
    expect(server.problems).toEqual([]);
  });

  it('sends no sound to a model that hears none', async () => {
    const { error } = await collectUntilError(
      provider.converse?.({ model: 'claude-sonnet-5-5', messages: [user(audio, text('What?'))] }, never()),
    );
    expect(error.reason).toBe('model-lacks-capability');
    expect(error.message).toContain('cannot hear audio');
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['the user says so', 'claude-ear-9', { models: { 'claude-ear-9': { audioInput: true } } }],
    ['the list of models says so', 'claude-ear-9', {}],
  ])('sends sound where %s', async (_, model, more) => {
    provider = aProvider({ kind: 'anthropic', baseUrl: server.origin, ...more }, context);
    if (Object.keys(more).length === 0) await provider.models();
    const events = await collect(
      provider.converse?.({ model, messages: [user(audio, text('What is said?'))] }, never()),
    );
    const request = server.requestsTo(path)[0];
    expect(request?.json).toMatchObject({
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'audio',
              source: { type: 'base64', media_type: 'audio/wav', data: Buffer.from(clip.wav).toString('base64') },
            },
            { type: 'text', text: 'What is said?' },
          ],
        },
      ],
    });
    expect(request?.audio[0]?.samples.length).toBe(clip.pcm.channels[0]?.length);
    expect(textOf(events)).toContain('I heard: three golf nine');
    expect(server.problems).toEqual([]);
  });

  it('sends MP3 under its true type, and images', async () => {
    provider = aProvider(
      { kind: 'anthropic', baseUrl: server.origin, models: { 'claude-ear-9': { audioInput: true, images: true } } },
      context,
    );
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const image = { type: 'image', image: { data: png, mediaType: 'image/png' } } as const;
    await collect(provider.converse?.({ model: 'claude-sonnet-5-5', messages: [user(image, text('What?'))] }, never()));
    expect(server.requests[0]?.json).toMatchObject({
      messages: [
        { content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } }, {}] },
      ],
    });
    const tiff = { type: 'image', image: { data: png, mediaType: 'image/tiff' } } as const;
    const { error } = await collectUntilError(
      provider.converse?.({ model: 'claude-sonnet-5-5', messages: [user(tiff)] }, never()),
    );
    expect(error).toMatchObject({
      reason: 'unsupported-media',
      message: expect.stringContaining('image/tiff') as string,
    });
  });

  const tools = [
    {
      name: 'find',
      description: 'Finds words.',
      inputSchema: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
    },
  ];

  it('calls a tool, and answers from what it gave, with its thoughts kept', async () => {
    const question = user(text('Use a tool.'));
    const request = { model: 'claude-sonnet-5-5', tools, toolChoice: 'auto', messages: [question] } as const;
    const events = await collect(provider.converse?.(request, never()));
    const call = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []))[0];
    expect(call).toEqual({
      id: expect.stringMatching(/^toolu_/) as string,
      name: 'find',
      input: { query: 'Use a tool.', words: '' },
      vendorToken: expect.stringContaining('"signature":"signed-') as string,
    });
    expect(events.at(-2)).toEqual({ type: 'finish', finish: 'tool-calls' });
    if (call === undefined) return;
    const answer = await collect(
      provider.converse?.(
        {
          ...request,
          messages: [
            question,
            { role: 'assistant', content: [{ type: 'tool_call', tool_call: call }] },
            user(text('And now?'), {
              type: 'tool_result',
              tool_result: { callId: call.id, name: 'find', text: 'found', isError: true },
            }),
          ],
        },
        never(),
      ),
    );
    expect(textOf(answer)).toBe('The tool says: found');
    const sent = server.requestsTo(path)[1]?.json as {
      tools: unknown;
      tool_choice: unknown;
      messages: { content: unknown }[];
    };
    expect(sent.tools).toEqual([{ name: 'find', description: 'Finds words.', input_schema: tools[0]?.inputSchema }]);
    expect(sent.tool_choice).toEqual({ type: 'auto' });
    expect(sent.messages[1]?.content).toEqual([
      { type: 'thinking', thinking: 'A tool will do.', signature: expect.any(String) as string },
      { type: 'tool_use', id: call.id, name: 'find', input: call.input },
    ]);
    expect(sent.messages[2]?.content).toEqual([
      { type: 'tool_result', tool_use_id: call.id, content: 'found', is_error: true },
      { type: 'text', text: 'And now?' },
    ]);
    expect(server.problems).toEqual([]);
  });

  it('asks for JSON by a schema in the words that the vendor takes', async () => {
    const schema = {
      type: 'object',
      properties: { topic: { type: 'string', minLength: 2 }, votes: { type: 'integer', minimum: 0 } },
      required: ['topic'],
    };
    const events = await collect(
      provider.converse?.(
        { model: 'claude-sonnet-5-5', messages: [user(text('Which?'))], jsonSchema: { name: 'votes', schema } },
        never(),
      ),
    );
    expect(JSON.parse(textOf(events))).toEqual({ topic: 'Which?', votes: 1 });
    expect(server.requests[0]?.json).toMatchObject({
      output_config: { format: { type: 'json_schema', schema: { additionalProperties: false } } },
    });
    expect(server.problems).toEqual([]);
    const loose = { type: 'object', properties: { any: {} } };
    const { error } = await collectUntilError(
      provider.converse?.(
        { model: 'claude-sonnet-5-5', messages: [user(text('?'))], jsonSchema: { name: 'loose', schema: loose } },
        never(),
      ),
    );
    expect(error).toMatchObject({ reason: 'request-rejected', message: expect.stringContaining('"loose"') as string });
  });

  it('says when an answer was cut at its limit, and when the vendor refused', async () => {
    const ask = (question: string, maxOutputTokens?: number) =>
      provider.converse?.(
        {
          model: 'claude-sonnet-5-5',
          messages: [user(text(question))],
          ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
        },
        never(),
      );
    const events = await collect(ask('Long?', 2));
    expect(events).toContainEqual({ type: 'finish', finish: 'length' });
    const { error } = await collectUntilError(ask('Something forbidden?'));
    expect(error).toMatchObject({
      reason: 'refused',
      message:
        'Bench refused this request under its usage policy. Ask in other words, or select another model. Bench says: "This falls under the usage policy."',
    });
  });

  it('reads a plain answer, as a gateway may give it', async () => {
    const message = {
      type: 'message',
      content: [
        { type: 'text', text: 'Plain.' },
        { type: 'tool_use', id: 'toolu_1', name: 'find', input: { query: 'x' } },
      ],
      stop_reason: 'tool_use',
      usage: { input_tokens: 3, cache_read_input_tokens: 4, cache_creation_input_tokens: null, output_tokens: 5 },
    };
    context.fetch = () => Promise.resolve(Response.json(message));
    expect(
      await collect(provider.converse?.({ model: 'claude-sonnet-5-5', messages: [user(text('?'))] }, never())),
    ).toEqual([
      { type: 'text', text: 'Plain.' },
      { type: 'tool-call', call: { id: 'toolu_1', name: 'find', input: { query: 'x' } } },
      { type: 'finish', finish: 'tool-calls' },
      { type: 'usage', usage: { inputTokens: 7, cachedInputTokens: 4, outputTokens: 5 } },
    ]);
  });

  it('lists what the server has beside the table, with what the server says of it', async () => {
    const models = await provider.models();
    expect(server.requests.map(({ path: asked, query }) => asked + query)).toEqual(['/v1/models?limit=1000']);
    const ids = models.map(({ ref }) => ref.model);
    expect(ids[0]).toBe('claude-sonnet-5-5');
    expect(ids).toContain('claude-ear-9');
    expect(ids).not.toContain('claude-old-1');
    expect(models.find(({ ref }) => ref.model === 'claude-ear-9')?.capabilities).toMatchObject({
      audioInput: true,
      images: true,
      tools: true,
      structuredOutput: true,
      maxOutputTokens: 64_000,
      endDate: '2099-10-01',
    });
    expect(models[0]?.capabilities).toMatchObject({ audioInput: false, prices: { inputTextPerMillion: 2 } });
    expect(server.problems).toEqual([]);
  });

  it('offers the table while the list cannot be had, but not with a key that is refused', async () => {
    server.failAlways('/v1/models', { kind: 'html', status: 502 });
    expect((await provider.models()).map(({ ref }) => ref.model)).toContain('claude-sonnet-5-5');
    context.key = 'sk-ant-another-0123456789';
    server.reset();
    const other = aProvider({ kind: 'anthropic', baseUrl: server.origin }, context);
    await expect(other.models()).rejects.toMatchObject({ reason: 'invalid-key' });
  });

  it('checks a key without keeping it', async () => {
    await expect(provider.checkKey?.(anthropicKey, never())).resolves.toBeUndefined();
    await expect(provider.checkKey?.('sk-ant-another-0123456789', never())).rejects.toMatchObject({
      reason: 'invalid-key',
    });
    expect(context.lines.join('\n')).not.toContain('sk-ant');
  });

  it('takes an address with and without /v1, and passes a query on', async () => {
    for (const [baseUrl, query] of [
      [`${server.origin}/v1`, ''],
      [`${server.origin}/?beta=true`, '?beta=true'],
    ] as const) {
      server.reset();
      const other = aProvider({ kind: 'anthropic', baseUrl }, context);
      await collect(other.converse?.({ model: 'claude-sonnet-5-5', messages: [user(text('?'))] }, never()));
      expect(server.requests.map((request) => request.path + request.query)).toEqual([path + query]);
    }
  });
});

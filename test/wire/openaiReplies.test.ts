import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { text, type Message } from '../../src/core/conversation.js';
import type { AnswerEvent, AnswerRequest } from '../../src/providers/provider.js';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { hearTones, toneWords } from '../support/openaiServer/tones.ts';
import { collect, never, providerOf, WireContext } from './askServer.ts';

/* What an answer can be beside text: calls of tools, JSON of a given shape, speech. */

const path = '/v1/chat/completions';
const clip = toneWords('three golf nine');
const heard = { type: 'input_audio', input_audio: { data: clip.wav, format: 'wav' } } as const;
const tool = {
  name: 'find_place',
  description: 'Finds a place.',
  inputSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
} as const;

let server: OpenAIServer;
let context: WireContext;

beforeAll(async () => {
  server = await startOpenAIServer({ recogniser: 'tones', synthesiser: 'tones' });
});
beforeEach(() => {
  server.reset();
  context = new WireContext();
});
afterAll(() => server.close());

const ask = (request: Omit<AnswerRequest, 'messages'> & { messages?: readonly Message[] }): Promise<AnswerEvent[]> =>
  collect(
    providerOf(server, 'openai', context).converse?.(
      { messages: [{ role: 'user', content: [heard, text('Where?')] }], ...request },
      never(),
    ),
  );
const sent = (): Record<string, unknown> => server.requestsTo(path).at(-1)?.json as Record<string, unknown>;

describe('tools', () => {
  const places = [
    { name: 'find_place', input: { name: 'Köln „Süd“', near: { latitude: 50.9, tags: ['a', 'b'] } } },
    { name: 'find_place', input: {} },
  ];

  it('are sent as functions, and their calls are put together from crumbs', async () => {
    server.setAnswer(() => ({ calls: places }));
    const events = await ask({ model: 'gpt-audio-1.5', tools: [tool], toolChoice: 'required' });
    expect(sent()).toMatchObject({
      tools: [
        {
          type: 'function',
          function: { name: 'find_place', description: 'Finds a place.', parameters: tool.inputSchema },
        },
      ],
      tool_choice: 'required',
    });
    const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));
    expect(calls.map(({ name, input }) => ({ name, input }))).toEqual(places);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(2);
    expect(events).toContainEqual({ type: 'finish', finish: 'tool-calls' });
    expect(server.problems).toEqual([]);
  });

  it('get their results back under the ids of their calls', async () => {
    const messages: readonly Message[] = [
      { role: 'user', content: [heard, text('Where?')] },
      {
        role: 'assistant',
        content: [
          text('Looking.'),
          { type: 'tool_call', tool_call: { id: 'call_1', name: 'find_place', input: { name: 'Köln' } } },
          { type: 'tool_call', tool_call: { id: 'call_2', name: 'find_place', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_result: { callId: 'call_1', name: 'find_place', text: 'On the Rhine.' } },
          {
            type: 'tool_result',
            tool_result: { callId: 'call_2', name: 'find_place', text: 'No name.', isError: true },
          },
        ],
      },
    ];
    await ask({ model: 'gpt-audio-1.5', tools: [tool], messages });
    expect((sent()['messages'] as unknown[]).slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'Looking.',
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'find_place', arguments: '{"name":"Köln"}' } },
          { id: 'call_2', type: 'function', function: { name: 'find_place', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'On the Rhine.' },
      { role: 'tool', tool_call_id: 'call_2', content: 'Error: No name.' },
    ]);
    expect(sent()).not.toHaveProperty('tool_choice');
    expect(server.problems).toEqual([]);
  });

  it('whose arguments are no JSON end in an error, not in a wrong call', async () => {
    const message = {
      tool_calls: [{ id: '1', type: 'function', function: { name: 'find_place', arguments: '{"name":' } }],
    };
    context.fetch = () => Promise.resolve(Response.json({ choices: [{ message, finish_reason: 'tool_calls' }] }));
    await expect(ask({ model: 'gpt-audio-1.5', tools: [tool] })).rejects.toMatchObject({
      reason: 'malformed-response',
    });
  });

  it('are refused before anything is sent where the row has none', async () => {
    const provider = providerOf(server, 'openai', context, { models: { 'gpt-audio-1.5': { tools: false } } });
    const request = { model: 'gpt-audio-1.5', messages: [{ role: 'user', content: [heard] }], tools: [tool] } as const;
    await expect(collect(provider.converse?.(request, never()))).rejects.toMatchObject({
      reason: 'model-lacks-capability',
      message: expect.stringContaining('cannot use tools') as string,
    });
    expect(server.requests).toEqual([]);
  });
});

describe('JSON of a given shape', () => {
  const jsonSchema = { name: 'places', schema: { type: 'object', properties: {}, additionalProperties: false } };
  const messages: readonly Message[] = [{ role: 'user', content: [text('Where?')] }];

  it('is asked for strictly where the row says so', async () => {
    await ask({ model: 'gpt-6-luna', messages, jsonSchema });
    expect(sent()).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { ...jsonSchema, strict: true } },
    });
    expect(server.problems).toEqual([]);
  });

  it('is refused before anything is sent where it does not', async () => {
    await expect(ask({ model: 'gpt-audio-1.5', jsonSchema })).rejects.toMatchObject({
      reason: 'model-lacks-capability',
    });
    expect(server.requests).toEqual([]);
  });
});

describe('a spoken reply', () => {
  const spokenReply = { voice: 'verse' };

  it('streams as samples, with its words, its name and how long that is kept', async () => {
    server.setAnswer(() => 'three golf nine');
    const events = await ask({ model: 'gpt-audio-1.5', spokenReply });
    expect(sent()).toMatchObject({ modalities: ['text', 'audio'], audio: { voice: 'verse', format: 'pcm16' } });
    const sound = events.filter((event) => event.type === 'audio');
    expect(sound.length).toBeGreaterThan(1);
    const pcm = Buffer.concat(sound.map((event) => event.pcm));
    const samples = Float32Array.from({ length: pcm.length / 2 }, (_, index) => pcm.readInt16LE(2 * index) / 32_768);
    expect(hearTones(samples, 24_000).words.map(({ word }) => word)).toEqual(['three', 'golf', 'nine']);
    expect(events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('')).toBe('three golf nine');
    const spoken = events.find((event) => event.type === 'spoken');
    expect(spoken?.expiresAtSeconds).toBeGreaterThan(Date.now() / 1000 + 3000);
    const usage = events.find((event) => event.type === 'usage');
    expect(usage?.usage.outputAudioTokens).toBeGreaterThan(0);
    expect(server.problems).toEqual([]);
  });

  it('answers text too, of a model that otherwise wants audio', async () => {
    const messages: readonly Message[] = [{ role: 'user', content: [text('Speak.')] }];
    const events = await ask({ model: 'gpt-audio-1.5', spokenReply: {}, messages });
    expect(sent()).toMatchObject({ audio: { voice: 'alloy' } });
    expect(events.some(({ type }) => type === 'audio')).toBe(true);
    expect(server.problems).toEqual([]);
  });

  it('is named by its id while that is kept, and afterwards said in its words', async () => {
    const first = await ask({ model: 'gpt-audio-1.5', spokenReply });
    const spoken = first.find((event) => event.type === 'spoken');
    const now = Date.now() / 1000;
    const again = (expiresAtSeconds: number | undefined): readonly Message[] => [
      { role: 'user', content: [heard] },
      {
        role: 'assistant',
        content: [
          {
            type: 'output_audio',
            output_audio: {
              transcript: 'three golf',
              ...(spoken === undefined ? {} : { id: spoken.id }),
              ...(expiresAtSeconds === undefined ? {} : { expiresAtSeconds }),
            },
          },
        ],
      },
      { role: 'user', content: [text('Again?')] },
    ];
    const reply = async (expiresAtSeconds: number | undefined): Promise<unknown> => {
      await ask({ model: 'gpt-audio-1.5', messages: again(expiresAtSeconds) });
      return (sent()['messages'] as unknown[])[1];
    };
    expect(await reply(now + 600)).toEqual({ role: 'assistant', audio: { id: spoken?.id } });
    // A reply about to expire could be gone on arrival.
    expect(await reply(now + 60)).toEqual({ role: 'assistant', content: 'three golf' });
    expect(await reply(undefined)).toEqual({ role: 'assistant', content: 'three golf' });
    expect(server.problems).toEqual([]);
  });

  it('is said in its words to a server that keeps none', async () => {
    const provider = providerOf(server, 'openai-compatible', context, { models: { 'gpt-audio-1.5': { tools: true } } });
    const output_audio = { transcript: 'three', id: 'audio_1', expiresAtSeconds: Date.now() / 1000 + 600 };
    const messages: readonly Message[] = [
      { role: 'assistant', content: [{ type: 'output_audio', output_audio }] },
      { role: 'user', content: [heard] },
    ];
    await collect(provider.converse?.({ model: 'gpt-audio-1.5', messages }, never()));
    expect((sent()['messages'] as unknown[])[0]).toEqual({ role: 'assistant', content: 'three' });
  });
});

describe('a model that is about to end', () => {
  it('is known to be, where the server says so', async () => {
    const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    server.removeModel('gpt-audio-1.5');
    server.addModel({ id: 'gpt-audio-1.5', chat: true, audioInput: true, shutdownDate: inDays(20) });
    const provider = providerOf(server, 'openai', context);
    await provider.models(never());
    await server.waitForRequest('/v1/models');
    await server.settled();
    await expect.poll(async () => (await provider.model('gpt-audio-1.5')).capabilities.endDate).toBe(inDays(20));
  });
});

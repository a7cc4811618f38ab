import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { text, type Message } from '../../src/core/conversation.js';
import type { AnswerEvent, AnswerRequest } from '../../src/providers/provider.js';
import { geminiKey, startGeminiServer, streamPath, type GeminiServer } from '../support/geminiServer/server.ts';
import { run, withTemporaryFolder } from '../support/openaiServer/programs.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { geminiOf, GeminiContext, wavBlock } from './askGemini.ts';
import { collect, collectUntilError, never } from './askServer.ts';

const model = 'gemini-3.8-flash';
const path = streamPath(model);
const clip = toneWords('three golf nine');

const question: Message = { role: 'user', content: [wavBlock(clip.wav), text('What is said?')] };

function said(events: readonly AnswerEvent[]): string {
  return events.map((event) => (event.type === 'text' ? event.text : '')).join('');
}

describe('chat through gemini', () => {
  let server: GeminiServer;
  let context: GeminiContext;

  beforeAll(async () => {
    server = await startGeminiServer();
  });
  beforeEach(() => {
    server.reset();
    context = new GeminiContext();
  });
  afterAll(() => server.close());

  const ask = (request: Partial<AnswerRequest> = {}, more: Readonly<Record<string, unknown>> = {}) =>
    geminiOf(server, context, more).converse?.({ model, messages: [question], ...request }, never());

  it('sends exactly this and streams the answer', async () => {
    const printed = vi.spyOn(console, 'warn');
    const messages: Message[] = [
      { role: 'system', content: [text('Answer from the recording.')] },
      { role: 'user', content: [text('Earlier?')] },
      { role: 'assistant', content: [text('Earlier.')] },
      { role: 'user', content: [wavBlock(clip.wav), text('What is said?')] },
    ];
    const events = await collect(ask({ messages, maxOutputTokens: 500 }, { headers: { 'x-team': 'radio' } }));
    const [request] = server.requestsTo(path);
    expect(request?.query).toEqual({ alt: 'sse' });
    expect(request?.json).toEqual({
      systemInstruction: { parts: [{ text: 'Answer from the recording.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'Earlier?' }] },
        { role: 'model', parts: [{ text: 'Earlier.' }] },
        {
          role: 'user',
          parts: [
            { inlineData: { mimeType: 'audio/wav', data: Buffer.from(clip.wav).toString('base64') } },
            { text: 'What is said?' },
          ],
        },
      ],
      generationConfig: { maxOutputTokens: 500 },
    });
    const { host, connection, 'x-goog-api-key': key, ...headers } = request?.headers ?? {};
    expect(key).toBe(geminiKey);
    expect([host, connection]).toEqual([server.origin.slice('http://'.length), 'keep-alive']);
    expect(headers).toEqual({
      'content-length': String(request?.body.byteLength),
      'content-type': 'application/json',
      'user-agent': 'Earshot',
      'x-team': 'radio',
    });
    const texts = events.filter(({ type }) => type === 'text');
    expect(texts.length).toBeGreaterThan(1);
    expect(said(events)).toBe(
      `I heard: three golf nine\nClip 1 lasts ${clip.durationSeconds.toFixed(2)} seconds.\nYou asked: What is said?`,
    );
    expect(events.filter(({ type }) => type === 'finish')).toEqual([{ type: 'finish', finish: 'stop' }]);
    expect(server.problems).toEqual([]);
    expect(server.requests.length).toBe(1);
    expect(context.asked).toContainEqual({ provider: 'bench', origin: server.origin });
    expect(printed).not.toHaveBeenCalled();
  });

  it('counts what was heard, and what was thought as said', async () => {
    server.setAnswer(() => ({
      events: [[{ text: 'Four' }], [{ text: 'teen.' }]],
      thoughtsTokens: 100,
      cachedTokens: 16,
    }));
    const events = await collect(ask());
    expect(events.filter(({ type }) => type === 'usage')).toEqual([
      {
        type: 'usage',
        usage: {
          inputTokens: Math.round(clip.durationSeconds * 32) + 4,
          inputAudioTokens: Math.round(clip.durationSeconds * 32),
          cachedInputTokens: 16,
          outputTokens: 103,
        },
      },
    ]);
  });

  it('says that no sound was counted where none was heard', async () => {
    const events = await collect(ask({ messages: [{ role: 'user', content: [text('Hello?')] }] }));
    expect(events.find((event) => event.type === 'usage')?.usage.inputAudioTokens).toBe(0);
  });

  it('reads a plain answer of a server that does not stream', async () => {
    const answer = {
      candidates: [{ content: { parts: [{ text: 'Plain.' }], role: 'model' }, finishReason: 'MAX_TOKENS' }],
      usageMetadata: { promptTokenCount: 30, candidatesTokenCount: 2 },
    };
    for (const body of [answer, [answer]]) {
      context.fetch = () => Promise.resolve(Response.json(body));
      expect(await collect(ask())).toEqual([
        { type: 'text', text: 'Plain.' },
        { type: 'usage', usage: { inputTokens: 30, outputTokens: 2 } },
        { type: 'finish', finish: 'length' },
      ]);
    }
  });

  it('puts an answer together that comes in crumbs', async () => {
    const words = ['Grüße ', 'aus Köln — ', '„drei“ 🎧.'];
    server.setAnswer(() => ({ events: words.map((word) => [{ text: word }]) }));
    server.failNext(path, { kind: 'trickle', bytes: 3 });
    expect(said(await collect(ask()))).toBe(words.join(''));
  });

  it('asks for JSON of a shape', async () => {
    const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { a: {} } };
    await collect(ask({ jsonSchema: { name: 'answer', schema } }));
    expect(server.requestsTo(path)[0]?.json).toMatchObject({
      generationConfig: {
        responseMimeType: 'application/json',
        responseJsonSchema: { type: 'object', properties: { a: {} } },
      },
    });
    expect(JSON.stringify(server.requestsTo(path)[0]?.json)).not.toContain('$schema');
    expect(server.problems).toEqual([]);
  });

  it('offers tools, gives their calls, and sends calls and results back with the signature', async () => {
    const tools = [{ name: 'look_up', description: 'Looks up.', inputSchema: { type: 'object', properties: {} } }];
    server.setAnswer(() => ({
      events: [
        [{ text: 'Let me see.' }],
        [{ functionCall: { name: 'look_up', args: { word: 'golf' } }, thoughtSignature: 'c2lnbmVk' }],
        [{ functionCall: { id: 'of-its-own', name: 'look_up' } }],
      ],
    }));
    const events = await collect(ask({ tools, toolChoice: 'required' }));
    expect(server.requestsTo(path)[0]?.json).toMatchObject({
      tools: [
        {
          functionDeclarations: [
            {
              name: 'look_up',
              description: 'Looks up.',
              parametersJsonSchema: { type: 'object', properties: {} },
            },
          ],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    });
    const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));
    expect(calls).toEqual([
      { id: 'unnamed-1', name: 'look_up', input: { word: 'golf' }, vendorToken: 'c2lnbmVk' },
      { id: 'of-its-own', name: 'look_up', input: {} },
    ]);
    expect(events.at(-1)).toEqual({ type: 'finish', finish: 'tool-calls' });
    const [first, second] = calls;
    if (first === undefined || second === undefined) throw new Error('no calls');
    await collect(
      ask({
        tools,
        messages: [
          question,
          { role: 'assistant', content: calls.map((call) => ({ type: 'tool_call', tool_call: call })) },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_result: { callId: first.id, name: 'look_up', text: 'a game' } },
              { type: 'tool_result', tool_result: { callId: second.id, name: 'look_up', text: 'no', isError: true } },
            ],
          },
        ],
      }),
    );
    const { contents } = server.requestsTo(path)[1]?.json as { contents: unknown[] };
    expect(contents.slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { name: 'look_up', args: { word: 'golf' } }, thoughtSignature: 'c2lnbmVk' },
          { functionCall: { id: 'of-its-own', name: 'look_up', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'look_up', response: { output: 'a game' } } },
          { functionResponse: { id: 'of-its-own', name: 'look_up', response: { error: 'no' } } },
        ],
      },
    ]);
    expect(server.problems).toEqual([]);
  });

  it.each([
    ['SAFETY', 'filtered'],
    ['RECITATION', 'filtered'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ['STOP', 'stop'],
    ['SOMETHING_NEW', 'stop'],
  ])('ends with %s as %s', async (finishReason, finish) => {
    server.setAnswer(() => ({ events: [[{ text: 'Half.' }]], finishReason }));
    expect((await collect(ask())).at(-1)).toEqual({ type: 'finish', finish });
    expect(server.requests.length).toBe(1);
  });

  it.each([
    [{ events: [], blockReason: 'PROHIBITED_CONTENT' }, 'refused', 'PROHIBITED_CONTENT'],
    [{ events: [[]], finishReason: 'SAFETY' }, 'refused', 'SAFETY'],
    [{ events: [[{ text: 'Ha' }]], finishReason: 'MALFORMED_FUNCTION_CALL' }, 'malformed-response', ''],
    [{ events: [[{ text: 'Ha' }]], finishReason: 'OTHER' }, 'answer-cut-off', ''],
  ])('takes %j for no answer, and says what it used', async (answer, reason, says) => {
    server.setAnswer(() => answer);
    const { events, error } = await collectUntilError(ask());
    expect(error.reason).toBe(reason);
    expect(error.message).toContain(says);
    expect(events.at(-1)?.type).toBe('usage');
  });

  it.each([
    ['wav', 'wav', []],
    ['mp3', 'mp3', []],
    ['flac', 'flac', []],
    ['ogg', 'ogg', ['-c:a', 'libopus']],
    ['aac', 'adts', []],
    ['aiff', 'aiff', []],
  ] as const)(
    'sends %s under the name that the documentation has for it, and it is heard',
    async (format, muxer, codec) => {
      const data = await withTemporaryFolder(async (folder) => {
        const [input, output] = [join(folder, 'in.wav'), join(folder, 'out')];
        await writeFile(input, clip.wav);
        await run('ffmpeg', ['-v', 'error', '-i', input, ...codec, '-f', muxer, output]);
        return new Uint8Array(await readFile(output));
      });
      const block = { type: 'input_audio', input_audio: { data, format } } as const;
      const events = await collect(ask({ messages: [{ role: 'user', content: [block, text('What?')] }] }));
      expect(said(events)).toContain('I heard: three golf nine');
      expect(server.requestsTo(path)[0]?.json).toMatchObject({
        contents: [{ parts: [{ inlineData: { mimeType: `audio/${format}` } }, { text: 'What?' }] }],
      });
      expect(server.problems).toEqual([]);
    },
  );

  it('sends nothing for a question the model cannot take', async () => {
    const provider = geminiOf(server, context);
    const tryAsking = (request: Partial<AnswerRequest>): Promise<unknown> =>
      collect(provider.converse?.({ model, messages: [question], ...request }, never()));
    const lacks = { reason: 'model-lacks-capability' };
    await expect(tryAsking({ model: 'gemini-3.8-flash-tts' })).rejects.toMatchObject(lacks);
    await expect(tryAsking({ model: 'gemini-embedding-001' })).rejects.toMatchObject(lacks);
    await expect(tryAsking({ spokenReply: {} })).rejects.toMatchObject(lacks);
    const tools = [{ name: 'a', description: 'b', inputSchema: {} }];
    await expect(tryAsking({ model: 'gemma-4-12b', tools })).rejects.toMatchObject(lacks);
    const webm = { type: 'input_audio', input_audio: { data: clip.wav, format: 'webm' } } as const;
    await expect(tryAsking({ messages: [{ role: 'user', content: [webm] }] })).rejects.toMatchObject({
      reason: 'unsupported-media',
    });
    const limited = geminiOf(server, context, { models: { [model]: { maxInputBytes: 100 } } });
    await expect(collect(limited.converse?.({ model, messages: [question] }, never()))).rejects.toMatchObject({
      reason: 'clip-too-large',
    });
    const image = { type: 'image', image: { data: new Uint8Array(1), mediaType: 'image/png' } } as const;
    await expect(
      tryAsking({ messages: [{ role: 'user', content: [image, wavBlock(clip.wav)] }] }),
    ).rejects.toMatchObject({ reason: 'images-with-audio' });
    expect(server.requests).toEqual([]);
  });
});

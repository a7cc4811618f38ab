import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { text, type Message } from '../../src/core/conversation.js';
import type { AnswerRequest } from '../../src/providers/provider.js';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWords } from '../support/openaiServer/tones.ts';
import { collect, never, providerOf, WireContext, wireKinds } from './askServer.ts';

/*
 * The real adapter and the real SDK against a server that decodes what it is sent. It proves what leaves the machine and what
 * becomes of the answer; that the vendors accept it, only the vendors can prove.
 */

const path = '/v1/chat/completions';
const clip = toneWords('three golf nine');

function aQuestion(model = 'gpt-audio-1.5'): AnswerRequest {
  const messages: Message[] = [
    { role: 'system', content: [text('Answer from the recording.')] },
    { role: 'user', content: [text('Earlier?')] },
    { role: 'assistant', content: [text('Earlier.')] },
    {
      role: 'user',
      content: [
        { type: 'input_audio', input_audio: { data: clip.wav, format: 'wav', durationSeconds: clip.durationSeconds } },
        text('What is said?'),
      ],
    },
  ];
  return { model, messages };
}

describe.each(wireKinds)('chat through %s', (kind) => {
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

  it('sends exactly this and streams the answer', async () => {
    const provider = providerOf(server, kind, context, { headers: { 'x-team': 'radio' } });
    const events = await collect(provider.converse?.({ ...aQuestion(), maxOutputTokens: 500 }, never()));
    const [request] = server.requestsTo(path);
    expect(request?.json).toEqual({
      model: 'gpt-audio-1.5',
      messages: [
        { role: 'system', content: 'Answer from the recording.' },
        { role: 'user', content: 'Earlier?' },
        { role: 'assistant', content: 'Earlier.' },
        {
          role: 'user',
          content: [
            {
              type: 'input_audio',
              input_audio: { data: Buffer.from(clip.wav).toString('base64'), format: 'wav' },
            },
            { type: 'text', text: 'What is said?' },
          ],
        },
      ],
      stream: true,
      stream_options: { include_usage: true },
      [kind === 'openai' ? 'max_completion_tokens' : 'max_tokens']: 500,
    });
    const { host, connection, authorization, ...headers } = request?.headers ?? {};
    expect(authorization).toBe(`Bearer ${context.key}`);
    expect([host, connection]).toEqual([server.origin.slice('http://'.length), 'keep-alive']);
    expect(headers).toEqual({
      accept: 'application/json',
      'content-length': String(request?.body.byteLength),
      'content-type': 'application/json',
      'user-agent': 'Earshot',
      'x-team': 'radio',
    });
    const texts = events.flatMap((event) => (event.type === 'text' ? [event.text] : []));
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.join('')).toContain('three golf nine');
    expect(events.filter(({ type }) => type === 'finish')).toEqual([{ type: 'finish', finish: 'stop' }]);
    const usage = events.find((event) => event.type === 'usage');
    expect(usage?.usage.inputAudioTokens).toBeGreaterThan(0);
    expect(usage?.usage.inputTokens).toBeGreaterThan(usage?.usage.inputAudioTokens ?? 0);
    expect(server.problems).toEqual([]);
    expect(context.asked).toContainEqual({ provider: 'bench', origin: server.origin });
  });

  it('reads a plain answer of a server that does not stream', async () => {
    context.fetch = async () =>
      Promise.resolve(
        Response.json({
          choices: [{ index: 0, message: { role: 'assistant', content: 'Plain.' }, finish_reason: 'length' }],
          usage: {
            prompt_tokens: 30,
            completion_tokens: 2,
            prompt_tokens_details: { audio_tokens: 20, cached_tokens: 5 },
            completion_tokens_details: { audio_tokens: 1 },
          },
        }),
      );
    const provider = providerOf(server, kind, context);
    expect(await collect(provider.converse?.(aQuestion(), never()))).toEqual([
      { type: 'text', text: 'Plain.' },
      { type: 'finish', finish: 'length' },
      {
        type: 'usage',
        usage: {
          inputTokens: 30,
          inputAudioTokens: 20,
          cachedInputTokens: 5,
          outputTokens: 2,
          outputAudioTokens: 1,
        },
      },
    ]);
  });

  it('puts an answer together that comes in crumbs', async () => {
    server.setAnswer(() => 'Grüße aus Köln — „drei“ 🎧.');
    server.failNext(path, { kind: 'trickle', bytes: 3 });
    const provider = providerOf(server, kind, context);
    const events = await collect(provider.converse?.(aQuestion(), never()));
    expect(events.map((event) => (event.type === 'text' ? event.text : '')).join('')).toBe(
      'Grüße aus Köln — „drei“ 🎧.',
    );
  });

  it('answers text without audio through a model that reads', async () => {
    const provider = providerOf(server, kind, context, { models: { 'gpt-6-luna': { chat: true } } });
    const request: AnswerRequest = { model: 'gpt-6-luna', messages: [{ role: 'user', content: [text('Hello?')] }] };
    const events = await collect(provider.converse?.(request, never()));
    expect(events.some(({ type }) => type === 'text')).toBe(true);
    expect(server.requestsTo(path)[0]?.json).toMatchObject({ messages: [{ role: 'user', content: 'Hello?' }] });
    expect(server.problems).toEqual([]);
  });

  it('sends nothing for a question the model cannot take', async () => {
    const provider = providerOf(server, kind, context);
    const ask = (request: AnswerRequest): Promise<unknown> => collect(provider.converse?.(request, never()));
    await expect(ask(aQuestion('gpt-6-luna'))).rejects.toMatchObject({ reason: 'model-lacks-capability' });
    await expect(
      ask({ model: 'gpt-audio-1.5', messages: [{ role: 'user', content: [text('Hello?')] }] }),
    ).rejects.toMatchObject({ reason: 'model-lacks-capability' });
    const block = { type: 'input_audio', input_audio: { data: clip.wav, format: 'ogg' } } as const;
    await expect(ask({ model: 'gpt-audio-1.5', messages: [{ role: 'user', content: [block] }] })).rejects.toMatchObject(
      { reason: 'unsupported-media' },
    );
    const large = { type: 'input_audio', input_audio: { data: new Uint8Array(20_000_001), format: 'wav' } } as const;
    await expect(ask({ model: 'gpt-audio-1.5', messages: [{ role: 'user', content: [large] }] })).rejects.toMatchObject(
      { reason: 'clip-too-large' },
    );
    const image = { type: 'image', image: { data: new Uint8Array(1), mediaType: 'image/png' } } as const;
    await expect(
      ask({
        model: 'gpt-audio-1.5',
        messages: [
          { role: 'user', content: [image, { ...block, input_audio: { ...block.input_audio, format: 'wav' } }] },
        ],
      }),
    ).rejects.toMatchObject({ reason: 'images-with-audio' });
    expect(server.requests).toEqual([]);
  });

  it('tells the models of the server apart', async () => {
    const provider = providerOf(server, kind, context);
    const models = await provider.models();
    const can = (id: string): unknown => models.find((model) => model.ref.model === id)?.capabilities;
    expect(can('gpt-audio-1.5')).toMatchObject({ chat: true, audioInput: true });
    expect(can('whisper-1')).toMatchObject({ chat: false, transcription: true });
    expect(can('tts-1')).toMatchObject({ chat: false, speech: true });
    expect(can('gpt-6-luna')).toMatchObject({ chat: true, audioInput: false });
    expect(server.requestsTo('/v1/models').length).toBe(kind === 'openai' ? 0 : 1);
    await provider.models();
    expect(server.requestsTo('/v1/models').length).toBe(kind === 'openai' ? 0 : 1);
  });
});

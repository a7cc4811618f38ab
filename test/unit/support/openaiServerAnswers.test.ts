import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toBase64 } from '../../support/openaiServer/bytes.ts';
import { encodeMp3 } from '../../support/openaiServer/mp3.ts';
import type { SchemaName } from '../../support/openaiServer/schema.ts';
import { findSchemaFile, loadSchemaCheck } from '../../support/openaiServer/schema.ts';
import type { OpenAIServer } from '../../support/openaiServer/server.ts';
import { benchKey, startOpenAIServer } from '../../support/openaiServer/server.ts';
import { hearTones, toneWords } from '../../support/openaiServer/tones.ts';
import { decodeWav } from '../../support/openaiServer/wav.ts';

let server: OpenAIServer;
let client: OpenAI;
beforeAll(async () => {
  server = await startOpenAIServer({ recogniser: 'tones', synthesiser: 'tones', wavSizes: 'exact' });
  client = new OpenAI({ apiKey: benchKey, baseURL: server.baseUrl, maxRetries: 0 });
});
afterAll(() => server.close());
afterEach(() => {
  expect(server.problems).toEqual([]);
  server.reset();
});

/** Every answer is held against OpenAI's schema, where that is at hand. */
async function expectSchema(name: SchemaName, value: unknown): Promise<void> {
  const check = await loadSchemaCheck(findSchemaFile());
  expect(check(name, value)).toBeUndefined();
}

async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

const clip = toneWords('one two three');

function audioPart(wav: Uint8Array, format: 'wav' | 'mp3' = 'wav') {
  return { type: 'input_audio', input_audio: { data: toBase64(wav), format } } as const;
}

const question = {
  model: 'gpt-audio-1.5',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is said?' }, audioPart(clip.wav)] }],
} satisfies OpenAI.ChatCompletionCreateParamsNonStreaming;

const usualAnswer = 'I heard: one two three\nClip 1 lasts 1.30 seconds.\nYou asked: What is said?';

describe('chat', () => {
  it('answers from what it hears, and counts the audio', async () => {
    const completion = await client.chat.completions.create(question);
    expect(completion.choices[0]?.message.content).toBe(usualAnswer);
    expect(completion.usage?.prompt_tokens_details?.audio_tokens).toBe(13);
    await expectSchema('CreateChatCompletionResponse', completion);
    expect(server.requests[0]?.audio[0]).toMatchObject({ format: 'wav', sampleRate: 16_000, channels: 1 });
    expect(server.requests[0]?.audio[0]?.durationSeconds).toBeCloseTo(1.3, 3);
    expect(server.requests[0]).toMatchObject({ status: 200, outcome: 'answered', path: '/v1/chat/completions' });
  });

  it('hears several clips in order, MP3 too, and takes the last user message for the question', async () => {
    const mp3 = await encodeMp3(toneWords('four five', { sampleRate: 44_100, channels: 2 }).pcm);
    const completion = await client.chat.completions.create({
      model: 'gpt-audio-1.5',
      messages: [
        { role: 'system', content: 'Be brief.' },
        ...question.messages,
        { role: 'assistant', content: 'An answer.' },
        { role: 'user', content: [audioPart(mp3, 'mp3'), { type: 'text', text: 'And now?' }] },
      ],
    });
    const [heard, lengths, asked] = completion.choices[0]?.message.content?.split('\n') ?? [];
    expect(heard).toBe('I heard: one two three | four five');
    expect(lengths).toMatch(/^Clip 1 lasts 1\.30 seconds\. Clip 2 lasts (0\.9|1\.)\d+ seconds\.$/);
    expect(asked).toBe('You asked: And now?');
    expect(server.requests[0]?.audio[1]).toMatchObject({ format: 'mp3', sampleRate: 44_100, channels: 2 });
  });

  it('streams the same answer word by word, with the usage at the end when asked', async () => {
    const stream = await client.chat.completions.create({
      ...question,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await all(stream);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(usualAnswer);
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
    expect(chunks.at(-1)?.choices).toEqual([]);
    expect(chunks.at(-1)?.usage?.prompt_tokens_details?.audio_tokens).toBe(13);
    for (const chunk of chunks.slice(0, -1)) expect(chunk.usage).toBeNull();
    for (const chunk of chunks)
      await expectSchema('CreateChatCompletionStreamResponse', { ...chunk, usage: undefined });
    const bare = await all(await client.chat.completions.create({ ...question, stream: true }));
    expect(bare.some((chunk) => 'usage' in chunk)).toBe(false);
  });

  it('stops where max_completion_tokens says, and says so', async () => {
    const completion = await client.chat.completions.create({ ...question, max_completion_tokens: 3 });
    expect(completion.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'I heard: one' } });
  });

  it('speaks its answer, and knows it again in the next turn', async () => {
    const spoken = await client.chat.completions.create({
      ...question,
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'wav' },
    });
    const message = spoken.choices[0]?.message;
    expect(message?.content).toBeNull();
    expect(message?.audio?.transcript).toBe(usualAnswer);
    expect(message?.audio?.expires_at).toBeGreaterThan(Date.now() / 1000);
    await expectSchema('CreateChatCompletionResponse', spoken);
    const pcm = decodeWav(Buffer.from(message?.audio?.data ?? '', 'base64'));
    expect(pcm.sampleRate).toBe(24_000);
    expect(hearTones(pcm.channels[0] ?? new Float32Array(), 24_000).words.map(({ word }) => word)).toContain('three');
    const next = await client.chat.completions.create({
      model: 'gpt-audio-1.5',
      messages: [
        ...question.messages,
        { role: 'assistant', audio: { id: message?.audio?.id ?? '' } },
        { role: 'user', content: 'Sure?' },
      ],
    });
    expect(next.choices[0]?.message.content).toContain('You asked: Sure?');
  });

  it('streams a spoken answer as samples, with its transcript', async () => {
    const stream = client.chat.completions.stream({
      ...question,
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'pcm16' },
      stream_options: { include_usage: true },
    });
    const final = await stream.finalChatCompletion();
    expect(final.choices[0]?.message.audio?.transcript).toBe(usualAnswer);
    expect(final.usage?.completion_tokens_details?.audio_tokens).toBeGreaterThan(20);
  });

  it.each([
    ['<transcript source="a.wav">\n[00:01] <v Ann>one two three\n[00:04 - 00:07] four</transcript>\nWho speaks?', 4],
    [
      'Who speaks?\n\nWEBVTT\n\nNOTE made\nby a test\n\n1\n00:00.000 --> 00:01.000\n<v Ann>one two\n\n00:01.000 --> 00:02.000\nthree',
      3,
    ],
  ])('lets a text model read a transcript', async (content, words) => {
    const completion = await client.chat.completions.create({
      model: 'gpt-6-luna',
      messages: [{ role: 'user', content }],
    });
    const answer = completion.choices[0]?.message.content;
    expect(answer).toContain(`I read ${words} words of transcript: "one two three`);
    expect(answer).toContain('You asked: Who speaks?');
    expect(completion.usage?.prompt_tokens_details?.audio_tokens).toBe(0);
  });

  it('says another answer when the test wants one', async () => {
    server.setAnswer(({ clips, model }) => `${model.id} has ${clips.length} clip`);
    const completion = await client.chat.completions.create(question);
    expect(completion.choices[0]?.message.content).toBe('gpt-audio-1.5 has 1 clip');
  });
});

describe('models', () => {
  it('lists its models, with the day on which they end', async () => {
    const list = await client.models.list();
    await expectSchema('ListModelsResponse', { object: 'list', data: list.data });
    expect(list.data.find(({ id }) => id === 'whisper-1')).toMatchObject({ shutdown_date: '2027-02-26' });
    server.addModel({ id: 'voxtral', chat: true, audioInput: true });
    server.removeModel('tts-1');
    expect((await client.models.retrieve('voxtral')).id).toBe('voxtral');
    await expect(client.models.retrieve('tts-1')).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    expect((await client.chat.completions.create({ ...question, model: 'voxtral' })).choices).toHaveLength(1);
  });
});

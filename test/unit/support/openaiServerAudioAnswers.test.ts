import OpenAI, { toFile } from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeMp3 } from '../../support/openaiServer/mp3.ts';
import { hasSpeechRecogniser, recognise } from '../../support/openaiServer/recognise.ts';
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

describe('transcription', () => {
  const file = () => toFile(clip.wav, 'talk.wav', { type: 'audio/wav' });

  it('gives text and usage by tokens or by seconds, as the model does', async () => {
    const whisper = await client.audio.transcriptions.create({ model: 'whisper-1', file: await file() });
    expect(whisper).toMatchObject({ text: 'one two three', usage: { type: 'duration', seconds: 2 } });
    const gpt = await client.audio.transcriptions.create({
      model: 'gpt-transcribe',
      file: await file(),
      keywords: ['Earshot'],
      languages: ['en', 'de'],
      response_format: 'json',
    });
    expect(gpt).toMatchObject({
      text: 'one two three',
      languages: [{ code: 'en' }],
      usage: { type: 'tokens', input_token_details: { audio_tokens: 13 } },
    });
    await expectSchema('CreateTranscriptionResponseJson', whisper);
    await expectSchema('CreateTranscriptionResponseJson', gpt);
    expect(server.requests[0]?.form?.files[0]).toMatchObject({ fileName: 'talk.wav', contentType: 'audio/wav' });
    expect(server.requests[1]?.form?.fields).toContainEqual({ name: 'keywords[]', value: 'Earshot' });
  });

  it('gives segments and words with their times', async () => {
    const verbose = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await file(),
      response_format: 'verbose_json',
      timestamp_granularities: ['word', 'segment'],
      language: 'en',
      temperature: 0,
    });
    await expectSchema('CreateTranscriptionResponseVerboseJson', verbose);
    expect(verbose.words?.map(({ word }) => word)).toEqual(['one', 'two', 'three']);
    expect(verbose.words?.[2]?.start).toBeCloseTo(clip.words[2]?.start ?? NaN, 1);
    expect(verbose.segments?.map(({ text }) => text)).toEqual([' one two three']);
    const bare = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file: await file(),
      response_format: 'verbose_json',
    });
    expect(bare.words).toBeUndefined();
    expect(bare.segments).toHaveLength(1);
  });

  it('gives text and subtitles', async () => {
    const inFormat = async (response_format: 'text' | 'vtt' | 'srt') =>
      client.audio.transcriptions.create({ model: 'whisper-1', file: await file(), response_format });
    expect(await inFormat('text')).toBe('one two three\n');
    expect(await inFormat('vtt')).toBe('WEBVTT\n\n00:00:00.100 --> 00:00:01.200\none two three\n\n');
    expect(await inFormat('srt')).toBe('1\n00:00:00,100 --> 00:00:01,200\none two three\n\n');
  });

  it('streams, except for whisper-1, which ignores the wish', async () => {
    const stream = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe',
      file: await file(),
      stream: true,
      include: ['logprobs'],
    });
    const events = await all(stream);
    expect(events.map((event) => (event.type === 'transcript.text.delta' ? event.delta : ''))).toEqual([
      'one',
      ' two',
      ' three',
      '',
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: 'one two three' });
    for (const event of events) await expectSchema('CreateTranscriptionResponseStreamEvent', event);
    const whisper = await client.audio.transcriptions
      .create({ model: 'whisper-1', file: await file(), stream: true })
      .asResponse();
    expect(whisper.headers.get('content-type')).toBe('application/json');
    await whisper.body?.cancel();
  });

  it('names speakers', async () => {
    const diarized = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe-diarize',
      file: await file(),
      response_format: 'diarized_json',
      chunking_strategy: 'auto',
    });
    await expectSchema('CreateTranscriptionResponseDiarizedJson', diarized);
    expect(diarized).toMatchObject({ segments: [{ speaker: 'A', text: 'one two three' }] });
  });

  it.runIf(hasSpeechRecogniser())('understands speech', { timeout: 30_000 }, async () => {
    const talking = await startOpenAIServer({ apiKey: null });
    const other = new OpenAI({ apiKey: 'none', baseURL: talking.baseUrl, maxRetries: 0 });
    const speech = await other.audio.speech.create({
      model: 'tts-1',
      voice: 'alloy',
      input: 'the meeting starts at nine in the morning on friday',
      response_format: 'mp3',
    });
    const bytes = new Uint8Array(await speech.arrayBuffer());
    const answer = await other.audio.transcriptions.create({ model: 'whisper-1', file: await toFile(bytes, 'a.mp3') });
    expect(answer.text).toContain('nine in the morning');
    expect(talking.problems).toEqual([]);
    await talking.close();
    expect((await recognise(await decodeMp3(bytes), 'auto')).by).toBe('pocketsphinx');
  });
});

describe('speech', () => {
  const say = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'One, two: three!' } as const;
  const words = (samples: Float32Array | undefined) =>
    hearTones(samples ?? new Float32Array(), 24_000)
      .words.map(({ word }) => word)
      .join(' ');

  it('says a text as WAV, samples, and MP3', async () => {
    const inFormat = async (response_format: 'wav' | 'pcm' | 'mp3') =>
      new Uint8Array(await (await client.audio.speech.create({ ...say, response_format })).arrayBuffer());
    expect(words(decodeWav(await inFormat('wav')).channels[0])).toBe('one two three');
    expect(words((await decodeMp3(await inFormat('mp3'))).channels[0])).toBe('one two three');
    const pcm = await inFormat('pcm');
    const samples = new Float32Array(new Int16Array(pcm.buffer, pcm.byteOffset, pcm.byteLength / 2)).map(
      (v) => v / 32_768,
    );
    expect(words(samples)).toBe('one two three');
  });

  it('streams events', async () => {
    const response = await client.audio.speech.create({ ...say, response_format: 'pcm', stream_format: 'sse' });
    const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
    expect(lines.at(-1)).toBe('data: [DONE]');
    const events = lines.slice(0, -1).map((line) => JSON.parse(line.slice(6)) as { type: string });
    for (const event of events) await expectSchema('CreateSpeechResponseStreamEvent', event);
    expect(events.at(-1)).toMatchObject({ type: 'speech.audio.done', usage: { output_tokens: 26 } });
  });

  it('does not know how long a WAV is that it streams, unless told', async () => {
    const real = await startOpenAIServer({ synthesiser: 'tones', apiKey: null });
    const other = new OpenAI({ apiKey: 'none', baseURL: real.baseUrl });
    const response = await other.audio.speech.create({ ...say, response_format: 'wav' });
    expect(Buffer.from(await response.arrayBuffer()).readUInt32LE(40)).toBe(0xffff_ffff);
    await real.close();
  });
});

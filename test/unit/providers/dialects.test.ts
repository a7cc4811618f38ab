import type {
  ChatCompletionChunk,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from 'openai/resources/chat/completions';
import type { TranscriptionCreateParams, TranscriptionVerbose } from 'openai/resources/audio/transcriptions';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { text } from '../../../src/core/conversation.js';
import { encodeChat, type PlainPart, type WireMessage } from '../../../src/providers/dialects/openaiChat.js';
import { chatDecoder } from '../../../src/providers/dialects/openaiChatAnswer.js';
import { jsonBody, type OnTheWire } from '../../../src/providers/dialects/jsonBody.js';
import { encodeSpeech } from '../../../src/providers/dialects/openaiSpeech.js';
import {
  decodeTranscription,
  encodeTranscription,
  transcriptionDecoder,
} from '../../../src/providers/dialects/openaiTranscription.js';
import { languageCode } from '../../../src/providers/dialects/languageCode.js';
import { Failed } from '../../../src/providers/dialects/wire.js';
import { plainTraits } from '../../../src/providers/modelRows.js';

const onTheWire = async (body: unknown): Promise<Record<string, unknown>> =>
  JSON.parse(await jsonBody(body).text()) as Record<string, unknown>;

describe('chat', () => {
  it('builds what the SDK takes, but for the audio, which is still bytes', () => {
    type Body = ReturnType<typeof encodeChat>;
    expectTypeOf<Omit<Body, 'messages'>>().toExtend<Omit<ChatCompletionCreateParamsStreaming, 'messages'>>();
    expectTypeOf<OnTheWire<WireMessage<PlainPart>>>().toExtend<ChatCompletionMessageParam>();
  });

  it('keeps several clips, texts and images in their order', async () => {
    const wav = { type: 'input_audio', input_audio: { data: new Uint8Array([1]), format: 'wav' } } as const;
    const mp3 = { type: 'input_audio', input_audio: { data: new Uint8Array([2]), format: 'mp3' } } as const;
    const body = encodeChat(
      {
        model: 'm',
        messages: [
          { role: 'user', content: [text('a'), wav, text('b'), mp3] },
          { role: 'assistant', content: [text('c'), wav, text('d')] },
          { role: 'user', content: [{ type: 'image', image: { data: new Uint8Array([3]), mediaType: 'image/png' } }] },
        ],
      },
      plainTraits.chat,
      0,
    );
    expect((await onTheWire(body))['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'input_audio', input_audio: { data: 'AQ==', format: 'wav' } },
          { type: 'text', text: 'b' },
          { type: 'input_audio', input_audio: { data: 'Ag==', format: 'mp3' } },
        ],
      },
      { role: 'assistant', content: 'cd' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,Aw==' } }] },
    ]);
    expect(Object.keys(body).sort()).toEqual(['messages', 'model', 'stream', 'stream_options']);
  });

  it('decodes chunks that the SDK describes', () => {
    const chunk = (
      choices: ChatCompletionChunk['choices'],
      usage?: ChatCompletionChunk['usage'],
    ): ChatCompletionChunk => ({
      id: '1',
      created: 1,
      model: 'm',
      object: 'chat.completion.chunk',
      choices,
      ...(usage === undefined ? {} : { usage }),
    });
    const decoder = chatDecoder();
    expect(decoder.push(chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]))).toEqual(
      [],
    );
    expect(decoder.push(chunk([{ index: 0, delta: { content: 'Hi' }, finish_reason: null }]))).toEqual([
      { type: 'text', text: 'Hi' },
    ]);
    expect(
      decoder.push(chunk([{ index: 0, delta: { audio: { transcript: ' there' } }, finish_reason: null }])),
    ).toEqual([{ type: 'text', text: ' there' }]);
    expect(decoder.push(chunk([{ index: 0, delta: {}, finish_reason: 'content_filter' }]))).toEqual([
      { type: 'finish', finish: 'filtered' },
    ]);
    const usage = {
      prompt_tokens: 3,
      completion_tokens: 2,
      total_tokens: 5,
      prompt_tokens_details: { audio_tokens: 0 },
    };
    expect(decoder.push(chunk([], usage))).toEqual([
      { type: 'usage', usage: { inputTokens: 3, inputAudioTokens: 0, outputTokens: 2 } },
    ]);
    expect(() => {
      decoder.end(false);
    }).not.toThrow();
  });

  it.each([
    [null, 'malformed'],
    ['text', 'malformed'],
    [[], 'malformed'],
    [{}, 'malformed'],
    [{ choices: 'none' }, 'malformed'],
    [{ error: 'busy' }, 'status'],
    [{ error: { message: 'no', code: 429 } }, 'status'],
  ])('refuses %j', (body, kind) => {
    let failed: unknown;
    try {
      chatDecoder().push(body);
    } catch (error) {
      failed = error;
    }
    expect(failed instanceof Failed && failed.failure.kind).toBe(kind);
  });

  it.each([
    { choices: [null] },
    { choices: [{}] },
    { choices: [{ delta: { content: 7 } }] },
    { choices: [], usage: null },
  ])('is not upset by %j', (body) => {
    expect(chatDecoder().push(body)).toEqual([]);
  });

  it('gives a refusal its own reason', () => {
    const decoder = chatDecoder();
    decoder.push({ choices: [{ delta: { refusal: 'I cannot ' } }] });
    decoder.push({ choices: [{ delta: { refusal: 'do that.' }, finish_reason: 'stop' }] });
    expect(() => {
      decoder.end(true);
    }).toThrow(expect.objectContaining({ failure: { kind: 'refusal', text: 'I cannot do that.' } }));
  });
});

describe('transcription', () => {
  const audio = { bytes: new Uint8Array([1]), format: 'mp3', fileName: 'a.mp3' } as const;

  it('builds what the SDK takes, and no more than it must', () => {
    type Fields = Omit<ReturnType<typeof encodeTranscription>, 'diarize' | 'context_bias' | 'stream'>;
    expectTypeOf<Fields>().toExtend<Omit<TranscriptionCreateParams, 'stream'>>();
    const body = encodeTranscription({ model: 'm', audio }, {}, plainTraits.transcription);
    expect(Object.keys(body).sort()).toEqual(['file', 'model', 'response_format']);
    expect(body.file).toMatchObject({ name: 'a.mp3', type: 'audio/mpeg', size: 1 });
  });

  it('spreads words over the segments they lie in', () => {
    const segment = (
      start: number,
      end: number,
      said: string,
    ): NonNullable<TranscriptionVerbose['segments']>[number] => ({
      id: 0,
      seek: 0,
      start,
      end,
      text: said,
      tokens: [],
      temperature: 0,
      avg_logprob: 0,
      compression_ratio: 1,
      no_speech_prob: 0,
    });
    const body: TranscriptionVerbose = {
      duration: 4,
      language: 'english',
      text: 'a b c',
      segments: [segment(0, 2, ' a b'), segment(2, 4, ' c')],
      words: [
        { word: 'a', start: 0, end: 1 },
        { word: 'b', start: 1.4, end: 2.2 },
        { word: 'c', start: 3, end: 3.5 },
      ],
      usage: { type: 'duration', seconds: 4 },
    };
    expect(decodeTranscription(body)).toMatchObject([
      { type: 'language', language: 'en' },
      {
        type: 'segment',
        segment: { startSeconds: 0, endSeconds: 2, text: 'a b', words: [{ text: 'a' }, { text: 'b' }] },
      },
      {
        type: 'segment',
        segment: { startSeconds: 2, endSeconds: 4, text: 'c', words: [{ text: 'c', startSeconds: 3 }] },
      },
      { type: 'usage', usage: { audioSeconds: 4 } },
    ]);
  });

  it('mends segments that end before they begin and drops those that say nothing', () => {
    const segments = [
      { start: 2, end: 1, text: ' x\n\n\ny ' },
      { start: 3, end: 4, text: '  ' },
      { start: 'soon', end: 4, text: 'z' },
      { start: '5', end: '6', text: 'numbers as texts' },
    ];
    expect(decodeTranscription({ segments })).toEqual([
      { type: 'segment', segment: { startSeconds: 2, endSeconds: 2, text: 'x\ny' } },
      { type: 'segment', segment: { startSeconds: 5, endSeconds: 6, text: 'numbers as texts' } },
    ]);
  });

  it('gives nothing for silence, and fails for what is no answer', () => {
    expect(decodeTranscription({ text: ' ' })).toEqual([]);
    expect(() => decodeTranscription({})).toThrow(Failed);
    expect(() => decodeTranscription([])).toThrow(Failed);
    expect(() => decodeTranscription({ error: 'x' })).toThrow(Failed);
  });

  it('takes the whole text of a stream that sent no parts', () => {
    const decoder = transcriptionDecoder(plainTraits.transcription);
    const usage = { type: 'tokens', input_tokens: 10, output_tokens: 3, input_token_details: { audio_tokens: 9 } };
    expect(decoder.push({ type: 'transcript.text.done', text: 'Hi', languages: [{ code: 'en' }], usage })).toEqual([
      { type: 'text', text: 'Hi' },
      { type: 'language', language: 'en' },
      { type: 'usage', usage: { inputTokens: 10, inputAudioTokens: 9, outputTokens: 3 } },
    ]);
    expect(decoder.push({ type: 'something.new' })).toEqual([]);
    expect(() => decoder.push({})).toThrow(Failed);
  });
});

describe('speech', () => {
  it('refuses what is too long before sending it', () => {
    const traits = { ...plainTraits.speech, maxCharacters: 5 };
    expect(() => encodeSpeech({ model: 'm', text: '123456' }, { outputFormats: [] }, traits)).toThrow(/6 characters/);
    expect(() => encodeSpeech({ model: 'm', text: 'x' }, { outputFormats: ['midi'] }, traits)).toThrow(/MIDI/);
    const ogg = encodeSpeech({ model: 'm', text: 'x' }, { outputFormats: ['ogg'] }, { ...traits, takesSpeed: false });
    expect(ogg).toMatchObject({ delivery: { kind: 'file', format: 'ogg' }, body: { response_format: 'opus' } });
  });
});

describe('languageCode', () => {
  it.each([
    ['english', 'en'],
    ['German', 'de'],
    ['en', 'en'],
    ['pt-BR', 'pt-BR'],
    ['chinese', 'zh'],
    ['haitian creole', 'ht'],
    ['cantonese', 'yue'],
    ['lao', 'lo'],
    ['klingon?', undefined],
  ])('%s is %s', (named, code) => {
    expect(languageCode(named)).toBe(code);
  });
});

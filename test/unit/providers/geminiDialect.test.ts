import type { GenerateContentParameters, GenerateContentResponse } from '@google/genai/web';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { text, type ContentBlock } from '../../../src/core/conversation.js';
import { mediaFormatNames } from '../../../src/core/media.js';
import { decodeGeminiUsage, geminiChatDecoder } from '../../../src/providers/dialects/geminiAnswer.js';
import { encodeGeminiChat } from '../../../src/providers/dialects/geminiChat.js';
import { decodeGeminiModel } from '../../../src/providers/dialects/geminiModels.js';
import { wireMediaType } from '../../../src/providers/dialects/geminiParts.js';
import { encodeGeminiSpeech, geminiSpeechDecoder } from '../../../src/providers/dialects/geminiSpeech.js';
import {
  encodeGeminiTranscription,
  geminiTranscriptionDecoder,
} from '../../../src/providers/dialects/geminiTranscription.js';
import { Failed } from '../../../src/providers/dialects/wire.js';
import { plainTraits } from '../../../src/providers/modelRows.js';
import { onTheWire } from './onTheWire.js';

const always = { automaticContinuation: false, automaticFunctionCalling: { disable: true } };

describe('questions', () => {
  it('are what the SDK takes, and are never silently continued', () => {
    expectTypeOf(encodeGeminiChat).returns.toExtend<GenerateContentParameters>();
    expectTypeOf(encodeGeminiTranscription).returns.toExtend<GenerateContentParameters>();
    expectTypeOf(encodeGeminiSpeech).returns.toExtend<GenerateContentParameters>();
    expect(encodeGeminiChat({ model: 'm', messages: [] })).toEqual({ model: 'm', contents: [], config: always });
  });

  it('keep clips, texts and images in their order, and leave out what is empty', () => {
    const mp3 = { type: 'input_audio', input_audio: { data: new Uint8Array([2]), format: 'mp3' } } as const;
    const flac = { type: 'input_audio', input_audio: { data: new Uint8Array([1]), format: 'flac' } } as const;
    const spoken: ContentBlock = { type: 'output_audio', output_audio: { transcript: 'c', id: 'x' } };
    const stored = new Map([[flac.input_audio.data, { uri: 'https://x.example/files/1', mediaType: 'audio/flac' }]]);
    const { contents, config } = encodeGeminiChat(
      {
        model: 'm',
        messages: [
          { role: 'system', content: [text('s'), text('')] },
          { role: 'user', content: [text('a'), flac, text(''), mp3] },
          { role: 'assistant', content: [spoken] },
          { role: 'assistant', content: [text('')] },
          { role: 'user', content: [{ type: 'image', image: { data: new Uint8Array([3]), mediaType: 'image/png' } }] },
        ],
      },
      stored,
    );
    expect(onTheWire(contents)).toEqual([
      {
        role: 'user',
        parts: [
          { text: 'a' },
          { fileData: { mimeType: 'audio/flac', fileUri: 'https://x.example/files/1' } },
          { inlineData: { mimeType: 'audio/mp3', data: 'Ag==' } },
        ],
      },
      { role: 'model', parts: [{ text: 'c' }] },
      { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'Aw==' } }] },
    ]);
    expect(config).toEqual({ ...always, systemInstruction: { parts: [{ text: 's' }] } });
  });

  it('begin alike however they go on, so that the vendor finds the recording in its cache', () => {
    const clip = { type: 'input_audio', input_audio: { data: new Uint8Array([1]), format: 'wav' } } as const;
    const first = { role: 'user', content: [clip, text('a')] } as const;
    const rest = [
      { role: 'assistant', content: [text('b')] },
      { role: 'user', content: [text('c')] },
    ] as const;
    const one = JSON.stringify(encodeGeminiChat({ model: 'm', messages: [first] }).contents);
    const two = JSON.stringify(encodeGeminiChat({ model: 'm', messages: [first, ...rest] }).contents);
    expect(two.startsWith(one.slice(0, -1))).toBe(true);
  });

  it('name every format by its media type', () => {
    const named = mediaFormatNames.map((name) => [name, wireMediaType(name)]);
    expect(Object.fromEntries(named)).toMatchObject({
      wav: 'audio/wav',
      mp3: 'audio/mp3',
      aiff: 'audio/aiff',
      aac: 'audio/aac',
      ogg: 'audio/ogg',
      flac: 'audio/flac',
    });
  });

  it('bring a stand-in for the signature of a call that has none, and only for the first of several', () => {
    const call = (id: string): ContentBlock => ({ type: 'tool_call', tool_call: { id, name: 't', input: {} } });
    const { contents } = encodeGeminiChat({
      model: 'm',
      messages: [{ role: 'assistant', content: [text('x'), call('1'), call('2')] }],
    });
    expect(contents).toEqual([
      {
        role: 'model',
        parts: [
          { text: 'x' },
          { functionCall: { id: '1', name: 't', args: {} }, thoughtSignature: 'skip_thought_signature_validator' },
          { functionCall: { id: '2', name: 't', args: {} } },
        ],
      },
    ]);
  });
});

describe('answers', () => {
  it('are decoded as the SDK describes them', () => {
    const chunk = {
      candidates: [
        {
          content: { role: 'model', parts: [{ text: 'Thinking', thought: true }, { text: 'Hello' }] },
          finishReason: 'STOP',
        },
      ],
    } as unknown as GenerateContentResponse;
    const decoder = geminiChatDecoder();
    expect(decoder.push(chunk)).toEqual([{ type: 'text', text: 'Hello' }]);
    expect(decoder.end()).toEqual([{ type: 'finish', finish: 'stop' }]);
    expect(decoder.usage()).toEqual([]);
  });

  it('count by modality, thoughts as said, and nothing that was not told', () => {
    expect(
      decodeGeminiUsage({
        promptTokenCount: 100,
        toolUsePromptTokenCount: 5,
        cachedContentTokenCount: 60,
        candidatesTokenCount: 10,
        thoughtsTokenCount: 30,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 20 },
          { modality: 'AUDIO', tokenCount: 70 },
          { modality: 'AUDIO', tokenCount: 10 },
        ],
        candidatesTokensDetails: [{ modality: 'TEXT', tokenCount: 10 }],
      }),
    ).toEqual({
      inputTokens: 105,
      inputAudioTokens: 80,
      cachedInputTokens: 60,
      outputTokens: 40,
      outputAudioTokens: 0,
    });
    expect(decodeGeminiUsage({})).toEqual({});
  });

  it.each([
    ['an error', { error: { code: 503, status: 'UNAVAILABLE', message: 'no' } }, 'status'],
    ['a list', [], 'malformed'],
    ['a blocked question', { promptFeedback: { blockReason: 'SAFETY' } }, 'refusal'],
  ])('take %s for a failure', (_, body, kind) => {
    const push = (): unknown => geminiChatDecoder().push(body);
    expect(push).toThrow(Failed);
    expect(push).toThrow(expect.objectContaining({ failure: expect.objectContaining({ kind }) as unknown }) as Error);
  });

  it('are cut off when nothing says why they end', () => {
    const decoder = geminiChatDecoder();
    decoder.push({ candidates: [{ content: { parts: [{ text: 'Ha' }] } }] });
    expect(() => decoder.end()).toThrow('cut-off');
  });
});

describe('transcripts', () => {
  const word = (text: string, start: number) => ({
    word: text,
    startOffset: `${start}s`,
    endOffset: `${start + 0.4}s`,
  });
  const part = (audioTranscription: unknown) => ({
    candidates: [{ content: { parts: [{ audioTranscription }] }, finishReason: 'STOP' }],
  });

  it('become segments that can be read, each with its speaker', () => {
    const words = Array.from({ length: 40 }, (_, index) => word(`word${index}`, index * 0.5));
    const decoder = geminiTranscriptionDecoder();
    const events = decoder.push(part({ text: 'All.', speakerLabel: 'spk_2', words }));
    const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
    expect(segments.length).toBeGreaterThan(2);
    expect(segments.every(({ speaker, text: said }) => speaker === 'spk_2' && said.length <= 84)).toBe(true);
    expect(segments.flatMap(({ words: timed = [] }) => timed.map((each) => each.text))).toEqual(
      words.map((each) => each.word),
    );
    expect(decoder.end()).toEqual([]);
  });

  it('take times that are missing or wrong for none', () => {
    const decoder = geminiTranscriptionDecoder();
    expect(decoder.push(part({ text: 'One', words: [{ word: 'One', endOffset: 'soon' }] }))).toEqual([]);
    expect(decoder.end()).toEqual([{ type: 'text', text: 'One' }]);
  });

  it('ask for no more phrases than are taken', () => {
    const glossary = Array.from({ length: 1500 }, (_, index) => `term ${index}`);
    const { config } = encodeGeminiTranscription(
      { model: 'm', audio: { bytes: new Uint8Array(), format: 'wav', fileName: 'a.wav' }, glossary },
      {},
      plainTraits.transcription,
    );
    expect(config.audioTranscriptionConfig?.customVocabulary?.length).toBe(1000);
    expect(config.audioTranscriptionConfig).not.toHaveProperty('wordTimestamp');
  });
});

describe('speech', () => {
  it('joins samples that were cut in two', () => {
    const decoder = geminiSpeechDecoder();
    const piece = (bytes: number[]) => ({
      candidates: [
        {
          content: {
            parts: [{ inlineData: { mimeType: 'audio/L16;rate=24000', data: Buffer.from(bytes).toString('base64') } }],
          },
        },
      ],
    });
    const events = [...decoder.push(piece([1])), ...decoder.push(piece([2, 3, 4])), ...decoder.push(piece([5]))];
    expect(events).toEqual([{ type: 'audio', pcm: new Uint8Array([1, 2, 3, 4]), sampleRate: 24_000 }]);
  });
});

describe('listed models', () => {
  it('bring their limits, and can do nothing when they cannot be asked', () => {
    expect(
      decodeGeminiModel({
        name: 'models/gemini-x',
        inputTokenLimit: 10,
        outputTokenLimit: 5,
        supportedActions: ['generateContent'],
      }),
    ).toEqual({ id: 'gemini-x', capabilities: { maxContextTokens: 10, maxOutputTokens: 5 } });
    expect(decodeGeminiModel({ name: 'models/imagen', supportedActions: ['predict'] })?.capabilities.chat).toBe(false);
    expect(decodeGeminiModel({})).toBeUndefined();
  });
});

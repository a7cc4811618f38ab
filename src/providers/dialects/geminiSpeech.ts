import type { GenerateContentConfig, GenerateContentParameters, Part } from '@google/genai/web';
import { EarshotError } from '../../core/errors.js';
import { decodeBase64 } from '../base64.js';
import type { SpeechTraits } from '../modelRows.js';
import type { SpeechEvent, SpeechRequest } from '../provider.js';
import { alwaysConfig } from './geminiChat.js';
import { GeminiStream } from './geminiAnswer.js';
import { recordAt, Failed, stringAt, type JsonRecord } from './wire.js';

function encodeText(request: SpeechRequest, traits: SpeechTraits): Part {
  const { text, instructions = '' } = request;
  if (instructions === '') return { text };
  // The older voices are told how to speak in front of what they are to say.
  return traits.instructionsIn === 'metadata'
    ? { text, speechMetadata: { style: instructions } }
    : { text: `${instructions}:\n${text}` };
}

/** @throws EarshotError `request-rejected` for a text that is too long to be spoken in one answer. */
export function encodeGeminiSpeech(
  request: SpeechRequest,
  traits: SpeechTraits,
): GenerateContentParameters & { readonly config: GenerateContentConfig } {
  if (traits.maxCharacters !== undefined && request.text.length > traits.maxCharacters) {
    throw new EarshotError(
      'request-rejected',
      `The text has ${request.text.length} characters, and ${request.model} speaks ${traits.maxCharacters} at most. Select less of it.`,
    );
  }
  return {
    model: request.model,
    contents: [{ role: 'user', parts: [encodeText(request, traits)] }],
    config: {
      ...alwaysConfig,
      responseModalities: ['AUDIO'],
      speechConfig: {
        voiceConfig: { prebuiltVoiceConfig: { voiceName: request.voice ?? traits.defaultVoice } },
        ...(request.language === undefined ? {} : { languageCode: request.language }),
      },
    },
  };
}

/** What voices speak at when they do not say. */
const usualSampleRate = 24_000;

interface WavHead {
  readonly sampleRate: number;
  /** Where the samples begin. */
  readonly dataOffset: number;
}

function tagAt(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}

/** Sizes of a streamed file are not to be believed, and are not needed. Undefined unless it is 16-bit mono PCM. */
function readWavHead(bytes: Uint8Array): WavHead | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sampleRate: number | undefined;
  for (let offset = 12; offset + 8 <= bytes.byteLength;) {
    const tag = tagAt(bytes, offset);
    if (tag === 'data') return sampleRate === undefined ? undefined : { sampleRate, dataOffset: offset + 8 };
    const size = view.getUint32(offset + 4, true);
    if (tag === 'fmt ' && offset + 24 <= bytes.byteLength) {
      const isPlain = view.getUint16(offset + 10, true) === 1 && view.getUint16(offset + 22, true) === 16;
      if (isPlain) sampleRate = view.getUint32(offset + 12, true);
    }
    offset += 8 + size + (size % 2);
  }
  return undefined;
}

/** The rate in `audio/L16;codec=pcm;rate=24000`, in any letter case. */
function pcmRate(mediaType: string): number | undefined {
  if (!/^audio\/(?:l16|pcm)\b/i.test(mediaType)) return undefined;
  const channels = /\bchannels=(\d+)/i.exec(mediaType)?.[1];
  if (channels !== undefined && channels !== '1') return undefined;
  const rate = Number(/\brate=(\d+)/i.exec(mediaType)?.[1]);
  return Number.isFinite(rate) && rate > 0 ? rate : usualSampleRate;
}

export interface GeminiSpeechDecoder {
  /** @throws Failed */
  push(body: unknown): readonly SpeechEvent[];
  usage(): readonly SpeechEvent[];
  /** To be called when nothing more comes. @throws Failed when the speech is not whole. */
  end(): readonly SpeechEvent[];
}

/** Bare samples and WAV files come out alike, so that both play while they come. */
export function geminiSpeechDecoder(): GeminiSpeechDecoder {
  const stream = new GeminiStream();
  let sampleRate: number | undefined;
  let hasSound = false;
  /** Half a sample, when a piece ends in its middle. */
  let rest = new Uint8Array();

  const samples = (bytes: Uint8Array, rate: number): SpeechEvent[] => {
    const joined = new Uint8Array(rest.byteLength + bytes.byteLength);
    joined.set(rest);
    joined.set(bytes, rest.byteLength);
    const whole = joined.byteLength - (joined.byteLength % 2);
    rest = joined.slice(whole);
    if (whole === 0) return [];
    hasSound = true;
    return [{ type: 'audio', pcm: joined.subarray(0, whole), sampleRate: rate }];
  };

  const decodePart = (part: JsonRecord): SpeechEvent[] => {
    const blob = recordAt(part, 'inlineData');
    if (blob === undefined) return [];
    const mediaType = stringAt(blob, 'mimeType') ?? '';
    const bytes = decodeBase64(stringAt(blob, 'data') ?? '');
    if (bytes === undefined) throw new Failed({ kind: 'malformed', missing: 'base64 of sound' });
    if (tagAt(bytes, 0) === 'RIFF') {
      const head = readWavHead(bytes);
      if (head === undefined) throw new Failed({ kind: 'malformed', missing: '16-bit mono sound in the WAV' });
      sampleRate = head.sampleRate;
      return samples(bytes.subarray(head.dataOffset), sampleRate);
    }
    const rate = pcmRate(mediaType);
    // A WAV that comes in pieces has one header, in front of the first.
    sampleRate = rate ?? (/^audio\/(?:x-)?wav\b/i.test(mediaType) ? sampleRate : undefined);
    if (sampleRate === undefined) throw new Failed({ kind: 'malformed', missing: `known sound (${mediaType})` });
    return samples(bytes, sampleRate);
  };

  return {
    push: (body) => stream.push(body).parts.flatMap(decodePart),
    usage: () => stream.usage(),
    end() {
      // A speech that reached its limit has lost its end.
      if (stream.ending(hasSound) !== 'stop') throw new Failed({ kind: 'cut-off' });
      if (!hasSound) throw new Failed({ kind: 'malformed', missing: 'sound' });
      return [];
    },
  };
}

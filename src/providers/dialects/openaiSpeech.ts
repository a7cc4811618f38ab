import type { SpeechCreateParams } from 'openai/resources/audio/speech';
import { EarshotError } from '../../core/errors.js';
import type { Capabilities } from '../../core/model.js';
import { mediaFormatLabel, type MediaFormatName } from '../../core/media.js';
import type { SpeechTraits } from '../modelRows.js';
import type { SpeechEvent, SpeechRequest } from '../provider.js';

/** What the wire calls our formats; Opus comes in an Ogg. */
const wireFormats = { mp3: 'mp3', wav: 'wav', flac: 'flac', aac: 'aac', ogg: 'opus' } as const satisfies Partial<
  Record<MediaFormatName, NonNullable<SpeechCreateParams['response_format']>>
>;

function isWireFormat(format: MediaFormatName): format is keyof typeof wireFormats {
  return format in wireFormats;
}

/** Where a model's voices have names of their own, none is sent, and it takes its usual one. */
export type SpeechBody = Omit<SpeechCreateParams, 'voice'> & Partial<Pick<SpeechCreateParams, 'voice'>>;

/** How the sound comes: a file of a format, or bare samples, which play soonest. */
export type SpeechDelivery =
  | { readonly kind: 'file'; readonly format: MediaFormatName }
  | { readonly kind: 'samples'; readonly sampleRate: number };

function chooseFormat(request: SpeechRequest, outputFormats: readonly MediaFormatName[]): keyof typeof wireFormats {
  const possible = outputFormats.length === 0 ? (['mp3'] as const) : outputFormats.filter(isWireFormat);
  const wanted = request.format;
  const format = wanted === undefined ? possible[0] : possible.find((candidate) => candidate === wanted);
  if (format !== undefined) return format;
  const able = (possible.length === 0 ? outputFormats : possible).map(mediaFormatLabel).join(', ');
  throw new EarshotError(
    'model-lacks-capability',
    wanted === undefined || possible.length === 0
      ? `${request.model} is said to speak ${able} only, which cannot be asked for here. Select another model.`
      : `${request.model} speaks ${able}, not ${mediaFormatLabel(wanted)}. Choose one of these, or another model.`,
  );
}

export function encodeSpeech(
  request: SpeechRequest,
  { outputFormats }: Pick<Capabilities, 'outputFormats'>,
  traits: SpeechTraits,
): { readonly body: SpeechBody; readonly delivery: SpeechDelivery } {
  if (traits.maxCharacters !== undefined && request.text.length > traits.maxCharacters) {
    throw new EarshotError(
      'request-rejected',
      `The text has ${request.text.length} characters, and ${request.model} speaks ${traits.maxCharacters} at most. Select less of it.`,
    );
  }
  const { pcmSampleRate } = traits;
  const sendsSamples = request.format === undefined && pcmSampleRate !== undefined;
  const format = sendsSamples ? undefined : chooseFormat(request, outputFormats);
  const voice = request.voice ?? traits.defaultVoice;
  const body: SpeechBody = {
    model: request.model,
    input: request.text,
    ...(voice === '' ? {} : { voice }),
    response_format: format === undefined ? 'pcm' : wireFormats[format],
    ...(request.instructions === undefined || !traits.takesInstructions ? {} : { instructions: request.instructions }),
    ...(request.speed === undefined || !traits.takesSpeed ? {} : { speed: Math.min(4, Math.max(0.25, request.speed)) }),
  };
  return {
    body,
    delivery: format === undefined ? { kind: 'samples', sampleRate: pcmSampleRate ?? 0 } : { kind: 'file', format },
  };
}

/** Chunks of the answer's body as events; samples are never cut in their middle. */
export async function* decodeSpeech(
  chunks: AsyncIterable<Uint8Array>,
  delivery: SpeechDelivery,
): AsyncGenerator<SpeechEvent> {
  let odd: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    if (delivery.kind === 'file') {
      yield { type: 'bytes', bytes: chunk, format: delivery.format };
      continue;
    }
    const joined: Uint8Array = odd === undefined ? chunk : Uint8Array.from([...odd, ...chunk]);
    const whole = joined.length - (joined.length % 2);
    odd = whole === joined.length ? undefined : joined.slice(whole);
    if (whole > 0) yield { type: 'audio', pcm: joined.subarray(0, whole), sampleRate: delivery.sampleRate };
  }
}

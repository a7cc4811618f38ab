import type { SpeechCreateParams } from 'openai/resources/audio/speech';
import { EarshotError } from '../../core/errors.js';
import type { Capabilities } from '../../core/model.js';
import { mediaFormatLabel, type MediaFormatName } from '../../core/media.js';
import type { SpeechTraits } from '../modelRows.js';
import type { SpeechRequest } from '../provider.js';

/** What the wire calls our formats; Opus comes in an Ogg. */
const wireFormats = { mp3: 'mp3', wav: 'wav', flac: 'flac', aac: 'aac', ogg: 'opus' } as const satisfies Partial<
  Record<MediaFormatName, NonNullable<SpeechCreateParams['response_format']>>
>;

function isWireFormat(format: MediaFormatName): format is keyof typeof wireFormats {
  return format in wireFormats;
}

/** The format of the answer is the first of the row that the wire knows. */
export function encodeSpeech(
  request: SpeechRequest,
  { outputFormats }: Pick<Capabilities, 'outputFormats'>,
  traits: SpeechTraits,
): { readonly body: SpeechCreateParams; readonly format: MediaFormatName } {
  if (traits.maxCharacters !== undefined && request.text.length > traits.maxCharacters) {
    throw new EarshotError(
      'request-rejected',
      `The text has ${request.text.length} characters, and ${request.model} speaks ${traits.maxCharacters} at most. Select less of it.`,
    );
  }
  const format = outputFormats.length === 0 ? 'mp3' : outputFormats.find(isWireFormat);
  if (format === undefined) {
    throw new EarshotError(
      'model-lacks-capability',
      `${request.model} is said to speak ${outputFormats.map(mediaFormatLabel).join(', ')} only, which cannot be asked for here. Select another model.`,
    );
  }
  const body: SpeechCreateParams = {
    model: request.model,
    input: request.text,
    voice: request.voice ?? traits.defaultVoice,
    response_format: wireFormats[format],
    ...(request.speed === undefined || !traits.takesSpeed ? {} : { speed: Math.min(4, Math.max(0.25, request.speed)) }),
  };
  return { body, format };
}

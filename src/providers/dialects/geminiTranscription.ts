import type { AudioTranscriptionConfig, GenerateContentConfig, GenerateContentParameters } from '@google/genai/web';
import type { Capabilities } from '../../core/model.js';
import type { Segment, Word } from '../../core/transcript.js';
import { splitAtPauses } from '../command/wordTimes.js';
import type { TranscriptionTraits } from '../modelRows.js';
import type { TranscriptionEvent, TranscriptionRequest } from '../provider.js';
import { alwaysConfig } from './geminiChat.js';
import { GeminiStream } from './geminiAnswer.js';
import { encodeClip, noStoredClips, type StoredClips } from './geminiParts.js';
import { listAt, recordAt, stringAt } from './wire.js';

/** As many phrases as the recogniser takes. */
const mostPhrases = 1000;

export function encodeGeminiTranscription(
  request: TranscriptionRequest,
  { transcriptTimes = 'none' }: Pick<Capabilities, 'transcriptTimes'>,
  traits: TranscriptionTraits,
  stored: StoredClips = noStoredClips,
): GenerateContentParameters & { readonly config: GenerateContentConfig } {
  const glossary = request.glossary ?? [];
  const audioTranscriptionConfig: AudioTranscriptionConfig = {
    ...(request.language === undefined ? {} : { languageCodes: [request.language] }),
    ...(glossary.length === 0 ? {} : { customVocabulary: glossary.slice(0, mostPhrases) }),
    ...(transcriptTimes === 'none' ? {} : { wordTimestamp: true }),
    ...(traits.speakers ? { diarization: true } : {}),
  };
  return {
    model: request.model,
    contents: [{ role: 'user', parts: [encodeClip(request.audio.bytes, request.audio.format, stored)] }],
    config: { ...alwaysConfig, audioTranscriptionConfig },
  };
}

/** `1.250s` → 1.25 */
function secondsAt(value: unknown, key: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)s$/.exec(stringAt(value, key) ?? '');
  return match === null ? undefined : Number(match[1]);
}

function decodeWord(value: unknown): Word[] {
  const text = stringAt(value, 'word')?.trim() ?? '';
  const startSeconds = secondsAt(value, 'startOffset') ?? 0;
  const endSeconds = secondsAt(value, 'endOffset');
  return text === '' || endSeconds === undefined
    ? []
    : [{ text, startSeconds, endSeconds: Math.max(startSeconds, endSeconds) }];
}

/** What one speaker said without a break: words with times, or a beginning and an end, or the bare text. */
function decodeSaid(said: unknown): readonly Segment[] {
  const text = (stringAt(said, 'text') ?? '').trim().replaceAll(/\n\s*\n+/g, '\n');
  const speaker = stringAt(said, 'speakerLabel')?.trim() ?? '';
  const withSpeaker = speaker === '' ? {} : { speaker };
  const segments = splitAtPauses((listAt(said, 'words') ?? []).flatMap(decodeWord));
  const [only] = segments;
  if (only !== undefined) {
    // The text has the punctuation that words may lack.
    if (segments.length === 1 && text !== '') return [{ ...only, text, ...withSpeaker }];
    return segments.map((segment) => ({ ...segment, ...withSpeaker }));
  }
  const endSeconds = secondsAt(said, 'endOffset');
  if (endSeconds === undefined || text === '') return [];
  const startSeconds = secondsAt(said, 'startOffset') ?? 0;
  return [{ startSeconds, endSeconds: Math.max(startSeconds, endSeconds), text, ...withSpeaker }];
}

export interface GeminiTranscriptionDecoder {
  /** @throws Failed */
  push(body: unknown): readonly TranscriptionEvent[];
  usage(): readonly TranscriptionEvent[];
  /** To be called when nothing more comes. @throws Failed when the answer is not whole. */
  end(): readonly TranscriptionEvent[];
}

export function geminiTranscriptionDecoder(): GeminiTranscriptionDecoder {
  const stream = new GeminiStream();
  let language: string | undefined;
  let hasSegments = false;
  /** The same words without times: only wanted when they come with none. */
  let plain = '';

  const decodePart = (part: unknown): TranscriptionEvent[] => {
    const said = recordAt(part, 'audioTranscription');
    if (said === undefined) {
      plain += stringAt(part, 'text') ?? '';
      return [];
    }
    const segments = decodeSaid(said);
    if (segments.length === 0) plain += `${stringAt(said, 'text') ?? ''}\n`;
    else hasSegments = true;
    const heard = language === undefined ? stringAt(said, 'languageCode') : undefined;
    language ??= heard;
    return [
      ...(heard === undefined ? [] : [{ type: 'language', language: heard } as const]),
      ...segments.map((segment) => ({ type: 'segment', segment }) as const),
    ];
  };

  return {
    push: (body) => stream.push(body).parts.flatMap(decodePart),
    usage: () => stream.usage(),
    end() {
      const text = plain.trim();
      stream.ending(hasSegments || text !== '');
      return hasSegments || text === '' ? [] : [{ type: 'text', text }];
    },
  };
}

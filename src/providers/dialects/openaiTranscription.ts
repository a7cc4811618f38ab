import type { TranscriptionCreateParams } from 'openai/resources/audio/transcriptions';
import type { Capabilities } from '../../core/model.js';
import { formatOfFileName, mediaFormats } from '../../core/media.js';
import type { Segment, Word } from '../../core/transcript.js';
import type { Usage } from '../../core/usage.js';
import type { TranscriptionTraits } from '../modelRows.js';
import type { AudioPiece, TranscriptionEvent, TranscriptionRequest } from '../provider.js';
import { EncodedBytes } from './jsonBody.js';
import { languageCode } from './languageCode.js';
import { Failed, isRecord, known, listAt, numberAt, recordAt, refuseErrorBody, stringAt } from './wire.js';

function isPlain(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}

/** A form takes no shared memory. */
function plainBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isPlain(bytes) ? bytes : new Uint8Array(bytes);
}

/** Servers go by the extension, so that it must be the one of the bytes. */
export function encodeFile(audio: AudioPiece): File {
  const { extensions, mediaTypes } = mediaFormats[audio.format];
  const hasExtension = formatOfFileName(audio.fileName) === audio.format;
  const name = hasExtension ? audio.fileName : `${audio.fileName}.${extensions[0]}`;
  return new File([plainBytes(audio.bytes)], name, { type: mediaTypes[0] });
}

/** `en-US` → `en`: these endpoints know languages, not regions. */
function wireLanguage(language: string): string {
  return language.split(/[-_]/, 1)[0]?.toLowerCase() ?? language;
}

/** Fields of a form, as OpenAI's own SDK knows them, and those that others have instead. */
export type TranscriptionFields = Omit<TranscriptionCreateParams, 'stream' | 'file'> & {
  readonly file: File;
  readonly stream?: true;
  readonly diarize?: true;
  readonly context_bias?: readonly string[];
};

export function encodeTranscription(
  request: TranscriptionRequest,
  { transcriptTimes = 'none' }: Pick<Capabilities, 'transcriptTimes'>,
  traits: TranscriptionTraits,
): TranscriptionFields {
  const hasTimes = transcriptTimes !== 'none';
  // Without times a transcript cannot play; without its language it is recognised all the same.
  const drops = hasTimes && !traits.timesWithLanguage;
  const language = request.language === undefined || drops ? undefined : wireLanguage(request.language);
  const glossary = request.glossary ?? [];
  const common = {
    file: encodeFile(request.audio),
    model: request.model,
    ...(language !== undefined && traits.languageField === 'language' ? { language } : {}),
    ...(language !== undefined && traits.languageField === 'languages' ? { languages: [language] } : {}),
    ...(glossary.length > 0 && traits.glossaryField === 'prompt' ? { prompt: glossary.join(', ') } : {}),
    ...(glossary.length > 0 && traits.glossaryField === 'keywords' ? { keywords: [...glossary] } : {}),
    ...(glossary.length > 0 && traits.glossaryField === 'context_bias' ? { context_bias: [...glossary] } : {}),
    ...(traits.streams ? { stream: true as const } : {}),
  };
  const granularities: ('word' | 'segment')[] = transcriptTimes === 'words' ? ['word', 'segment'] : ['segment'];
  if (traits.detail === 'fields') {
    return {
      ...common,
      ...(traits.speakers ? { diarize: true as const } : {}),
      ...(hasTimes ? { timestamp_granularities: granularities } : {}),
    };
  }
  if (traits.speakers) return { ...common, response_format: 'diarized_json', chunking_strategy: 'auto' };
  if (!hasTimes) return { ...common, response_format: 'json' };
  return { ...common, response_format: 'verbose_json', timestamp_granularities: granularities };
}

/** The form as it is sent. A file is read when it is sent, not copied into a body. */
export function transcriptionForm(
  fields: TranscriptionFields,
  { listFields }: Pick<TranscriptionTraits, 'listFields'>,
): FormData {
  const form = new FormData();
  const { file, ...rest } = fields;
  form.append('file', file, file.name);
  for (const [name, value] of Object.entries(rest)) {
    if (Array.isArray(value)) {
      for (const item of value) form.append(listFields === 'brackets' ? `${name}[]` : name, item);
    } else if (typeof value === 'string' || typeof value === 'boolean') {
      form.append(name, String(value));
    }
  }
  return form;
}

/** Where the audio stands in JSON, a format is called by its extension. */
export function transcriptionJson(
  { audio }: TranscriptionRequest,
  fields: TranscriptionFields,
): Readonly<Record<string, unknown>> {
  const { extensions } = mediaFormats[audio.format];
  const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'file'));
  return { ...others, input_audio: { data: new EncodedBytes(audio.bytes), format: extensions[0] } };
}

function decodeUsage(usage: unknown): Usage {
  const audioSeconds = numberAt(usage, 'seconds') ?? numberAt(usage, 'prompt_audio_seconds');
  if (audioSeconds !== undefined) return { audioSeconds };
  return known({
    inputTokens: numberAt(usage, 'input_tokens'),
    inputAudioTokens: numberAt(recordAt(usage, 'input_token_details'), 'audio_tokens'),
    outputTokens: numberAt(usage, 'output_tokens'),
  });
}

function decodeWord(value: unknown): Word | undefined {
  const text = stringAt(value, 'word')?.trim() ?? '';
  const startSeconds = numberAt(value, 'start');
  const endSeconds = numberAt(value, 'end');
  if (text === '' || startSeconds === undefined || endSeconds === undefined) return undefined;
  const confidence = numberAt(value, 'probability');
  return { text, startSeconds, endSeconds, ...(confidence === undefined ? {} : { confidence }) };
}

function decodeWords(holder: unknown): readonly Word[] {
  return (listAt(holder, 'words') ?? []).map(decodeWord).filter((word) => word !== undefined);
}

function decodeSegment(value: unknown): Segment | undefined {
  const startSeconds = numberAt(value, 'start');
  const endSeconds = numberAt(value, 'end');
  const text = (stringAt(value, 'text') ?? '').trim().replaceAll(/\n\s*\n+/g, '\n');
  if (startSeconds === undefined || endSeconds === undefined || text === '') return undefined;
  const speaker = (stringAt(value, 'speaker') ?? stringAt(value, 'speaker_id') ?? '').trim();
  const words = decodeWords(value);
  return {
    startSeconds: Math.max(0, startSeconds),
    endSeconds: Math.max(0, startSeconds, endSeconds),
    text,
    ...(speaker === '' ? {} : { speaker }),
    ...(words.length === 0 ? {} : { words }),
  };
}

/** Words come in a list of their own; each belongs to the segment in which its middle lies, or the one before it. */
function spreadWords(segments: readonly Segment[], words: readonly Word[]): readonly Segment[] {
  if (words.length === 0) return segments;
  const shares = segments.map((): Word[] => []);
  let index = 0;
  for (const word of words) {
    const middle = (word.startSeconds + word.endSeconds) / 2;
    while (middle >= (segments[index + 1]?.startSeconds ?? Infinity)) index++;
    shares[index]?.push(word);
  }
  return segments.map((segment, position) => {
    const share = shares[position] ?? [];
    return share.length === 0 || segment.words !== undefined ? segment : { ...segment, words: share };
  });
}

function decodeLanguages(body: unknown): TranscriptionEvent[] {
  const first = listAt(body, 'languages')?.[0];
  const named = stringAt(body, 'language') ?? stringAt(first, 'code');
  const language = named === undefined ? undefined : languageCode(named);
  return language === undefined ? [] : [{ type: 'language', language }];
}

function decodeBodyUsage(body: unknown): TranscriptionEvent[] {
  const usage = recordAt(body, 'usage');
  const decoded = usage === undefined ? known({ audioSeconds: numberAt(body, 'duration') }) : decodeUsage(usage);
  return Object.keys(decoded).length === 0 ? [] : [{ type: 'usage', usage: decoded }];
}

/** A plain answer, in any of the JSON formats. @throws Failed */
export function decodeTranscription(body: unknown): readonly TranscriptionEvent[] {
  refuseErrorBody(body);
  if (!isRecord(body)) throw new Failed({ kind: 'malformed', missing: 'an object' });
  const text = stringAt(body, 'text');
  const list = listAt(body, 'segments');
  if (text === undefined && list === undefined) throw new Failed({ kind: 'malformed', missing: 'text' });
  const segments = (list ?? []).map(decodeSegment).filter((segment) => segment !== undefined);
  const said: TranscriptionEvent[] =
    segments.length > 0
      ? spreadWords(segments, decodeWords(body)).map((segment) => ({ type: 'segment', segment }))
      : text === undefined || text.trim() === ''
        ? []
        : [{ type: 'text', text: text.trim() }];
  return [...decodeLanguages(body), ...said, ...decodeBodyUsage(body)];
}

export interface TranscriptionDecoder {
  push(event: unknown): readonly TranscriptionEvent[];
  /** To be called when nothing more comes. */
  end(): void;
}

/** The events of a streamed answer. @throws Failed */
export function transcriptionDecoder(traits: TranscriptionTraits): TranscriptionDecoder {
  let isDone = false;
  let hasText = false;
  return {
    push(event) {
      refuseErrorBody(event);
      switch (stringAt(event, 'type')) {
        case 'transcript.text.delta': {
          // With speakers the same words come again, whole and timed, as a segment.
          const text = traits.speakers ? '' : (stringAt(event, 'delta') ?? '');
          if (text === '') return [];
          hasText = true;
          return [{ type: 'text', text }];
        }
        case 'transcript.text.segment': {
          const segment = decodeSegment(event);
          if (segment === undefined) return [];
          hasText = true;
          return [{ type: 'segment', segment }];
        }
        case 'transcript.text.done': {
          isDone = true;
          const text = stringAt(event, 'text')?.trim() ?? '';
          const said: TranscriptionEvent[] = hasText || text === '' ? [] : [{ type: 'text', text }];
          return [...said, ...decodeLanguages(event), ...decodeBodyUsage(event)];
        }
        case undefined:
          throw new Failed({ kind: 'malformed', missing: 'type' });
        default:
          return [];
      }
    },
    end() {
      if (!isDone) throw new Failed({ kind: 'cut-off' });
    },
  };
}

import type { Segment, Word } from '../../core/transcript.js';
import type { TranscriptionEvent, TranscriptionRequest } from '../provider.js';
import { encodeFile } from './openaiTranscription.js';
import { Failed, isRecord, known, listAt, numberAt, recordAt, refuseErrorBody, stringAt } from './wire.js';

/*
 * Transcription that is handed in and asked for until it is done, as AI/ML API has it: `POST /stt/create` gives a
 * `generation_id`, `GET /stt/{generation_id}` a `status`, and at the end what Deepgram's API would have answered.
 */

export const jobPath = '/stt/create';

export function encodeJob(request: TranscriptionRequest): FormData {
  const form = new FormData();
  form.append('model', request.model);
  const file = encodeFile(request.audio);
  form.append('audio', file, file.name);
  if (request.language !== undefined) form.append('language', request.language);
  return form;
}

/** The path at which the job is asked for. @throws Failed */
export function decodeJob(body: unknown): string {
  refuseErrorBody(body);
  const id = stringAt(body, 'generation_id') ?? stringAt(body, 'id');
  if (id === undefined || id === '') throw new Failed({ kind: 'malformed', missing: 'generation_id' });
  return `/stt/${encodeURIComponent(id)}`;
}

const longestSegmentSeconds = 10;
/** A silence of this length ends a segment. */
const pauseSeconds = 0.8;

function decodeWord(value: unknown): (Word & { readonly speaker?: string }) | undefined {
  const text = (stringAt(value, 'punctuated_word') ?? stringAt(value, 'word') ?? '').trim();
  const startSeconds = numberAt(value, 'start');
  const endSeconds = numberAt(value, 'end');
  if (text === '' || startSeconds === undefined || endSeconds === undefined) return undefined;
  const confidence = numberAt(value, 'confidence');
  const speaker = numberAt(value, 'speaker');
  return {
    text,
    startSeconds,
    endSeconds,
    ...(confidence === undefined ? {} : { confidence }),
    ...(speaker === undefined ? {} : { speaker: `Speaker ${speaker + 1}` }),
  };
}

/** Words come in one long list: they are parted where somebody pauses, where another speaks, and before it gets too long. */
function toSegments(words: readonly (Word & { readonly speaker?: string })[]): readonly Segment[] {
  const groups: (typeof words)[number][][] = [];
  for (const word of words) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const last = group?.at(-1);
    const goesOn =
      group !== undefined &&
      first !== undefined &&
      last !== undefined &&
      last.speaker === word.speaker &&
      word.startSeconds - last.endSeconds < pauseSeconds &&
      word.endSeconds - first.startSeconds <= longestSegmentSeconds;
    if (goesOn) group.push(word);
    else groups.push([word]);
  }
  return groups.flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { speaker } = first;
    return [
      {
        startSeconds: first.startSeconds,
        endSeconds: group.at(-1)?.endSeconds ?? first.endSeconds,
        text: group.map(({ text }) => text).join(' '),
        words: group.map(({ text, startSeconds, endSeconds, confidence }) =>
          known({ text, startSeconds, endSeconds, confidence }),
        ),
        ...(speaker === undefined ? {} : { speaker }),
      },
    ];
  });
}

/** @returns undefined while it is being worked on. @throws Failed */
export function decodeJobResult(body: unknown): readonly TranscriptionEvent[] | undefined {
  refuseErrorBody(body);
  if (!isRecord(body)) throw new Failed({ kind: 'malformed', missing: 'an object' });
  const status = stringAt(body, 'status');
  if (status === 'waiting' || status === 'active' || status === 'queued' || status === 'processing') return undefined;
  const result = recordAt(body, 'result');
  if (status === 'error' || status === 'failed' || result === undefined) {
    throw new Failed({ kind: 'status', status: 200, contentType: 'application/json', body: JSON.stringify(body) });
  }
  const results = recordAt(result, 'results');
  const channel = listAt(results, 'channels')?.[0];
  const alternative = listAt(channel, 'alternatives')?.[0];
  const text = stringAt(alternative, 'transcript') ?? stringAt(result, 'text');
  if (text === undefined) throw new Failed({ kind: 'malformed', missing: 'transcript' });
  const words = (listAt(alternative, 'words') ?? []).map(decodeWord).filter((word) => word !== undefined);
  const duration = numberAt(recordAt(result, 'metadata'), 'duration');
  const said: TranscriptionEvent[] =
    words.length > 0
      ? toSegments(words).map((segment) => ({ type: 'segment', segment }))
      : text.trim() === ''
        ? []
        : [{ type: 'text', text: text.trim() }];
  return [...said, ...(duration === undefined ? [] : [{ type: 'usage', usage: { audioSeconds: duration } } as const])];
}

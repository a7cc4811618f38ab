import type { Segment, Word } from '../../core/transcript.js';
import { languageCode } from '../dialects/languageCode.js';
import { decodeTranscription } from '../dialects/openaiTranscription.js';
import { isRecord, listAt, numberAt, recordAt, stringAt } from '../dialects/wire.js';
import type { TranscriptionEvent } from '../provider.js';

/** Words of whisper.cpp's full JSON: tokens in milliseconds, of which those with a space in front begin a word. */
function decodeTokens(row: unknown): readonly Word[] {
  const words: { text: string; startSeconds: number; endSeconds: number; confidence?: number }[] = [];
  for (const token of listAt(row, 'tokens') ?? []) {
    const text = stringAt(token, 'text') ?? '';
    const from = numberAt(recordAt(token, 'offsets'), 'from');
    const to = numberAt(recordAt(token, 'offsets'), 'to');
    if (text.trim() === '' || /^\[_.*\]$/.test(text) || from === undefined || to === undefined) continue;
    const last = words.at(-1);
    if (last === undefined || text.startsWith(' ')) {
      const confidence = numberAt(token, 'p');
      words.push({
        text: text.trim(),
        startSeconds: from / 1000,
        endSeconds: to / 1000,
        ...(confidence === undefined ? {} : { confidence }),
      });
    } else {
      last.text += text;
      last.endSeconds = to / 1000;
    }
  }
  return words;
}

function decodeRow(row: unknown): readonly Segment[] {
  const from = numberAt(recordAt(row, 'offsets'), 'from');
  const to = numberAt(recordAt(row, 'offsets'), 'to');
  const text = stringAt(row, 'text')?.trim() ?? '';
  if (from === undefined || to === undefined || text === '') return [];
  const words = decodeTokens(row);
  return [
    {
      startSeconds: from / 1000,
      endSeconds: Math.max(from, to) / 1000,
      text,
      ...(words.length === 0 ? {} : { words }),
    },
  ];
}

/**
 * The JSON of whisper.cpp (`transcription`, milliseconds) or of the Python programs (`segments`, seconds).
 * Undefined when it is neither. @throws Failed when it is an error.
 */
export function parseWhisperJson(content: string): readonly TranscriptionEvent[] | undefined {
  let body: unknown;
  try {
    body = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
  const rows = listAt(body, 'transcription');
  if (rows === undefined) {
    return isRecord(body) && (listAt(body, 'segments') !== undefined || stringAt(body, 'text') !== undefined)
      ? decodeTranscription(body)
      : undefined;
  }
  const named = stringAt(recordAt(body, 'result'), 'language');
  const language = named === undefined ? undefined : languageCode(named);
  return [
    ...(language === undefined ? [] : [{ type: 'language', language } as const]),
    ...rows.flatMap(decodeRow).map((segment) => ({ type: 'segment', segment }) as const),
  ];
}

import { EarshotError } from '../core/errors.js';
import { originOf, type ExportedTranscript, type TranscriptOrigin } from '../core/formats/exportedTranscript.js';
import { parseWebVtt } from '../core/formats/webVtt.js';
import type { Segment } from '../core/transcript.js';
import { parseSrt } from '../providers/command/captions.js';
import { parseWhisperJson } from '../providers/command/whisperJson.js';
import type { TranscriptionEvent } from '../providers/provider.js';
import { isRecord, known, listAt, numberAt, stringAt } from '../providers/dialects/wire.js';

/** `interview.vtt` → `interview`. */
const stem = (name: string): string => name.replace(/\.[^.]+$/, '') || name;

interface Read {
  readonly segments: readonly Segment[];
  readonly origin: TranscriptOrigin;
}

/** The JSON that Earshot exports. Undefined when it is something else. */
function readOwnJson(body: unknown): Read | undefined {
  if (!isRecord(body) || body['version'] !== 1) return undefined;
  const segments = listAt(body, 'segments')?.flatMap((row): Segment[] => {
    const startSeconds = numberAt(row, 'startSeconds');
    const endSeconds = numberAt(row, 'endSeconds');
    const text = stringAt(row, 'text');
    const speaker = stringAt(row, 'speaker');
    if (startSeconds === undefined || endSeconds === undefined || text === undefined) return [];
    return [{ startSeconds, endSeconds, text, ...(speaker === undefined ? {} : { speaker }) }];
  });
  if (segments === undefined || segments.length === 0) return undefined;
  return {
    segments,
    origin: known({
      sourceName: stringAt(body, 'sourceName'),
      sourceSha256: stringAt(body, 'sourceSha256'),
      durationSeconds: numberAt(body, 'durationSeconds'),
      model: stringAt(body, 'model'),
      language: stringAt(body, 'language'),
      createdAt: stringAt(body, 'createdAt'),
      completeUntilSeconds: numberAt(body, 'completeUntilSeconds'),
    }),
  };
}

function whisperEvents(content: string): readonly TranscriptionEvent[] {
  try {
    return parseWhisperJson(content) ?? [];
  } catch {
    // An answer that says only what went wrong holds no transcript.
    return [];
  }
}

function readJson(content: string): Read | undefined {
  let body: unknown;
  try {
    body = JSON.parse(content.replace(/^\uFEFF/, ''));
  } catch {
    // It is no JSON, then: the caller tries the next format.
    return undefined;
  }
  const own = readOwnJson(body);
  if (own !== undefined) return own;
  const events = whisperEvents(content);
  const language = events.findLast((event) => event.type === 'language');
  const segments = events.flatMap((event) => (event.type === 'segment' ? [event.segment] : []));
  return segments.length === 0
    ? undefined
    : { segments, origin: language === undefined ? {} : { language: language.language } };
}

function readSrt(content: string): Read | undefined {
  const segments = parseSrt(content);
  return segments.length === 0 ? undefined : { segments, origin: {} };
}

/**
 * Reads a transcript by what it holds, never by its name: WebVTT, SubRip, the JSON that Earshot exports, and that of whisper's
 * programs.
 * @throws EarshotError `transcript-unreadable`.
 */
export function readTranscriptText(name: string, content: string): ExportedTranscript {
  const vtt = parseWebVtt(content);
  if (vtt !== undefined) {
    return { name: stem(name), segments: vtt.cues, notes: vtt.notes, origin: originOf(vtt.notes) };
  }
  const read = readJson(content) ?? readSrt(content);
  if (read === undefined) {
    throw new EarshotError(
      'transcript-unreadable',
      `${name} is no transcript that Earshot can read. It reads WebVTT, SubRip (.srt), its own JSON and that of Whisper. Pick such a file, or transcribe the recording again.`,
    );
  }
  return { name: stem(name), notes: [`Imported by Earshot\nfrom: ${name.replaceAll(/\s+/g, ' ')}`], ...read };
}

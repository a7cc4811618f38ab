import type { TextEdit } from '../formats/cueFile.js';
import { serialiseCues } from '../formats/webVtt.js';
import { formatTimecode } from '../timecode.js';
import type { Segment } from '../transcript.js';

/** A state of a transcript that grows in an editor. Line breaks are LF. */
export interface TranscriptState {
  readonly content: string;
  readonly segments: readonly Segment[];
}

/** The least that has to change between two texts, or nothing. */
function difference(from: string, to: string, offset = 0): TextEdit[] {
  if (from === to) return [];
  const shorter = Math.min(from.length, to.length);
  let head = 0;
  while (head < shorter && from[head] === to[head]) head++;
  let tail = 0;
  while (tail < shorter - head && from[from.length - 1 - tail] === to[to.length - 1 - tail]) tail++;
  return [{ start: offset + head, end: offset + from.length - tail, text: to.slice(head, to.length - tail) }];
}

/** Where the cues begin: what stands before changes each time, and is a few lines. */
function headLength(content: string): number {
  const end = content.indexOf('\n\n', content.indexOf('NOTE '));
  return end < 0 ? content.length : end;
}

/** From a text that nobody has edited to the next. Where only the head and the end differ, only they are touched. */
export function replaceEdits(current: string, next: string): readonly TextEdit[] {
  const [from, to] = [headLength(current), headLength(next)];
  return [
    ...difference(current.slice(0, from), next.slice(0, to)),
    ...difference(current.slice(from), next.slice(to), from),
  ];
}

/** Of the segments that were shown, the last one that is still there, known by its time: a person may have mended its words. */
function lastIn(current: string, shown: readonly Segment[]): Segment | undefined {
  return shown.findLast(({ startSeconds }) => current.includes(`${formatTimecode(startSeconds)} --> `));
}

export interface Growth {
  readonly edits: readonly TextEdit[];
  /** What is shown of the transcript then. */
  readonly segments: readonly Segment[];
}

/**
 * Adds what is new to a text that a person has edited since `shown`, behind everything else: their edits stay as they are.
 * @param wasUndone an edit was taken back, which may have been one that added cues: these come again
 */
export function appendEdits(
  current: string,
  shown: TranscriptState,
  settled: readonly Segment[],
  wasUndone: boolean,
): Growth {
  const last = wasUndone ? lastIn(current, shown.segments) : shown.segments.at(-1);
  const missing = settled.filter(({ startSeconds }) => startSeconds > (last?.startSeconds ?? -1));
  if (missing.length === 0) return { edits: [], segments: shown.segments };
  const gap = current === '' || current.endsWith('\n\n') ? '' : current.endsWith('\n') ? '\n' : '\n\n';
  const end = current.length;
  return {
    edits: [{ start: end, end, text: gap + serialiseCues(missing) }],
    segments: [...shown.segments, ...missing],
  };
}

/** Puts a new head in the place of the one that was shown, if nobody has changed it. */
export function headEdits(current: string, shown: string, next: string): readonly TextEdit[] {
  const head = shown.slice(0, headLength(shown));
  if (!current.startsWith(head)) return [];
  return difference(head, next.slice(0, headLength(next)));
}

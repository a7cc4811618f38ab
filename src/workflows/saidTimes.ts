import type { TimeRange } from '../core/clip.js';
import { doubtsIn } from '../core/doubts.js';
import type { Segment } from '../core/transcript.js';

/** How far one person may seem to begin before having ended, in seconds: models round. */
const overlapTolerance = 0.5;
/** Longer than anybody's sentence: where in it the words are is not known. */
const longestSegmentSeconds = 30;
/** So much of all that was said must have times that can be right, or none is believed. */
const leastBelievedShare = 0.5;

/** What a model says that somebody said, with its times where they can be right by themselves. */
export interface Said {
  readonly text: string;
  readonly speaker?: string;
  readonly times?: TimeRange;
}

interface Timed extends Said {
  readonly times: TimeRange;
}

const isTimed = (said: Said | undefined): said is Timed => said?.times !== undefined;

/** People talk at once; one person does not. */
function follows(next: Timed, last: Timed): boolean {
  if (next.times.startSeconds < last.times.startSeconds) return false;
  if (next.speaker !== last.speaker) return true;
  return (
    next.times.startSeconds >= last.times.endSeconds - overlapTolerance && next.times.endSeconds > last.times.endSeconds
  );
}

function segmentOf({ text, speaker }: Said, { startSeconds, endSeconds }: TimeRange, isEstimated: boolean): Segment {
  return {
    startSeconds,
    endSeconds,
    text,
    ...(speaker === undefined ? {} : { speaker }),
    ...(isEstimated ? { hasEstimatedTimes: true } : {}),
  };
}

/** Without the small overlaps that rounding makes. */
function timedSegment(said: Timed, last: Timed | undefined): Segment {
  const { startSeconds, endSeconds } = said.times;
  const overlaps = last !== undefined && last.speaker === said.speaker && last.times.endSeconds > startSeconds;
  const times = { startSeconds: overlaps ? last.times.endSeconds : startSeconds, endSeconds };
  return segmentOf(said, times, endSeconds - startSeconds > longestSegmentSeconds);
}

/** What can be believed while more is to come: all up to the first time that is out of order. */
export function certainSegments(said: readonly Said[]): readonly Segment[] {
  const segments: Segment[] = [];
  let last: Timed | undefined;
  for (const next of said) {
    if (!isTimed(next) || (last !== undefined && !follows(next, last))) break;
    segments.push(timedSegment(next, last));
    last = next;
  }
  return segments;
}

/** Places of the longest row whose times are in order. */
function longestInOrder(said: readonly Said[]): readonly number[] {
  const lengths: number[] = [];
  const before: (number | undefined)[] = [];
  let best: number | undefined;
  for (const [index, next] of said.entries()) {
    let length = 0;
    if (isTimed(next)) {
      length = 1;
      for (let earlier = 0; earlier < index; earlier++) {
        const last = said[earlier];
        const longer = (lengths[earlier] ?? 0) + 1;
        if (!isTimed(last) || longer <= length || !follows(next, last)) continue;
        length = longer;
        before[index] = earlier;
      }
    }
    lengths.push(length);
    if (length > (best === undefined ? 0 : (lengths[best] ?? 0))) best = index;
  }
  const row: number[] = [];
  for (let index = best; index !== undefined; index = before[index]) row.unshift(index);
  return row;
}

/** Times in another unit than seconds, or out of thin air, are mostly ones in which nobody could say so much. */
function areTooFast(segments: readonly Segment[]): boolean {
  const [first] = segments;
  const last = segments.at(-1);
  if (first === undefined || last === undefined) return false;
  const whole = { ...first, endSeconds: last.endSeconds, text: segments.map(({ text }) => text).join(' ') };
  return doubtsIn([whole]).some(({ reason }) => reason === 'too-fast');
}

/**
 * All that was said, in its order. What has no times that can be right has those of the gap in which it stands, marked as
 * estimated; so has what is too long for its times to be of use.
 * @param durationSeconds Of the piece.
 */
export function allSegments(said: readonly Said[], durationSeconds: number): readonly Segment[] {
  const row = longestInOrder(said);
  const believed = new Map<number, Segment>();
  let last: Timed | undefined;
  for (const index of row) {
    const next = said[index];
    if (!isTimed(next)) continue;
    believed.set(index, timedSegment(next, last));
    last = next;
  }
  const isBelievable = row.length >= leastBelievedShare * said.length && !areTooFast([...believed.values()]);
  if (!isBelievable) believed.clear();
  const segments: Segment[] = [];
  let gapStart = 0;
  for (const [index, one] of said.entries()) {
    const timed = believed.get(index);
    if (timed !== undefined) {
      segments.push(timed);
      gapStart = Math.max(gapStart, timed.endSeconds);
      continue;
    }
    const next = row.find((later) => later > index && believed.has(later));
    const gapEnd = next === undefined ? durationSeconds : (believed.get(next)?.startSeconds ?? durationSeconds);
    const gap = { startSeconds: gapStart, endSeconds: gapEnd };
    // Where there is no room, it shares that of its neighbour.
    segments.push(
      segmentOf(
        one,
        gapEnd > gapStart
          ? gap
          : { ...gap, startSeconds: Math.max(0, gapEnd - 1), endSeconds: Math.max(gapStart, gapEnd) },
        true,
      ),
    );
  }
  return segments;
}

import { formatDuration } from '../timecode.js';
import type { Segment } from '../transcript.js';
import type { Step } from './align.js';
import type { SpokenWord } from './spokenWords.js';

/** What is said in one segment of the reference, on both sides. A side without words is empty. */
export interface AlignedLine {
  readonly startSeconds: number;
  readonly left: string;
  readonly right: string;
}

export interface Side {
  readonly segments: readonly Segment[];
  readonly words: readonly SpokenWord[];
}

/** How far from a segment a word may be spoken and still be shown with it, in seconds. */
const nearSeconds = 1;

interface OpenLine {
  /** Tells lines apart: a segment of the reference, or one of the other side alone. */
  readonly key: string;
  readonly startSeconds: number;
  readonly left: string[];
  readonly right: string[];
}

/**
 * A line for each segment of the reference, with the words of the other side that were aligned with it, whatever segments
 * they are in. Words that only the other side has go by their time: to the segment in which they are spoken, else on a line
 * of their own.
 */
export function alignedLines(steps: readonly Step[], reference: Side, other: Side): readonly AlignedLine[] {
  const following = new Int32Array(steps.length).fill(-1);
  let next = -1;
  for (let index = steps.length - 1; index >= 0; index--) {
    following[index] = next;
    const word = reference.words[steps[index]?.left ?? -1];
    if (word !== undefined) next = word.segment;
  }
  const lines: OpenLine[] = [];
  let previous = -1;
  const lineOf = (key: string, startSeconds: number): OpenLine => {
    const last = lines.at(-1);
    if (last?.key === key) return last;
    const made = { key, startSeconds, left: [], right: [] };
    lines.push(made);
    return made;
  };
  const lineOfSegment = (index: number): OpenLine =>
    lineOf(`reference ${index}`, reference.segments[index]?.startSeconds ?? 0);
  steps.forEach((step, index) => {
    const left = reference.words[step.left];
    const right = other.words[step.right];
    if (left !== undefined) {
      const line = lineOfSegment(left.segment);
      line.left.push(left.text);
      if (right !== undefined) line.right.push(right.text);
      previous = left.segment;
      return;
    }
    if (right === undefined) return;
    const upcoming = following[index] ?? -1;
    const time = right.middleSeconds;
    const sincePrevious = time - (reference.segments[previous]?.endSeconds ?? -Infinity);
    const untilNext = (reference.segments[upcoming]?.startSeconds ?? Infinity) - time;
    // Lines are in order: what was put on a later one cannot be followed by an earlier one.
    const isPreviousOpen = lines.at(-1)?.key === `reference ${previous}`;
    const line =
      (previous === upcoming && previous >= 0) ||
      (isPreviousOpen && sincePrevious <= nearSeconds && sincePrevious <= untilNext)
        ? lineOfSegment(previous)
        : untilNext <= nearSeconds || lines.at(-1)?.key === `reference ${upcoming}`
          ? lineOfSegment(upcoming)
          : lineOf(`other ${right.segment}`, other.segments[right.segment]?.startSeconds ?? 0);
    line.right.push(right.text);
  });
  return lines.map(({ startSeconds, left, right }) => ({ startSeconds, left: left.join(' '), right: right.join(' ') }));
}

/** One side as a text whose lines stand opposite those of the other side in an editor of differences. */
export function sideText(lines: readonly AlignedLine[], side: 'left' | 'right'): string {
  return lines
    .filter((line) => line[side] !== '')
    .map((line) => `${formatDuration(line.startSeconds)}  ${line[side]}\n`)
    .join('');
}

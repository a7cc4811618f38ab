import type { Cue } from '../formats/cueFile.js';

/** Finds what is being said at a time, quickly also among many thousands of cues. */
export interface SpokenCues {
  /** The one that began last, where several are spoken at once. */
  at(seconds: number): Cue | undefined;
  /** When the answer of `at` may be another one, after this time; undefined when never again. */
  changeAfter(seconds: number): number | undefined;
  /** The beginning of the cue before the one being spoken, of the next one; undefined when there is none. */
  neighbour(seconds: number, which: 'previous' | 'next'): Cue | undefined;
}

/** @param cues in any order; those without any length are never spoken. */
export function createSpokenCues(cues: readonly Cue[]): SpokenCues {
  const byStart = cues
    .filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds)
    .sort((left, right) => left.startSeconds - right.startSeconds);
  // How far everything up to here reaches: behind that nothing earlier has to be looked at.
  const reach: number[] = [];
  for (const { endSeconds } of byStart) reach.push(Math.max(endSeconds, reach.at(-1) ?? 0));
  const changes = [...new Set(byStart.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]))].sort(
    (left, right) => left - right,
  );
  /** The last that has begun. */
  const lastBegun = (seconds: number): number => firstAbove(byStart, seconds, ({ startSeconds }) => startSeconds) - 1;

  return {
    at(seconds) {
      for (let index = lastBegun(seconds); index >= 0 && (reach[index] ?? 0) > seconds; index--) {
        const cue = byStart[index];
        if (cue !== undefined && cue.endSeconds > seconds) return cue;
      }
      return undefined;
    },
    changeAfter: (seconds) => changes[firstAbove(changes, seconds, (change) => change)],
    neighbour(seconds, which) {
      const index = lastBegun(seconds);
      if (which === 'next') return byStart[index + 1];
      // Whoever goes back just after a beginning means the cue before.
      const current = byStart[index];
      const hasJustBegun = current !== undefined && seconds - current.startSeconds < justBegunSeconds;
      return byStart[Math.max(0, hasJustBegun ? index - 1 : index)];
    },
  };
}

const justBegunSeconds = 1;

/** The index of the first item above a value, in a list that goes up. */
function firstAbove<T>(items: readonly T[], value: number, valueOf: (item: T) => number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item !== undefined && valueOf(item) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

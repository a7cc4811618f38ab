import type { TimeRange } from './clip.js';
import { parseTime } from './formats/cueTiming.js';

/** A moment that an answer refers to; one without length ends where it starts. */
export interface CitedTime extends TimeRange {
  /** Of the recordings that were asked about, from 0. Absent where the answer does not say which. */
  readonly clipIndex?: number;
}

const time = String.raw`\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?`;
const bracket = new RegExp(String.raw`\[([^[\]\n]{0,80}?)(${time})(?:\s*[-–—]\s*(${time}))?[^[\]\n]{0,40}\]`, 'g');

/** What the words in front of a time say last: `Recording 2`, or the name of one. */
function spokenOf(words: string, clipNames: readonly string[]): number | undefined {
  let latest = -1;
  let found: number | undefined;
  for (const match of words.matchAll(/\brecording\s*#?(\d{1,3})\b/gi)) {
    const index = Number(match[1]) - 1;
    if (index in clipNames) [latest, found] = [match.index, index];
  }
  for (const [index, name] of clipNames.entries()) {
    const place = words.lastIndexOf(name);
    if (place > latest) [latest, found] = [place, index];
  }
  return found;
}

/** The times in brackets that an answer refers to, such as `[1:05]` or `[01:05-01:20]`, each once, in its order. */
export function citedTimes(answer: string, clipNames: readonly string[]): readonly CitedTime[] {
  const cited = new Map<string, CitedTime>();
  for (const match of answer.matchAll(bracket)) {
    const [, label = '', start = '', end] = match;
    const startSeconds = parseTime(start);
    if (startSeconds === undefined) continue;
    const endSeconds = Math.max(startSeconds, (end === undefined ? undefined : parseTime(end)) ?? startSeconds);
    const clipIndex = clipNames.length === 1 ? 0 : spokenOf(answer.slice(0, match.index) + label, clipNames);
    cited.set(`${clipIndex} ${startSeconds} ${endSeconds}`, {
      startSeconds,
      endSeconds,
      ...(clipIndex === undefined ? {} : { clipIndex }),
    });
  }
  return [...cited.values()];
}

import type { TimeRange } from './clip.js';
import type { Segment } from './transcript.js';

/** Signs that a recogniser wrote down what nobody said. */
export type DoubtReason = 'over-silence' | 'loop' | 'too-fast';

export interface Doubt extends TimeRange {
  readonly reason: DoubtReason;
}

/** Nobody speaks so fast for long: auctioneers reach seven words a second, 40 letters. */
const mostWordsPerSecond = 9;
const mostLettersPerSecond = 50;
/** A short segment may have got its times wrong by as much as it lasts. */
const leastFastWords = 15;
const leastFastLetters = 75;

/** People repeat a word; recognisers that hang repeat phrases without end. */
const longestPhraseWords = 12;
const leastRepeats = 5;
const leastRepeatedWords = 15;

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];
}

function isTooFast({ text, startSeconds, endSeconds }: Segment): boolean {
  // Words take a letter and a space at least. Counting them in every short segment would cost more than all the rest.
  if (text.length < Math.min(leastFastLetters, 2 * leastFastWords - 1)) return false;
  const wordCount = wordsOf(text).length;
  const letterCount = (text.match(/[\p{L}\p{N}]/gu) ?? []).length;
  const seconds = Math.max(0, endSeconds - startSeconds);
  return (
    (wordCount >= leastFastWords && wordCount > mostWordsPerSecond * seconds) ||
    (letterCount >= leastFastLetters && letterCount > mostLettersPerSecond * seconds)
  );
}

/** How many words from a place on are a phrase of that length said again and again. Equal numbers are equal words. */
function repeatedFrom(words: readonly number[], from: number, phraseLength: number): number {
  let index = from + phraseLength;
  while (index < words.length && words[index] === words[index - phraseLength]) index += 1;
  return index - from;
}

/** Those doubts alone that tell of phrases said again and again, in the order of time. */
export function loopsIn(segments: readonly Segment[]): readonly Doubt[] {
  const numbers = new Map<string, number>();
  const words: number[] = [];
  const speech: Segment[] = [];
  /** Where the same word comes next, and by its number where it came last. */
  const nextAt: number[] = [];
  const lastAt: number[] = [];
  for (const segment of segments) {
    for (const word of wordsOf(segment.text)) {
      const number = numbers.get(word) ?? numbers.size;
      numbers.set(word, number);
      const before = lastAt[number];
      if (before !== undefined) nextAt[before] = words.length;
      lastAt[number] = words.length;
      nextAt.push(Infinity);
      words.push(number);
      speech.push(segment);
    }
  }
  const found: Doubt[] = [];
  for (let from = 0; from < words.length;) {
    let longest = 0;
    // A phrase that comes again begins with a word that does.
    const shortest = (nextAt[from] ?? Infinity) - from;
    for (let phraseLength = shortest; phraseLength <= longestPhraseWords; phraseLength++) {
      const length = repeatedFrom(words, from, phraseLength);
      if (length >= Math.max(leastRepeatedWords, leastRepeats * phraseLength)) longest = Math.max(longest, length);
    }
    const first = speech[from];
    const last = speech[from + longest - 1];
    if (longest > 0 && first !== undefined && last !== undefined) {
      found.push({ reason: 'loop', startSeconds: first.startSeconds, endSeconds: last.endSeconds });
    }
    from += Math.max(1, longest);
  }
  return found;
}

/**
 * What in these segments is hardly the truth, in the order of time. Knows the text alone.
 * A phrase counts as a loop from five times and fifteen words on; a segment as too fast beyond nine words or fifty letters a
 * second.
 */
export function doubtsIn(segments: readonly Segment[]): readonly Doubt[] {
  const fast = segments
    .filter(isTooFast)
    .map(({ startSeconds, endSeconds }): Doubt => ({ reason: 'too-fast', startSeconds, endSeconds }));
  return [...fast, ...loopsIn(segments)].sort((left, right) => left.startSeconds - right.startSeconds);
}

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

interface PlacedWord {
  readonly text: string;
  readonly segment: Segment;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{M}\p{N}'’]+/gu) ?? [];
}

function isTooFast({ text, startSeconds, endSeconds }: Segment): boolean {
  const wordCount = wordsOf(text).length;
  const letterCount = (text.match(/[\p{L}\p{N}]/gu) ?? []).length;
  const seconds = Math.max(0, endSeconds - startSeconds);
  return (
    (wordCount >= leastFastWords && wordCount > mostWordsPerSecond * seconds) ||
    (letterCount >= leastFastLetters && letterCount > mostLettersPerSecond * seconds)
  );
}

/** How many words from a place on are a phrase of that length said again and again. */
function repeatedFrom(words: readonly PlacedWord[], from: number, phraseLength: number): number {
  let index = from + phraseLength;
  while (index < words.length && words[index]?.text === words[index - phraseLength]?.text) index += 1;
  return index - from;
}

function loopsIn(segments: readonly Segment[]): readonly Doubt[] {
  const words = segments.flatMap((segment) => wordsOf(segment.text).map((text) => ({ text, segment })));
  const found: Doubt[] = [];
  for (let from = 0; from < words.length;) {
    let longest = 0;
    for (let phraseLength = 1; phraseLength <= longestPhraseWords; phraseLength++) {
      const length = repeatedFrom(words, from, phraseLength);
      if (length >= Math.max(leastRepeatedWords, leastRepeats * phraseLength)) longest = Math.max(longest, length);
    }
    const first = words[from]?.segment;
    const last = words[from + longest - 1]?.segment;
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

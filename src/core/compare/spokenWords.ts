import type { Segment } from '../transcript.js';

/** A word as it is compared. */
export interface SpokenWord {
  readonly text: string;
  /** Which segment it is of. */
  readonly segment: number;
  /** Estimated from its place in the segment. */
  readonly middleSeconds: number;
}

/** For people; what `spokenWords` does. */
export const normalisationRules = [
  'Upper and lower case are the same, and so are curly and straight apostrophes.',
  'Punctuation, symbols and white space do not count. Words end where Unicode says so (UAX 29): "well-known" is two words, "don\'t" is one.',
  'Numbers are left as they are: "3" and "three" differ.',
  'Names of speakers, times and where a cue ends do not count.',
] as const;

let segmenter: Intl.Segmenter | undefined;

/** The words of one text, normalised. */
export function wordsOf(text: string): readonly { readonly text: string; readonly index: number }[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
  const normal = text.normalize('NFC').replaceAll('’', "'").toLowerCase();
  return Array.from(segmenter.segment(normal))
    .filter(({ isWordLike }) => isWordLike === true)
    .map(({ segment, index }) => ({ text: segment, index }));
}

/** The words of a transcript. Yields after each segment. */
export function* spokenWords(segments: readonly Segment[]): Generator<undefined, readonly SpokenWord[]> {
  const words: SpokenWord[] = [];
  for (const [segment, { text, startSeconds, endSeconds }] of segments.entries()) {
    const secondsPerCharacter = (endSeconds - startSeconds) / Math.max(1, text.length);
    for (const word of wordsOf(text)) {
      const middleSeconds = startSeconds + (word.index + word.text.length / 2) * secondsPerCharacter;
      words.push({ text: word.text, segment, middleSeconds });
    }
    yield;
  }
  return words;
}

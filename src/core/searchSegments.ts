import type { Segment } from './transcript.js';

/** Something that segments come from. */
export interface SearchedTranscript<Source> {
  readonly source: Source;
  readonly segments: readonly Segment[];
}

export interface SearchHit<Source> {
  readonly source: Source;
  readonly segment: Segment;
  /** Higher is better; means something within one search only. */
  readonly score: number;
}

/** Said by a neighbour, a word counts that much. */
const neighbourShare = 0.4;
/** Longer words may end differently. */
const shortestStem = 5;

/** Without marks and letter case, so that `Über` is found as `uber` and `ueber` is not. */
function fold(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}

/** The part of a word that its inflections mostly share. */
function stemOf(word: string): string {
  return word.length <= shortestStem
    ? word
    : word.slice(0, Math.max(shortestStem, word.length - (word.length < 8 ? 2 : 3)));
}

const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** How well a word is met in a folded text: 1 as it is, less as another form of it, 0 not at all. */
function metIn(words: readonly string[], text: string, word: string): number {
  if (unspaced.test(word)) return text.includes(word) ? 1 : 0;
  if (words.includes(word)) return 1;
  const stem = stemOf(word);
  return words.some((one) => one.startsWith(stem)) ? 0.7 : 0;
}

/**
 * The segments that hold words of a query, best first. Rare words count more than frequent ones, and words that stand
 * together in the query and in the text count most.
 */
export function searchSegments<Source>(
  transcripts: readonly SearchedTranscript<Source>[],
  query: string,
): readonly SearchHit<Source>[] {
  const phrase = fold(query).match(/[\p{L}\p{N}]+/gu) ?? [];
  const wanted = [...new Set(phrase)];
  const met = transcripts.map(({ segments }) =>
    segments.map(({ text, speaker = '' }) => {
      const folded = fold(`${speaker} ${text}`);
      const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
      const together = phrase.length > 1 && ` ${words.join(' ')} `.includes(` ${phrase.join(' ')} `);
      return { found: wanted.map((word) => metIn(words, folded, word)), together };
    }),
  );
  const all = met.flat();
  const weights = wanted.map((_, index) => {
    const count = all.filter(({ found }) => (found[index] ?? 0) > 0).length;
    return Math.log(1 + all.length / (1 + count));
  });
  return transcripts
    .flatMap(({ source, segments }, which) =>
      segments.map((segment, place) => {
        const own = met[which]?.[place];
        if (own?.found.every((value) => value === 0) !== false) return { source, segment, score: 0 };
        const near = [met[which]?.[place - 1], met[which]?.[place + 1]];
        const score = weights.reduce((sum, weight, index) => {
          const around = Math.max(...near.map((one) => one?.found[index] ?? 0));
          return sum + weight * Math.max(own.found[index] ?? 0, neighbourShare * around);
        }, 0);
        return { source, segment, score: own.together ? 2 * score : score };
      }),
    )
    .filter(({ score }) => score > 0)
    .sort((left, right) => right.score - left.score);
}

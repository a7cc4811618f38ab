import type { TimeRange } from '../clip.js';
import type { Segment } from '../transcript.js';

/** A transcript that can be searched. */
export interface SearchedTranscript {
  /** Of the recording or of the transcript: whatever the caller plays. */
  readonly uri: string;
  readonly segments: readonly Segment[];
}

/** A place where some of the words are said. */
export interface SearchHit extends TimeRange {
  readonly uri: string;
  /** What is said there. */
  readonly text: string;
  readonly speaker?: string;
  /** Larger is better; comparable within one search. */
  readonly score: number;
}

/** Words are split by scripts: those that write no spaces go letter by letter, in pairs. */
const wordPattern = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]+|[\p{L}\p{N}]+/gu;
const unspacedPattern = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Lower case and without accents: `Überweisung` → `uberweisung`. */
function searchableWords(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return (plain.normalize('NFC').match(wordPattern) ?? []).flatMap((word) => {
    if (!unspacedPattern.test(word) || word.length < 3) return [word];
    return Array.from({ length: word.length - 1 }, (_value, index) => word.slice(index, index + 2));
  });
}

const shortestStem = 4;
const stemShare = 0.7;
const longestEnding = 4;
const inflectedWeight = 0.7;

/** 1 for the same word, less for one with another ending (`invoice`, `invoices`; `liefern`, `geliefert` is none), else 0. */
function likeness(wanted: string, said: string): number {
  if (wanted === said) return 1;
  let shared = 0;
  while (shared < wanted.length && wanted[shared] === said[shared]) shared++;
  const longest = Math.max(wanted.length, said.length);
  const isStem = shared >= shortestStem && shared >= stemShare * longest && longest - shared <= longestEnding;
  return isStem ? inflectedWeight : 0;
}

interface Said {
  readonly transcript: SearchedTranscript;
  readonly segment: Segment;
  readonly words: readonly string[];
}

/**
 * Finds where words are said, best first: places with more of the words, with rarer ones, and with exactly these words come
 * before others. Neighbouring places are one.
 * @param query Words in any order; what stands in quotation marks has to be said like that.
 */
export function searchTranscripts(
  query: string,
  transcripts: readonly SearchedTranscript[],
  mostHits = 20,
): readonly SearchHit[] {
  const phrases = [...query.matchAll(/["“„«]([^"“”„«»]+)["”“»]/gu)].map(([, phrase = '']) => searchableWords(phrase));
  const wanted = [...new Set(searchableWords(query))];
  if (wanted.length === 0) return [];
  const all: readonly Said[] = transcripts.flatMap((transcript) =>
    transcript.segments.map((segment) => ({ transcript, segment, words: searchableWords(segment.text) })),
  );
  const likenesses = all.map(({ words }) =>
    wanted.map((word) => words.reduce((best, said) => (best === 1 ? 1 : Math.max(best, likeness(word, said))), 0)),
  );
  // A word that is said everywhere tells little.
  const weights = wanted.map((_word, index) => {
    const count = likenesses.filter((row) => (row[index] ?? 0) > 0).length;
    return count === 0 ? 0 : Math.log(1 + all.length / count);
  });
  const holdsPhrases = ({ words }: Said): boolean =>
    phrases.every((phrase) => ` ${words.join(' ')} `.includes(` ${phrase.join(' ')} `));
  const scored = all.flatMap((said, index) => {
    const row = likenesses[index] ?? [];
    const found = row.filter((value) => value > 0).length;
    if (found === 0 || !holdsPhrases(said)) return [];
    const sum = row.reduce((total, value, word) => total + value * (weights[word] ?? 0), 0);
    return [{ index, said, score: sum * (found / wanted.length) }];
  });
  return joined(scored)
    .sort((left, right) => right.score - left.score)
    .slice(0, mostHits);
}

/** How much better one of two places may be that are shown as one. */
const alikeFactor = 1.5;

/** Places that follow each other belong together. */
function joined(scored: readonly { index: number; said: Said; score: number }[]): SearchHit[] {
  const hits: SearchHit[] = [];
  let lastIndex = -2;
  for (const { index, said, score } of scored) {
    const { segment, transcript } = said;
    const last = hits.at(-1);
    const isAlike = last !== undefined && Math.min(last.score, score) * alikeFactor >= Math.max(last.score, score);
    if (isAlike && last.uri === transcript.uri && index === lastIndex + 1 && last.speaker === segment.speaker) {
      const text = `${last.text} ${segment.text.replaceAll('\n', ' ')}`;
      const best = Math.max(last.score, score);
      hits[hits.length - 1] = { ...last, endSeconds: segment.endSeconds, text, score: best };
    } else {
      const { startSeconds, endSeconds, speaker } = segment;
      const text = segment.text.replaceAll('\n', ' ');
      hits.push({
        uri: transcript.uri,
        startSeconds,
        endSeconds,
        text,
        ...(speaker === undefined ? {} : { speaker }),
        score,
      });
    }
    lastIndex = index;
  }
  return hits;
}

import { speakingWeight } from './speakingWeight.js';

/** A piece of a text that is short enough for a cue. */
export interface TextUnit {
  readonly text: string;
  /** How long it takes to say; see `speakingWeight`. At least 1. */
  readonly weight: number;
  /** How likely a pause follows: after a sentence, after a clause, or in the middle of one. */
  readonly ending: 'sentence' | 'clause' | 'word';
}

/** Two lines of a subtitle, about six seconds. */
const longestUnitWeight = 70;
/** What is shorter is no sentence that anybody looks for by itself. */
const shortestUnitWeight = 6;

/** A full stop behind these does not end a sentence. */
const abbreviation =
  /(?:^|[\s("'“‘])(?:\p{Lu}|Mr|Mrs|Ms|Dr|Prof|St|Sr|Jr|vs|No|Nr|Abb|Art|bzw|ca|usw|u\.\s?a|z\.\s?B|d\.\s?h|M|Mme|Mlle|Sra|Sig|e\.g|i\.e|approx|Fig)\.$/u;
const clauseEnd = /[,;:—–、，；：،]["'”’)\]»]*$/;

/** As a share of the text, how far off the best place a comma may be, and how much of that it makes good. */
const clauseReach = 0.3;
const clauseWorth = 0.25;

const segmenters = new Map<string, Intl.Segmenter>();

function segmenter(language: string | undefined, granularity: 'sentence' | 'word'): Intl.Segmenter {
  const key = `${granularity} ${language ?? ''}`;
  const made = segmenters.get(key) ?? make(language, granularity);
  segmenters.set(key, made);
  return made;
}

function make(language: string | undefined, granularity: 'sentence' | 'word'): Intl.Segmenter {
  try {
    return new Intl.Segmenter(language, { granularity });
  } catch {
    // What a model calls a language need not be one.
    return new Intl.Segmenter(undefined, { granularity });
  }
}

function sentencesOf(paragraph: string, language: string | undefined): readonly string[] {
  const sentences: string[] = [];
  let open = '';
  for (const { segment } of segmenter(language, 'sentence').segment(paragraph)) {
    open += segment;
    if (abbreviation.test(open.trimEnd())) continue;
    sentences.push(open);
    open = '';
  }
  return [...sentences, open].map((sentence) => sentence.trim()).filter((sentence) => sentence !== '');
}

interface WordBreak {
  readonly at: number;
  /** Of all that stands before it. */
  readonly weight: number;
  readonly isClauseEnd: boolean;
}

/** Places between two words; none inside of one. */
function breaksOf(text: string, language: string | undefined): readonly WordBreak[] {
  const breaks: WordBreak[] = [];
  let weight = 0;
  let isAfterWord = false;
  /** As much of what stands before as can matter. */
  let before = '';
  for (const { segment, index, isWordLike = false } of segmenter(language, 'word').segment(text)) {
    // Punctuation stays with the word before it, and so does what is joined by an apostrophe or a hyphen.
    if (isWordLike && isAfterWord && !/[\p{L}\p{N}]['’\-‐]$/u.test(before)) {
      breaks.push({ at: index, weight, isClauseEnd: clauseEnd.test(before.trimEnd()) });
    }
    isAfterWord ||= isWordLike;
    weight += speakingWeight(segment);
    before = (before + segment).slice(-4);
  }
  return breaks;
}

/**
 * Splits a text in two between words, near a share of its weight; undefined for a single word.
 * @param wantsClause Rather behind a comma, where one is not too far.
 */
export function splitNear(
  text: string,
  share: number,
  language: string | undefined,
  wantsClause: boolean,
): readonly [string, string] | undefined {
  const total = Math.max(1, speakingWeight(text));
  let best: { readonly at: number; readonly cost: number } | undefined;
  for (const { at, weight, isClauseEnd } of breaksOf(text, language)) {
    const off = Math.abs(weight / total - share);
    const cost = off - (wantsClause && isClauseEnd && off < clauseReach ? clauseWorth : 0);
    if (best === undefined || cost < best.cost) best = { at, cost };
  }
  return best === undefined ? undefined : [text.slice(0, best.at).trim(), text.slice(best.at).trim()];
}

function unitsOf(text: string, language: string | undefined, ending: TextUnit['ending']): readonly TextUnit[] {
  const weight = Math.max(1, speakingWeight(text));
  const halves = weight > longestUnitWeight ? splitNear(text, 0.5, language, true) : undefined;
  if (halves === undefined) return [{ text, weight, ending }];
  const [first, second] = halves;
  return [...unitsOf(first, language, clauseEnd.test(first) ? 'clause' : 'word'), ...unitsOf(second, language, ending)];
}

/**
 * Splits a text into sentences, and long sentences between clauses or words. Nothing is lost but white space.
 * @param language BCP 47, for languages that need their own rules; absent: by the script.
 */
export function splitText(text: string, language?: string): readonly TextUnit[] {
  const units = text
    .split(/\n+/)
    .flatMap((paragraph) => sentencesOf(paragraph.replaceAll(/\s+/g, ' '), language))
    .flatMap((sentence) => unitsOf(sentence, language, 'sentence'));
  const joined: TextUnit[] = [];
  for (const unit of units) {
    const last = joined.at(-1);
    const isShort = last !== undefined && Math.min(last.weight, unit.weight) < shortestUnitWeight;
    if (last === undefined || !isShort || last.weight + unit.weight > longestUnitWeight) joined.push(unit);
    else {
      const gap = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Thai}/u.test(unit.text[0] ?? '')
        ? ''
        : ' ';
      joined.splice(-1, 1, {
        text: last.text + gap + unit.text,
        weight: last.weight + unit.weight,
        ending: unit.ending,
      });
    }
  }
  return joined;
}

import type { Segment } from '../transcript.js';
import { align, type Step } from './align.js';
import { alignedLines, type AlignedLine } from './alignedLines.js';
import { pairByTime } from './pairByTime.js';
import { spokenWords, type SpokenWord } from './spokenWords.js';

/** What it takes to make the reference of the other. */
export interface Errors {
  /** In the reference. */
  readonly total: number;
  readonly substitutions: number;
  readonly deletions: number;
  readonly insertions: number;
}

/** How often something differs in the same way. */
export interface Difference {
  readonly count: number;
  /** Absent: inserted. */
  readonly reference?: string;
  /** Absent: deleted. */
  readonly other?: string;
}

export interface Comparison {
  readonly words: Errors;
  readonly characters: Errors;
  /** The most frequent first. */
  readonly differences: readonly Difference[];
  readonly lines: readonly AlignedLine[];
}

/** Errors in proportion to the reference, above 1 when there are more of them; undefined when nothing is in the reference. */
export function errorRate({ total, substitutions, deletions, insertions }: Errors): number | undefined {
  return total === 0 ? undefined : (substitutions + deletions + insertions) / total;
}

/** The same number for the same text. */
function numbered(): (texts: readonly string[]) => Int32Array {
  const numbers = new Map<string, number>();
  return (texts) =>
    Int32Array.from(texts, (text) => {
      const number = numbers.get(text) ?? numbers.size;
      numbers.set(text, number);
      return number;
    });
}

function countErrors(steps: readonly Step[], total: number, isSame: (step: Step) => boolean): Errors {
  let [substitutions, deletions, insertions] = [0, 0, 0];
  for (const step of steps) {
    if (step.right < 0) deletions++;
    else if (step.left < 0) insertions++;
    else if (!isSame(step)) substitutions++;
  }
  return { total, substitutions, deletions, insertions };
}

/** Characters are compared in what lies between two words that are the same. */
function* compareCharacters(
  steps: readonly Step[],
  reference: readonly SpokenWord[],
  other: readonly SpokenWord[],
  isSame: (step: Step) => boolean,
): Generator<undefined, Errors> {
  const toNumbers = numbered();
  let [substitutions, deletions, insertions] = [0, 0, 0];
  let [left, right]: [string[], string[]] = [[], []];
  for (const step of [...steps, undefined]) {
    if (step !== undefined && !isSame(step)) {
      left.push(...Array.from(reference[step.left]?.text ?? ''));
      right.push(...Array.from(other[step.right]?.text ?? ''));
      continue;
    }
    if (left.length === 0 && right.length === 0) continue;
    const [before, after] = [left, right];
    const errors = countErrors(
      yield* align(toNumbers(before), toNumbers(after)),
      0,
      (one) => before[one.left] === after[one.right],
    );
    substitutions += errors.substitutions;
    deletions += errors.deletions;
    insertions += errors.insertions;
    [left, right] = [[], []];
    yield;
  }
  const total = reference.reduce((sum, { text }) => sum + Array.from(text).length, 0);
  return { total, substitutions, deletions, insertions };
}

function frequentDifferences(
  steps: readonly Step[],
  reference: readonly SpokenWord[],
  other: readonly SpokenWord[],
  isSame: (step: Step) => boolean,
): readonly Difference[] {
  const found = new Map<string, Difference>();
  for (const step of steps) {
    if (isSame(step)) continue;
    const pair = {
      ...(reference[step.left] === undefined ? {} : { reference: reference[step.left]?.text ?? '' }),
      ...(other[step.right] === undefined ? {} : { other: other[step.right]?.text ?? '' }),
    };
    const key = `${pair.reference ?? ''}\n${pair.other ?? ''}`;
    found.set(key, { ...pair, count: (found.get(key)?.count ?? 0) + 1 });
  }
  // Sorting is stable: what differs as often stays in the order of the recording.
  return [...found.values()].sort((one, two) => two.count - one.count);
}

/** Compares a transcript with one that is taken for right. Yields every few milliseconds. */
export function* compareTranscripts(
  referenceSegments: readonly Segment[],
  otherSegments: readonly Segment[],
): Generator<undefined, Comparison> {
  const reference = yield* spokenWords(referenceSegments);
  const other = yield* spokenWords(otherSegments);
  const toNumbers = numbered();
  const fewest = yield* align(toNumbers(reference.map(({ text }) => text)), toNumbers(other.map(({ text }) => text)));
  const isSame = ({ left, right }: Step): boolean =>
    left >= 0 && right >= 0 && reference[left]?.text === other[right]?.text;
  yield;
  const steps = pairByTime(
    fewest,
    isSame,
    (index) => reference[index]?.middleSeconds ?? 0,
    (index) => other[index]?.middleSeconds ?? 0,
  );
  yield;
  yield;
  const words = countErrors(steps, reference.length, isSame);
  const differences = frequentDifferences(steps, reference, other, isSame);
  yield;
  const lines = alignedLines(
    steps,
    { segments: referenceSegments, words: reference },
    { segments: otherSegments, words: other },
  );
  yield;
  return { words, characters: yield* compareCharacters(steps, reference, other, isSame), differences, lines };
}

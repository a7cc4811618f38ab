import type { TimeRange } from '../clip.js';
import { loopsIn } from '../doubts.js';
import type { Cue, CueFile, Span, TextEdit } from '../formats/cueFile.js';
import { lineBreakOf } from '../formats/cueFile.js';
import { formatCueTime } from '../formats/cueTiming.js';
import { formatMoment, readingSpeed } from './describeCue.js';
import { speakerOf } from './turns.js';

/** What can be wrong with a transcript as a document, and how bad it is. */
export const problemSeverities = {
  'no-signature': 'error',
  'malformed-timing': 'error',
  'negative-time': 'error',
  'reversed-times': 'error',
  'out-of-order': 'warning',
  overlap: 'warning',
  'stray-text': 'warning',
  repeats: 'warning',
  'too-fast': 'information',
} as const satisfies Record<string, 'error' | 'warning' | 'information'>;

export type ProblemKind = keyof typeof problemSeverities;

export interface Problem {
  readonly kind: ProblemKind;
  readonly span: Span;
  /** A sentence or two: what is wrong, and what comes of it. */
  readonly message: string;
  /** What to have transcribed once more, where that may help. */
  readonly doubtful?: TimeRange;
  readonly fix?: { readonly title: string; readonly edits: readonly TextEdit[] };
}

/**
 * Subtitles for adults are held to 17 to 20 characters a second (Netflix's and the BBC's guides); quick speech without
 * pauses reaches about as much. What is well above has wrong times, or words that nobody said.
 */
export const maxCharactersPerSecond = 30;
/** A short word may be said in no time. */
const minSpeedCharacters = 15;

function ownProblems(file: CueFile, cue: Cue): Problem[] {
  if (cue.endSeconds < cue.startSeconds) {
    const swapped = [
      { ...cue.startSpan, text: formatCueTime(cue.endSeconds, file.syntax) },
      { ...cue.endSpan, text: formatCueTime(cue.startSeconds, file.syntax) },
    ];
    const message = 'This cue ends before it starts, so that no player shows it.';
    return [{ kind: 'reversed-times', span: cue.timing, message, fix: { title: 'Swap the times', edits: swapped } }];
  }
  if (cue.endSeconds === cue.startSeconds) {
    const message = 'This cue ends as it starts, so that no player shows it.';
    return [{ kind: 'reversed-times', span: cue.timing, message }];
  }
  const speed = readingSpeed(cue) ?? 0;
  if (speed <= maxCharactersPerSecond || cue.text.trim().length < minSpeedCharacters) return [];
  const message = `${Math.round(speed)} characters a second are more than anybody says or reads. The times may be wrong, or the text.`;
  return [{ kind: 'too-fast', span: cue.timing, message, doubtful: rangeOf(cue) }];
}

const rangeOf = ({ startSeconds, endSeconds }: Cue): TimeRange => ({ startSeconds, endSeconds });

/** A recogniser that hangs writes the same again and again. */
function loopProblems({ cues }: CueFile): Problem[] {
  return loopsIn(cues).flatMap(({ startSeconds, endSeconds }): Problem[] => {
    const first = cues.find((cue) => cue.startSeconds === startSeconds);
    if (first === undefined) return [];
    const message = `From here to ${formatMoment(endSeconds)} the same words come again and again: a recogniser that hangs writes so, people hardly speak so.`;
    return [{ kind: 'repeats', span: first.timing, message, doubtful: { startSeconds, endSeconds } }];
  });
}

function neighbourProblems(file: CueFile, previous: Cue, cue: Cue): Problem[] {
  if (cue.startSeconds < previous.startSeconds) {
    const message = `This cue starts before the one above it (${formatMoment(previous.startSeconds)}).`;
    return [{ kind: 'out-of-order', span: cue.timing, message }];
  }
  // Two people who talk at the same time are no mistake.
  const [before, now] = [speakerOf(previous), speakerOf(cue)];
  const areTwo = before !== undefined && now !== undefined && before !== now;
  if (areTwo || cue.startSeconds >= previous.endSeconds || previous.endSeconds <= previous.startSeconds) return [];
  const message = `This cue starts ${Math.round((previous.endSeconds - cue.startSeconds) * 1000) / 1000} seconds before the one above it ends.`;
  const edits = [{ ...previous.endSpan, text: formatCueTime(cue.startSeconds, file.syntax) }];
  const fix = { title: 'End the cue above where this one starts', edits };
  return [{ kind: 'overlap', span: cue.timing, message, ...(cue.startSeconds > previous.startSeconds ? { fix } : {}) }];
}

function brokenProblems(file: CueFile): Problem[] {
  const example = file.syntax === 'vtt' ? '00:01:02.500 --> 00:01:04.000' : '00:01:02,500 --> 00:01:04,000';
  const problems = file.malformed.map(({ timing, isNegative, mended }): Problem => {
    const message = isNegative
      ? 'There is no time before the beginning: players pass over this cue and its text.'
      : `These are no times as players read them, which pass over this cue and its text. They look like ${example}.`;
    const fix = { title: `Write ${mended ?? ''}`, edits: [{ ...timing, text: mended ?? '' }] };
    return {
      kind: isNegative ? 'negative-time' : 'malformed-timing',
      span: timing,
      message,
      ...(mended === undefined || isNegative ? {} : { fix }),
    };
  });
  for (const { kind, span } of file.blocks) {
    if (kind !== 'stray') continue;
    const message = 'This text belongs to no cue, so that players do not show it. An empty line ends a cue.';
    problems.push({ kind: 'stray-text', span, message });
  }
  return problems;
}

function signatureProblem(file: CueFile): Problem[] {
  if (file.hasSignature || file.content.trim() === '') return [];
  const lineBreak = lineBreakOf(file.content);
  const start = file.content.startsWith('\uFEFF') ? 1 : 0;
  const edits = [{ start, end: start, text: `WEBVTT${lineBreak}${lineBreak}` }];
  return [
    {
      kind: 'no-signature',
      span: { start: 0, end: Math.min(file.content.length, 1) },
      message: 'A WebVTT file begins with the line WEBVTT. Without it, players show nothing of it.',
      fix: { title: 'Insert WEBVTT', edits },
    },
  ];
}

/** Everything that is wrong with a file, in the order of the text. */
export function findProblems(file: CueFile): readonly Problem[] {
  const problems = [...signatureProblem(file), ...brokenProblems(file), ...loopProblems(file)];
  file.cues.forEach((cue, index) => {
    const previous = file.cues[index - 1];
    problems.push(...ownProblems(file, cue), ...(previous === undefined ? [] : neighbourProblems(file, previous, cue)));
  });
  return problems.sort((one, other) => one.span.start - other.span.start);
}

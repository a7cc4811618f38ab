import type { TimeRange } from '../clip.js';
import type { Segment } from '../transcript.js';
import { alignToPauses } from './alignToPauses.js';
import { splitNear, splitText, type TextUnit } from './splitText.js';

/** What somebody said, somewhere. */
export interface UntimedText {
  readonly text: string;
  readonly speaker?: string;
}

/** A shorter silence may stand inside of a cue. */
const longestSilenceInCue = 1;
/** A smaller share of a unit than this is not worth a cue of its own. */
const leastShare = 0.15;
/** So many units and pauses are aligned at once: the work grows with the square of them. */
const unitsAtOnce = 60;

interface SpeakingUnit extends TextUnit {
  readonly speaker?: string;
}

/** A clock on which only speech takes time. */
class SpeechClock {
  readonly #spans: readonly TimeRange[];
  readonly #starts: number[] = [];
  readonly seconds: number;

  constructor(spans: readonly TimeRange[]) {
    this.#spans = spans;
    let sum = 0;
    for (const { startSeconds, endSeconds } of spans) {
      this.#starts.push(sum);
      sum += endSeconds - startSeconds;
    }
    this.seconds = sum;
  }

  get pauses(): readonly { readonly atSpeechSeconds: number; readonly seconds: number }[] {
    return this.#spans.slice(1).map(({ startSeconds }, index) => ({
      atSpeechSeconds: this.#starts[index + 1] ?? 0,
      seconds: startSeconds - (this.#spans[index]?.endSeconds ?? startSeconds),
    }));
  }

  /** The runs of speech between two moments of this clock, on the recording's; silences that a cue may hold are in them. */
  runs(from: number, to: number): readonly TimeRange[] {
    const runs: { startSeconds: number; endSeconds: number }[] = [];
    for (const [index, { startSeconds, endSeconds }] of this.#spans.entries()) {
      const offset = startSeconds - (this.#starts[index] ?? 0);
      const run = {
        startSeconds: Math.max(startSeconds, from + offset),
        endSeconds: Math.min(endSeconds, to + offset),
      };
      if (run.endSeconds - run.startSeconds < 1e-6) continue;
      const last = runs.at(-1);
      if (last !== undefined && run.startSeconds - last.endSeconds < longestSilenceInCue)
        last.endSeconds = run.endSeconds;
      else runs.push(run);
    }
    return runs;
  }
}

const lengthOf = ({ startSeconds, endSeconds }: TimeRange): number => endSeconds - startSeconds;

/** A unit over runs of speech with silence between them: split where the silence is, or on the side where most of it is. */
function overRuns(unit: SpeakingUnit, runs: readonly TimeRange[], language: string | undefined): readonly Segment[] {
  const [first, ...others] = runs;
  if (first === undefined) return [];
  const total = runs.reduce((sum, run) => sum + lengthOf(run), 0);
  const share = lengthOf(first) / total;
  if (others.length > 0 && share < leastShare) return overRuns(unit, others, language);
  const halves =
    others.length === 0 || share > 1 - leastShare ? undefined : splitNear(unit.text, share, language, true);
  if (halves === undefined) {
    const run = others.length === 0 || share >= 0.5 ? first : undefined;
    if (run === undefined) return overRuns(unit, others, language);
    return [
      {
        startSeconds: run.startSeconds,
        endSeconds: run.endSeconds,
        text: unit.text,
        ...(unit.speaker === undefined ? {} : { speaker: unit.speaker }),
        hasEstimatedTimes: true,
      },
    ];
  }
  const [left, right] = halves;
  return [
    ...overRuns({ ...unit, text: left }, [first], language),
    ...overRuns({ ...unit, text: right }, others, language),
  ];
}

function spansWithin(speech: readonly TimeRange[], range: TimeRange): readonly TimeRange[] {
  const spans = speech
    .map(({ startSeconds, endSeconds }) => ({
      startSeconds: Math.max(startSeconds, range.startSeconds),
      endSeconds: Math.min(endSeconds, range.endSeconds),
    }))
    .filter((span) => lengthOf(span) > 0);
  return spans.length === 0 ? [range] : spans;
}

/**
 * Gives text without times its likely ones: sentence by sentence over the speech of a range, in proportion to how long each
 * takes to say, ending in pauses where there are any near, and never over silence. All words stay, in their order.
 * @param speech Where in the recording somebody speaks, in order. Empty: not known, and all of the range counts.
 * @param language BCP 47.
 */
export function placeText(
  texts: readonly UntimedText[],
  range: TimeRange,
  speech: readonly TimeRange[],
  language?: string,
): readonly Segment[] {
  const units = texts.flatMap(({ text, speaker }): SpeakingUnit[] =>
    splitText(text, language).map((unit) => ({ ...unit, ...(speaker === undefined ? {} : { speaker }) })),
  );
  const clock = new SpeechClock(spansWithin(speech, range));
  const segments: Segment[] = [];
  let from = 0;
  endsInParts(units, clock).forEach((to, index) => {
    const unit = units[index];
    if (unit !== undefined) segments.push(...overRuns(unit, clock.runs(from, to), language));
    from = to;
  });
  return segments;
}

/** Long texts are aligned part by part; each but the last gives up its second half, which the next part places better. */
function endsInParts(units: readonly SpeakingUnit[], clock: SpeechClock): readonly number[] {
  const ends: number[] = [];
  const { pauses, seconds } = clock;
  while (ends.length < units.length) {
    const done = ends.at(-1) ?? 0;
    const left = units.slice(ends.length);
    const part = left.slice(0, unitsAtOnce);
    const weight = (some: readonly TextUnit[]): number => some.reduce((sum, unit) => sum + unit.weight, 0);
    const isLast = part.length === left.length;
    const until = isLast ? seconds : done + ((seconds - done) * weight(part)) / weight(left);
    const inside = pauses
      .filter(({ atSpeechSeconds }) => atSpeechSeconds > done && atSpeechSeconds < until)
      .map((pause) => ({ ...pause, atSpeechSeconds: pause.atSpeechSeconds - done }));
    const placed = alignToPauses(part, inside, until - done).map((end) => end + done);
    ends.push(...(isLast ? placed : placed.slice(0, Math.ceil(placed.length / 2))));
  }
  return ends;
}

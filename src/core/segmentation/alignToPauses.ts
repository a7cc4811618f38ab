import type { TextUnit } from './splitText.js';

/** A moment on the clock of speech alone, on which silence takes no time. */
export interface Pause {
  readonly atSpeechSeconds: number;
  /** How long the silence is. */
  readonly seconds: number;
}

/** What the end of a unit at a pause is worth, for each second of it. */
const endingWorth = { sentence: 1, clause: 0.5, word: 0 } as const satisfies Record<TextUnit['ending'], number>;
/** A longer pause says no more. */
const mostWorthSeconds = 1;
const pauseWorth = 3;
/** How far the speed of one unit strays from that of all, as a logarithm, for a unit of one second. */
const speedSpread = 0.35;
/** Units between two pauses that are used, at most. */
const longestGroup = 8;
/** Nobody speaks one sentence this much faster or slower than the others. */
const mostStray = 3;

interface Step {
  readonly cost: number;
  readonly unit: number;
  readonly pause: number;
}

/**
 * Where on the clock of speech each unit ends, so that sentences end in pauses and nobody's speed changes much.
 * @param speechSeconds How long there is speech, at most the end of the last unit.
 */
export function alignToPauses(
  units: readonly TextUnit[],
  pauses: readonly Pause[],
  speechSeconds: number,
): readonly number[] {
  const weights = [0];
  for (const { weight } of units) weights.push((weights.at(-1) ?? 0) + weight);
  const secondsPerWeight = speechSeconds / Math.max(1, weights.at(-1) ?? 1);
  const seconds = weights.map((weight) => weight * secondsPerWeight);
  const places = [0, ...pauses.map(({ atSpeechSeconds }) => atSpeechSeconds), speechSeconds];
  const lastUnit = units.length;
  const lastPlace = places.length - 1;
  const best: (Step | undefined)[][] = units.map(() => []);
  best.push([]);
  const first = best[0];
  if (first !== undefined) first[0] = { cost: 0, unit: 0, pause: 0 };

  const costOf = (from: number, to: number, fromPlace: number, toPlace: number): number | undefined => {
    const expected = (seconds[to] ?? 0) - (seconds[from] ?? 0);
    const taken = (places[toPlace] ?? 0) - (places[fromPlace] ?? 0);
    if (taken <= 0 || expected <= 0) return undefined;
    const stray = taken / expected;
    if (stray > mostStray || stray < 1 / mostStray) return undefined;
    const spread = speedSpread / Math.sqrt(Math.max(1, expected));
    const ending = units[to - 1]?.ending ?? 'word';
    const worth = Math.min(mostWorthSeconds, pauses[toPlace - 1]?.seconds ?? 0) * endingWorth[ending] * pauseWorth;
    return (Math.log(stray) / spread) ** 2 / 2 - worth;
  };

  for (let to = 1; to <= lastUnit; to++) {
    const row = best[to] ?? [];
    const [firstPlace, endPlace] = to === lastUnit ? [lastPlace, lastPlace] : [1, lastPlace - 1];
    for (let toPlace = firstPlace; toPlace <= endPlace; toPlace++) {
      for (let from = Math.max(0, to - longestGroup); from < to; from++) {
        const reach = mostStray * ((seconds[to] ?? 0) - (seconds[from] ?? 0));
        for (let fromPlace = toPlace - 1; fromPlace >= 0; fromPlace--) {
          if ((places[toPlace] ?? 0) - (places[fromPlace] ?? 0) > reach) break;
          const step = best[from]?.[fromPlace];
          const cost = step === undefined ? undefined : costOf(from, to, fromPlace, toPlace);
          if (step === undefined || cost === undefined) continue;
          const sum = step.cost + cost;
          if (sum < (row[toPlace]?.cost ?? Infinity)) row[toPlace] = { cost: sum, unit: from, pause: fromPlace };
        }
      }
    }
  }
  return endsOf(best, seconds, places);
}

/** Follows the best way back, and spreads the units of each group evenly. */
function endsOf(
  best: readonly (readonly (Step | undefined)[])[],
  seconds: readonly number[],
  places: readonly number[],
): readonly number[] {
  const ends = seconds.slice(1);
  let unit = best.length - 1;
  let place = places.length - 1;
  while (unit > 0) {
    const step = best[unit]?.[place];
    // No way leads there: all is spread evenly as far as it is not placed.
    const [from, fromPlace] = step === undefined ? [0, 0] : [step.unit, step.pause];
    const start = places[fromPlace] ?? 0;
    const length = (places[place] ?? 0) - start;
    const [first = 0, last = 1] = [seconds[from], seconds[unit]];
    for (let index = from; index < unit; index++) {
      const share = ((seconds[index + 1] ?? 0) - first) / Math.max(1e-9, last - first);
      ends[index] = start + share * length;
    }
    [unit, place] = [from, fromPlace];
  }
  return ends;
}

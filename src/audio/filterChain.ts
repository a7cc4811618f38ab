import { designHalfband } from './halfband.js';
import { designPhases } from './polyphase.js';
import type { PhaseTable, Ratio } from './polyphase.js';

export const lowestSampleRate = 4000;
export const highestSampleRate = 384_000;

/** What comes through unchanged, as a part of the lower of the two rates' bandwidth: 6.8 of 8 kHz, with 7 kHz at -0.3 dB. */
const passbandShare = 0.852;

/** The filters that lead from one rate to another. */
export interface FilterChain {
  /** One set of coefficients for each halving of the rate. */
  readonly halfbands: readonly Float64Array[];
  readonly polyphase?: { readonly ratio: Ratio; readonly table: PhaseTable };
}

let lastDesign: { readonly inputRate: number; readonly outputRate: number; readonly chain: FilterChain } | undefined;

/** Halves the rate while the target's bandwidth fits well inside the half, then goes the rest of the way in one step. */
export function designFilterChain(inputRate: number, outputRate: number): FilterChain {
  // Ten milliseconds and more, and one recording is often opened many times: at every place where a cut may fall.
  if (lastDesign?.inputRate !== inputRate || lastDesign.outputRate !== outputRate) {
    lastDesign = { inputRate, outputRate, chain: design(inputRate, outputRate) };
  }
  return lastDesign.chain;
}

function design(inputRate: number, outputRate: number): FilterChain {
  if (inputRate === outputRate) return { halfbands: [] };
  const halfbands: Float64Array[] = [];
  let rate = inputRate;
  let halvings = 1;
  while (rate >= 2.5 * outputRate) {
    halfbands.push(designHalfband(outputRate / 2 / rate));
    rate /= 2;
    halvings *= 2;
  }
  const bandwidth = Math.min(rate, outputRate) / 2;
  const divisor = greatestCommonDivisor(inputRate, outputRate * halvings);
  const ratio = { numerator: inputRate / divisor, denominator: (outputRate * halvings) / divisor };
  const table = designPhases(ratio, (bandwidth * passbandShare) / rate, bandwidth / rate);
  return { halfbands, polyphase: { ratio, table } };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

import { filterHalfWidth, lowPassResponse } from './filterDesign.js';
import type { FilterStage } from './halfband.js';
import { SampleWindow } from './sampleWindow.js';

/** Rates without a useful common divisor (44,099 Hz) share this many phases: the error is 1/8192 of a sample at most, below -70 dB. */
const phaseLimit = 4096;

export interface Ratio {
  /** Output sample n is centred on input sample n * numerator / denominator. */
  readonly numerator: number;
  readonly denominator: number;
}

/** The coefficients for every phase in one table, one row of `taps` after another. */
export interface PhaseTable {
  readonly rows: Float64Array;
  /** A multiple of 8: two vectors of four. */
  readonly taps: number;
  readonly phases: number;
}

/** Changes the rate by any ratio: one low-pass filter, of which each output needs one phase. */
export function createPolyphase(ratio: Ratio, table: PhaseTable): FilterStage {
  const window = new SampleWindow(table.taps / 2 - 1);
  // Where the next output lies: a whole sample of the window, and `rest` denominators of the way to the next.
  let start = 0;
  let rest = 0;
  let output = new Float64Array(0);
  return {
    push(block) {
      window.append(block);
      const room = Math.ceil(((window.length - start) * ratio.denominator) / ratio.numerator) + 1;
      if (output.length < room) output = new Float64Array(room * 2);
      let count = 0;
      const last = window.length - table.taps - 1;
      while (start <= last) {
        const phase = Math.round((rest * table.phases) / ratio.denominator);
        output[count++] = phaseOutput(window.samples, start, table.rows, phase * table.taps, table.taps);
        rest += ratio.numerator;
        const whole = Math.floor(rest / ratio.denominator);
        start += whole;
        rest -= whole * ratio.denominator;
      }
      const spent = Math.min(start, window.length);
      window.dropFirst(spent);
      start -= spent;
      return output.subarray(0, count);
    },
  };
}

/** @param passband Up to where all comes through; @param stopband from where nothing does; both in cycles per input sample. */
export function designPhases(ratio: Ratio, passband: number, stopband: number): PhaseTable {
  const phases = Math.min(ratio.denominator, phaseLimit);
  const cutoff = (passband + stopband) / 2;
  const halfWidth = filterHalfWidth(stopband - passband);
  const taps = 8 * Math.ceil(halfWidth / 4);
  // One row more than phases: a place rounded up to the next sample.
  const rows = new Float64Array((phases + 1) * taps);
  for (let phase = 0; phase <= phases; phase++) {
    const row = rows.subarray(phase * taps, (phase + 1) * taps);
    const centre = taps / 2 - 1 + phase / phases;
    for (let tap = 0; tap < taps; tap++) row[tap] = lowPassResponse(tap - centre, cutoff, halfWidth);
    // The same level at every phase, or a steady tone would be modulated.
    const sum = row.reduce((total, coefficient) => total + coefficient, 0);
    for (let tap = 0; tap < taps; tap++) row[tap] = (row[tap] ?? 0) / sum;
  }
  return { rows, taps, phases };
}

/** The hot loop: four sums, so that no addition waits for the one before it. The WebAssembly kernel has its twin. */
function phaseOutput(samples: Float64Array, start: number, rows: Float64Array, row: number, taps: number): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let tap = 0, left = start, right = row; tap < taps; tap += 4, left += 4, right += 4) {
    first += (samples[left] ?? 0) * (rows[right] ?? 0);
    second += (samples[left + 1] ?? 0) * (rows[right + 1] ?? 0);
    third += (samples[left + 2] ?? 0) * (rows[right + 2] ?? 0);
    fourth += (samples[left + 3] ?? 0) * (rows[right + 3] ?? 0);
  }
  return first + second + (third + fourth);
}

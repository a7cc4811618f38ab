import { filterHalfWidth, lowPassResponse } from './filterDesign.js';
import { SampleWindow } from './sampleWindow.js';

/** One step of a chain of filters; keeps what it needs between blocks. */
export interface FilterStage {
  /** The result is valid until the next call. */
  push(block: Float32Array | Float64Array): Float64Array;
}

/**
 * The filter that halves the sample rate. Every second coefficient of such a filter is zero and the rest are symmetric, so
 * that a high rate comes down for a quarter of the work that a general filter would take.
 * @param keep The highest frequency that must come through without aliases, in cycles per input sample, below 0.25.
 * @returns The coefficients to one side of the centre, which is one half.
 */
export function designHalfband(keep: number): Float64Array {
  const cutoff = 0.25;
  const pairs = Math.ceil((filterHalfWidth(2 * (cutoff - keep)) + 1) / 2);
  const halfWidth = 2 * pairs;
  const coefficients = Float64Array.from({ length: pairs }, (_, pair) =>
    lowPassResponse(2 * pair + 1, cutoff, halfWidth),
  );
  // The pairs together make the other half, so that the level is exact.
  const scale = 0.25 / coefficients.reduce((sum, coefficient) => sum + coefficient, 0);
  return coefficients.map((coefficient) => coefficient * scale);
}

/** How many samples to either side of an output it depends on. */
export function halfbandReach(coefficients: Float64Array): number {
  return 2 * coefficients.length - 1;
}

export function createHalfband(coefficients: Float64Array): FilterStage {
  const reach = halfbandReach(coefficients);
  const window = new SampleWindow(reach);
  let output = new Float64Array(0);
  return {
    push(block) {
      window.append(block);
      const count = Math.max(0, Math.floor((window.length - 2 * reach + 1) / 2));
      if (output.length < count) output = new Float64Array(count * 2);
      halve(window.samples, coefficients, output, count);
      window.dropFirst(2 * count);
      return output.subarray(0, count);
    },
  };
}

// `?? 0` is there for the compiler alone: every index is in bounds, and V8 removes it (measured).
function halve(samples: Float64Array, coefficients: Float64Array, output: Float64Array, count: number): void {
  const pairs = coefficients.length;
  for (let index = 0, centre = 2 * pairs - 1; index < count; index++, centre += 2) {
    let sum = 0.5 * (samples[centre] ?? 0);
    for (let pair = 0, left = centre - 1, right = centre + 1; pair < pairs; pair++, left -= 2, right += 2) {
      sum += (coefficients[pair] ?? 0) * ((samples[left] ?? 0) + (samples[right] ?? 0));
    }
    output[index] = sum;
  }
}

import { createHalfband } from './halfband.js';
import type { FilterStage } from './halfband.js';
import { createPolyphase } from './polyphase.js';
import { speechSampleRate } from './speechFormat.js';

export const lowestSampleRate = 4000;
export const highestSampleRate = 384_000;

/** What comes through unchanged, as a part of the lower of the two rates' bandwidth: 7 of 8 kHz. */
const passbandShare = 0.875;

/**
 * Changes the sample rate of a mono stream without delay: sample n of the output is the sound at n / outputRate.
 * The result does not depend on how the stream is cut into blocks.
 */
export interface Resampler {
  /** Valid until the next call. */
  push(block: Float32Array): Float32Array | Float64Array;
  /** The rest, once the stream has ended. */
  flush(): Float32Array | Float64Array;
}

export function createResampler(inputRate: number, outputRate: number = speechSampleRate): Resampler {
  if (inputRate === outputRate) return { push: (block) => block, flush: () => new Float32Array(0) };
  const stages = designStages(inputRate, outputRate);
  let pushed = 0;
  let produced = 0;
  const run = (block: Float32Array): Float64Array => {
    let samples: Float32Array | Float64Array = block;
    for (const stage of stages) samples = stage.push(samples);
    produced += samples.length;
    return samples as Float64Array;
  };
  return {
    push(block) {
      pushed += block.length;
      return run(block);
    },
    flush() {
      const missing = Math.ceil((pushed * outputRate) / inputRate) - produced;
      const tail = new Float64Array(missing);
      const silence = new Float32Array(1024);
      for (let length = 0; length < missing;) {
        const samples = run(silence);
        tail.set(samples.subarray(0, missing - length), length);
        length += samples.length;
      }
      return tail;
    },
  };
}

/** Halves the rate while the target's bandwidth fits well inside the half, then goes the rest of the way in one step. */
function designStages(inputRate: number, outputRate: number): FilterStage[] {
  const stages: FilterStage[] = [];
  let rate = inputRate;
  let halvings = 1;
  while (rate >= 2.5 * outputRate) {
    stages.push(createHalfband(outputRate / 2 / rate));
    rate /= 2;
    halvings *= 2;
  }
  const bandwidth = Math.min(rate, outputRate) / 2;
  const divisor = greatestCommonDivisor(inputRate, outputRate * halvings);
  const ratio = { numerator: inputRate / divisor, denominator: (outputRate * halvings) / divisor };
  stages.push(createPolyphase(ratio, (bandwidth * passbandShare) / rate, bandwidth / rate));
  return stages;
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

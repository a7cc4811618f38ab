import { loadResampleKernel } from './kernels/resampleKernel.js';
import type { ResampleKernel } from './kernels/resampleKernel.js';

const blockLength = 8192;
const inputPlace = 1024;
const outputPlace = inputPlace + blockLength * 4 + 64;
/** Below this the way to the kernel costs more than it saves. */
const fewestForKernel = 128;

interface Rounder {
  readonly kernel: ResampleKernel;
  readonly input: Float32Array;
  readonly output: Int16Array;
}

let rounder: Rounder | undefined;
let isTried = false;

/**
 * To the nearest step of 16 bits, halves upwards; what is too loud is clipped, never wrapped round to the other sign.
 * @param from @param to Of the samples, half-open.
 * @param offset In the target.
 */
export function roundToPcm16(
  samples: Float32Array | Float64Array,
  from: number,
  to: number,
  target: Int16Array,
  offset: number,
): void {
  const shared = to - from >= fewestForKernel && samples instanceof Float32Array ? sharedRounder() : undefined;
  if (shared === undefined) {
    roundByScript(samples, from, to, target, offset);
    return;
  }
  const { kernel, input, output } = shared;
  for (let start = from; start < to; start += blockLength) {
    const end = Math.min(to, start + blockLength);
    input.set(samples.subarray(start, end));
    kernel.toS16(inputPlace, end - start, outputPlace);
    target.set(output.subarray(0, end - start), offset + start - from);
  }
}

/** Rounds in single precision, as the kernel does, so that it does not show which of the two worked. */
export function roundByScript(
  samples: Float32Array | Float64Array,
  from: number,
  to: number,
  target: Int16Array,
  offset: number,
): void {
  for (let index = from, out = offset; index < to; index++, out++) {
    const value = Math.floor(Math.fround((samples[index] ?? 0) * 32_768 + 0.5));
    target[out] = value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
  }
}

/** One for all: nothing is left in it between two calls. */
function sharedRounder(): Rounder | undefined {
  if (isTried) return rounder;
  isTried = true;
  const loaded = loadResampleKernel(outputPlace + blockLength * 2 + 64);
  if (loaded === undefined) return undefined;
  rounder = {
    kernel: loaded.kernel,
    input: new Float32Array(loaded.buffer, inputPlace, blockLength),
    output: new Int16Array(loaded.buffer, outputPlace, blockLength),
  };
  return rounder;
}

import { loadAacKernel } from '../kernels/aacKernel.js';

const tapCount = 14;
/** Four packets in one, as ADTS may have them, at half the rate. */
const longestBlock = 2048;
/** Whole samples by which the sound comes later, beside the quarter. */
export const quarterDelaySampleCount = 6;

/** A sinc of a quarter of a sample beside the middle, under a Kaiser window: flat within 0.05 dB up to 7 kHz of 22.05. */
const taps = Float64Array.from({ length: tapCount }, (_, index) => {
  const time = index - quarterDelaySampleCount - 0.25;
  const edge = time / (tapCount / 2);
  const sinc = Math.sin(Math.PI * time) / (Math.PI * time);
  return edge * edge >= 1 ? 0 : sinc * (bessel(5 * Math.sqrt(1 - edge * edge)) / bessel(5));
});

function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let index = 1; index < 30; index++) {
    term *= (x / (2 * index)) ** 2;
    sum += term;
  }
  return sum;
}

/** The same by the kernel. Undefined where there is no WebAssembly with SIMD. */
function createKernelDelay(scaledTaps: readonly number[]): ((samples: Float32Array) => Float32Array) | undefined {
  const history = tapCount - 1;
  // Loops run over in whole vectors.
  const room = longestBlock + 2 * tapCount;
  const loaded = loadAacKernel(4 * (tapCount + 2 * room));
  if (loaded === undefined) return undefined;
  const { kernel, buffer } = loaded;
  new Float32Array(buffer, 0, tapCount).set(scaledTaps);
  const line = new Float32Array(buffer, 4 * tapCount, room);
  const output = new Float32Array(buffer, 4 * (tapCount + room), room);
  return (samples) => {
    const count = samples.length;
    line.set(samples, history);
    kernel.filter(line.byteOffset, 0, tapCount, count, output.byteOffset);
    line.copyWithin(0, count, count + history);
    return output.subarray(0, count);
  };
}

/** Delays one channel by six samples and a quarter. What it returns is valid until the next call. */
export function createQuarterDelay(): (samples: Float32Array) => Float32Array {
  const history = tapCount - 1;
  const scale = 1 / taps.reduce((sum, tap) => sum + tap, 0);
  const [
    t0 = 0,
    t1 = 0,
    t2 = 0,
    t3 = 0,
    t4 = 0,
    t5 = 0,
    t6 = 0,
    t7 = 0,
    t8 = 0,
    t9 = 0,
    t10 = 0,
    t11 = 0,
    t12 = 0,
    t13 = 0,
  ] = taps.map((tap) => tap * scale);
  const fast = createKernelDelay(Array.from(taps, (tap) => tap * scale));
  let line = new Float64Array(history);
  let output = new Float32Array(0);
  return (samples) => {
    const count = samples.length;
    if (fast !== undefined && count <= longestBlock) return fast(samples);
    if (line.length < history + count) {
      const longer = new Float64Array(history + count);
      longer.set(line.subarray(0, history));
      line = longer;
      output = new Float32Array(count);
    }
    const x = line;
    x.set(samples, history);
    // Written out, since this runs for every sample of every AAC file: a loop over the taps takes twice as long.
    for (let n = 0; n < count; n++) {
      output[n] =
        (x[n + 13] ?? 0) * t0 +
        (x[n + 12] ?? 0) * t1 +
        (x[n + 11] ?? 0) * t2 +
        (x[n + 10] ?? 0) * t3 +
        (x[n + 9] ?? 0) * t4 +
        (x[n + 8] ?? 0) * t5 +
        (x[n + 7] ?? 0) * t6 +
        (x[n + 6] ?? 0) * t7 +
        (x[n + 5] ?? 0) * t8 +
        (x[n + 4] ?? 0) * t9 +
        (x[n + 3] ?? 0) * t10 +
        (x[n + 2] ?? 0) * t11 +
        (x[n + 1] ?? 0) * t12 +
        (x[n] ?? 0) * t13;
    }
    x.copyWithin(0, count, count + history);
    return output.subarray(0, count);
  };
}

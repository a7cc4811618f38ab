import { quarterDelayTaps } from '../codecs/quarterDelayTaps.js';
import { loadAacKernel } from '../kernels/aacKernel.js';

const tapCount = quarterDelayTaps.length;
/** Four packets in one, as ADTS may have them, at half the rate. */
const longestBlock = 2048;

/** The same by the kernel. Undefined where there is no WebAssembly with SIMD. */
function createKernelDelay(): ((samples: Float32Array) => Float32Array) | undefined {
  const history = tapCount - 1;
  // Loops run over in whole vectors.
  const room = longestBlock + 2 * tapCount;
  const loaded = loadAacKernel(4 * (tapCount + 2 * room));
  if (loaded === undefined) return undefined;
  const { kernel, buffer } = loaded;
  new Float32Array(buffer, 0, tapCount).set(quarterDelayTaps);
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
  ] = quarterDelayTaps;
  const fast = createKernelDelay();
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

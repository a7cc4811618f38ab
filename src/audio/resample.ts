import { createMonoConverter } from './monoConverter.js';
import { speechSampleRate } from './speechFormat.js';

export { highestSampleRate, lowestSampleRate } from './filterChain.js';

/** Changes the sample rate of a mono stream: see MonoConverter for what holds of the result. */
export interface Resampler {
  /** Valid until the next call. */
  push(block: Float32Array): Float32Array;
  /** The rest, once the stream has ended. */
  flush(): Float32Array;
}

export function createResampler(inputRate: number, outputRate: number = speechSampleRate): Resampler {
  if (inputRate === outputRate) return { push: (block) => block, flush: () => new Float32Array(0) };
  const converter = createMonoConverter({ inputRate, outputRate, channels: 1, pick: 'mean' });
  return { push: (block) => converter.pushPlanes([block]), flush: () => converter.flush() };
}

/** Sounds whose every property is known. */

export function tone(frequency: number, sampleRate: number, seconds: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: Math.round(sampleRate * seconds) },
    (_, index) => amplitude * Math.sin((2 * Math.PI * frequency * index) / sampleRate),
  );
}

/** Deterministic noise between -amplitude and amplitude. */
export function noise(sampleCount: number, amplitude = 0.5, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: sampleCount }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return amplitude * (state / 0x8000_0000 - 1);
  });
}

/** Root mean square without the first and last tenth, where a filter meets the silence around the sound. */
export function level(samples: ArrayLike<number>): number {
  const from = Math.floor(samples.length / 10);
  let energy = 0;
  for (let index = from; index < samples.length - from; index++) energy += (samples[index] ?? 0) ** 2;
  return Math.sqrt(energy / (samples.length - 2 * from));
}

export function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}

export function concat(blocks: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(blocks.reduce((length, block) => length + block.length, 0));
  let length = 0;
  for (const block of blocks) {
    all.set(block, length);
    length += block.length;
  }
  return all;
}

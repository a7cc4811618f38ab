/** The noise of perceptual noise substitution: the standard asks for random numbers, not for particular ones (4.6.13). */
export interface NoiseSource {
  state: number;
}

export function createNoiseSource(): NoiseSource {
  return { state: 1 };
}

/** Fills a band with noise of a given norm (square root of its energy). */
export function fillWithNoise(
  noise: NoiseSource,
  spectrum: Float64Array,
  start: number,
  end: number,
  norm: number,
): void {
  let { state } = noise;
  let energy = 0;
  for (let line = start; line < end; line++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    spectrum[line] = state;
    energy += state * state;
  }
  noise.state = state;
  const scale = norm / Math.sqrt(energy);
  for (let line = start; line < end; line++) spectrum[line] = (spectrum[line] ?? 0) * scale;
}

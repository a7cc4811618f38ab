/** At the very end of the scale, as 16 bits have it. */
const fullScale = 32_766.5 / 32_768;
/** One sample may touch the end of the scale by right; a flat top may not. */
const shortestRun = 3;

/**
 * Finds the largest sample, and counts those that were too loud for the recorder: flat tops at the end of the scale, in
 * any channel.
 */
export class ClippingCounter {
  readonly #runs: number[];
  #count = 0;
  #peak = 0;

  constructor(channelCount: number) {
    this.#runs = Array.from({ length: channelCount }, () => 0);
  }

  /** At the sound's own rate: resampling rounds flat tops off. */
  push(planes: readonly Float32Array[]): void {
    planes.forEach((plane, channel) => {
      this.#runs[channel] = this.#countIn(plane, this.#runs[channel] ?? 0);
    });
  }

  #countIn(plane: Float32Array, runBefore: number): number {
    let run = runBefore;
    let peak = this.#peak;
    for (let index = 0, end = plane.length; index < end; index++) {
      const sample = Math.abs(plane[index] ?? 0);
      if (sample > peak) peak = sample;
      if (sample < fullScale) {
        run = 0;
        continue;
      }
      run++;
      if (run >= shortestRun) this.#count += run === shortestRun ? shortestRun : 1;
    }
    this.#peak = peak;
    return run;
  }

  /** The largest sample without its sign; 1 is full scale, which floating point may exceed. */
  get samplePeak(): number {
    return this.#peak;
  }

  get clippedSampleCount(): number {
    return this.#count;
  }
}

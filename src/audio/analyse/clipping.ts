/** At the very end of the scale, as 16 bits have it. */
const fullScale = 32_766.5 / 32_768;
/** One sample may touch the end of the scale by right; a flat top may not. */
const shortestRun = 3;

/** Counts the samples that were too loud for the recorder: flat tops at the end of the scale, in any channel. */
export class ClippingCounter {
  readonly #runs: number[];
  #count = 0;

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
    for (let index = 0, end = plane.length; index < end; index++) {
      const sample = plane[index] ?? 0;
      if (sample < fullScale && sample > -fullScale) {
        run = 0;
        continue;
      }
      run++;
      if (run >= shortestRun) this.#count += run === shortestRun ? shortestRun : 1;
    }
    return run;
  }

  get clippedSampleCount(): number {
    return this.#count;
  }
}

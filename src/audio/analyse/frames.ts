import { speechSampleRate } from '../speechFormat.js';

/** What everything here looks at: 10 ms of 16 kHz mono. */
export const frameSampleCount = speechSampleRate / 100;
export const framesPerSecond = 100;

/** One frame in numbers. */
export interface Frame {
  minimum: number;
  maximum: number;
  /** Mean of the squares. */
  power: number;
  /** The same of the sound without its lowest part, where hum and rumble are: of each sample less most of the one before. */
  brightPower: number;
  /** How often the sign changes, of 160 times possible. */
  zeroCrossings: number;
}

const emphasis = 0.95;

/** Cuts 16 kHz mono into frames, whatever the blocks it comes in. */
export class FrameMeter {
  readonly #onFrame: (frame: Frame) => void;
  readonly #frame: Frame = { minimum: 0, maximum: 0, power: 0, brightPower: 0, zeroCrossings: 0 };
  #previous = 0;
  #length = 0;
  #minimum = 0;
  #maximum = 0;
  #energy = 0;
  #brightEnergy = 0;
  #crossings = 0;

  /** @param onFrame Given the same object each time. */
  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  push(block: Float32Array): void {
    for (let start = 0; start < block.length;) {
      const end = Math.min(block.length, start + frameSampleCount - this.#length);
      this.#measure(block, start, end);
      this.#length += end - start;
      start = end;
      if (this.#length === frameSampleCount) this.#finishFrame();
    }
  }

  /** Counts what is left as a frame. */
  flush(): void {
    if (this.#length > 0) this.#finishFrame();
  }

  #measure(block: Float32Array, start: number, end: number): void {
    let previous = this.#previous;
    // Zero when a frame begins, so that a frame's extremes always enclose silence: what a wave form is drawn around.
    let minimum = this.#minimum;
    let maximum = this.#maximum;
    let energy = this.#energy;
    let brightEnergy = this.#brightEnergy;
    let crossings = this.#crossings;
    for (let index = start; index < end; index++) {
      const sample = block[index] ?? 0;
      const bright = sample - emphasis * previous;
      if (sample < minimum) minimum = sample;
      if (sample > maximum) maximum = sample;
      energy += sample * sample;
      brightEnergy += bright * bright;
      if (sample < 0 !== previous < 0) crossings++;
      previous = sample;
    }
    this.#previous = previous;
    this.#minimum = minimum;
    this.#maximum = maximum;
    this.#energy = energy;
    this.#brightEnergy = brightEnergy;
    this.#crossings = crossings;
  }

  #finishFrame(): void {
    const frame = this.#frame;
    frame.minimum = this.#minimum;
    frame.maximum = this.#maximum;
    frame.power = this.#energy / this.#length;
    frame.brightPower = this.#brightEnergy / this.#length;
    frame.zeroCrossings = (this.#crossings * frameSampleCount) / this.#length;
    this.#onFrame(frame);
    this.#length = this.#minimum = this.#maximum = this.#energy = this.#brightEnergy = this.#crossings = 0;
  }
}

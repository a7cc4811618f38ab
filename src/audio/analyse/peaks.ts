import type { Frame } from './frames.js';
import { framesPerSecond } from './frames.js';

/** A wave form at one zoom, to be drawn without the sound itself. Values of 32768 are full scale. */
export interface PeakLevel {
  readonly secondsPerBin: number;
  readonly minimum: Int16Array;
  readonly maximum: Int16Array;
  /** Root mean square. */
  readonly rms: Uint16Array;
}

/** Each zoom shows ten times as much as the one before. */
const zoomFactor = 10;
const zoomCount = 4;

/** Collects the wave form: 6 bytes for 10 ms, or 2 MB an hour. */
export class PeakCollector {
  #minimum = new Int16Array(6000);
  #maximum = new Int16Array(6000);
  #rms = new Uint16Array(6000);
  #length = 0;

  add({ minimum, maximum, power }: Frame): void {
    const index = this.#length++;
    if (index === this.#minimum.length) this.#grow();
    this.#minimum[index] = Math.max(-32_768, Math.round(minimum * 32_768));
    this.#maximum[index] = Math.min(32_767, Math.round(maximum * 32_768));
    this.#rms[index] = Math.min(65_535, Math.round(Math.sqrt(power) * 32_768));
  }

  /** Bins of 10 ms, 100 ms, 1 s and 10 s. */
  finish(): readonly PeakLevel[] {
    const levels: PeakLevel[] = [
      {
        secondsPerBin: 1 / framesPerSecond,
        minimum: this.#minimum.slice(0, this.#length),
        maximum: this.#maximum.slice(0, this.#length),
        rms: this.#rms.slice(0, this.#length),
      },
    ];
    for (let level = levels[0]; level !== undefined && levels.length < zoomCount; level = levels.at(-1)) {
      levels.push(coarser(level));
    }
    return levels;
  }

  #grow(): void {
    const larger = <Values extends Int16Array | Uint16Array>(grown: Values, values: Values): Values => {
      grown.set(values);
      return grown;
    };
    const length = this.#minimum.length * 2;
    this.#minimum = larger(new Int16Array(length), this.#minimum);
    this.#maximum = larger(new Int16Array(length), this.#maximum);
    this.#rms = larger(new Uint16Array(length), this.#rms);
  }
}

function coarser(level: PeakLevel): PeakLevel {
  const length = Math.ceil(level.rms.length / zoomFactor);
  const minimum = new Int16Array(length);
  const maximum = new Int16Array(length);
  const rms = new Uint16Array(length);
  for (let bin = 0; bin < length; bin++) {
    const from = bin * zoomFactor;
    const to = Math.min(level.rms.length, from + zoomFactor);
    let energy = 0;
    for (let index = from; index < to; index++) {
      minimum[bin] = Math.min(minimum[bin] ?? 0, level.minimum[index] ?? 0);
      maximum[bin] = Math.max(maximum[bin] ?? 0, level.maximum[index] ?? 0);
      energy += (level.rms[index] ?? 0) ** 2;
    }
    rms[bin] = Math.round(Math.sqrt(energy / (to - from)));
  }
  // Seconds by division, since 0.01 has no exact form and ten of it would not make 0.1.
  return { secondsPerBin: 1 / (1 / level.secondsPerBin / zoomFactor), minimum, maximum, rms };
}

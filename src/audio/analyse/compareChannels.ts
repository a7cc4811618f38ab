/** Long enough to hold a period of any voice, short enough that mostly one person speaks in it. */
const frameSeconds = 0.05;
/** dB relative to full scale. What is quieter on both sides is nobody's speech. */
const quietestDecibels = -50;
/** Who speaks is so much louder on the own side: what leaks through a telephone is quieter than that. */
const dominantDecibels = 12;
/** The rest of the time both speak, or there is noise on the line. */
const leastDominatedShare = 0.7;
/** A person who listens most of the time says yes now and then. */
const leastShareOfSide = 0.05;
const leastSecondsOfSide = 0.5;
/** One microphone, or two that stand in one room, give what is alike. */
const mostCorrelationOfTwo = 0.5;
const leastCorrelationOfSame = 0.98;

/** `same`: one sound in both channels. `apart`: in each somebody else. `unclear`: anything else, such as stereo of one room. */
export type ChannelRelation = 'same' | 'apart' | 'unclear';

/** Tells from some stretches of a recording what its two channels have to do with each other. */
export class ChannelComparison {
  readonly #frameLength: number;
  readonly #dominated: [number, number] = [0, 0];
  #activeCount = 0;
  #crossPower = 0;
  #power: [number, number] = [0, 0];

  /** @param sampleRate In Hz. */
  constructor(sampleRate: number) {
    this.#frameLength = Math.max(1, Math.round(frameSeconds * sampleRate));
  }

  /** @param samples Left and right in turns, 16 bits each; stretches may be added one by one. */
  add(samples: Int16Array): void {
    const step = 2 * this.#frameLength;
    for (let start = 0; start + step <= samples.length; start += step) {
      this.#addFrame(samples.subarray(start, start + step));
    }
  }

  get relation(): ChannelRelation {
    if (this.#activeCount === 0) return 'unclear';
    const [left, right] = this.#power;
    const correlation = left === 0 || right === 0 ? 0 : Math.abs(this.#crossPower) / Math.sqrt(left * right);
    if (correlation >= leastCorrelationOfSame) return 'same';
    const [ofLeft, ofRight] = this.#dominated;
    const least = Math.max(leastShareOfSide * this.#activeCount, leastSecondsOfSide / frameSeconds);
    const isApart =
      correlation <= mostCorrelationOfTwo &&
      Math.min(ofLeft, ofRight) >= least &&
      ofLeft + ofRight >= leastDominatedShare * this.#activeCount;
    return isApart ? 'apart' : 'unclear';
  }

  #addFrame(frame: Int16Array): void {
    const count = frame.length / 2;
    const sums = { left: 0, right: 0, leftLeft: 0, rightRight: 0, leftRight: 0 };
    for (let index = 0; index < frame.length; index += 2) {
      const left = (frame[index] ?? 0) / 32768;
      const right = (frame[index + 1] ?? 0) / 32768;
      sums.left += left;
      sums.right += right;
      sums.leftLeft += left * left;
      sums.rightRight += right * right;
      sums.leftRight += left * right;
    }
    // Without what is constant: that is no sound.
    const left = sums.leftLeft / count - (sums.left / count) ** 2;
    const right = sums.rightRight / count - (sums.right / count) ** 2;
    const leftDecibels = decibels(left);
    const rightDecibels = decibels(right);
    if (Math.max(leftDecibels, rightDecibels) < quietestDecibels) return;
    this.#activeCount += 1;
    this.#power[0] += left;
    this.#power[1] += right;
    this.#crossPower += sums.leftRight / count - (sums.left * sums.right) / count ** 2;
    if (leftDecibels - rightDecibels >= dominantDecibels) this.#dominated[0] += 1;
    if (rightDecibels - leftDecibels >= dominantDecibels) this.#dominated[1] += 1;
  }
}

function decibels(power: number): number {
  return 10 * Math.log10(power + 1e-12);
}

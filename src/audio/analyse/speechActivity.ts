import type { Frame } from './frames.js';
import { framesPerSecond } from './frames.js';

/** Frames are judged this many at a time, so that the beginning of a recording too is judged by what comes after it. */
const batchFrameCount = 100;
/** The quietest moment of so long a time is the noise floor: longer than anyone speaks without a gap between two words. */
const defaultFloorSeconds = 8;
const smoothingFrameCount = 3;
/** Never speech, however quiet the rest is. dB relative to full scale. */
const quietestSpeech = -62;
/** The noise floor is not thought lower than this. */
const quietestFloor = -85;
const trustedBatchCount = 4;
const loudestEarlyFloor = -45;
/** How far speech stands out of the noise. Hiss must stand out further: it has many changes of sign, as voices have not. */
const voiceMargin = 9;
const hissMargin = 13;
const hissCrossings = 64;
/** A voice in hissing noise shows in the whole sound more than in its bright part; but a thump does not show there at all. */
const brightTrace = 1.5;
/** A click is shorter than any sound of speech. */
const shortestSpeechFrameCount = 4;
/** Speech goes on through the closure of a plosive, and a word fades out. */
const hangoverFrameCount = 18;
const leadFrameCount = 4;

/**
 * Tells speech from what lies between: by level above an adaptive noise floor, and by how the sound changes its sign.
 * Judges no meaning: music and other loud changing sounds count as speech, which is the harmless mistake when pauses are
 * looked for.
 */
export class SpeechActivity {
  #isSpeech = new Uint8Array(6000);
  #judgedCount = 0;
  /** Of the batch under way, in dB. */
  readonly #whole: number[] = [];
  readonly #bright: number[] = [];
  readonly #crossings: number[] = [];
  readonly #wholeFloor: NoiseFloor;
  readonly #brightFloor: NoiseFloor;
  #lastSpeech = -Infinity;
  #run = 0;

  /** @param floorSeconds How far back the noise is looked for. */
  constructor(floorSeconds = defaultFloorSeconds) {
    this.#wholeFloor = new NoiseFloor(floorSeconds);
    this.#brightFloor = new NoiseFloor(floorSeconds);
  }

  add({ power, brightPower, zeroCrossings }: Frame): void {
    this.#whole.push(decibels(power));
    this.#bright.push(decibels(brightPower));
    this.#crossings.push(zeroCrossings);
    if (this.#whole.length === batchFrameCount) this.#judge();
  }

  /** How many frames are judged so far: all but at most the last second. */
  get judgedCount(): number {
    return this.#judgedCount;
  }

  /** One for every judged frame of 10 ms: 1 is speech. Valid until the next `add`. */
  get isSpeech(): Uint8Array {
    return this.#isSpeech.subarray(0, this.#judgedCount);
  }

  flush(): void {
    if (this.#whole.length > 0) this.#judge();
  }

  #judge(): void {
    const count = this.#whole.length;
    if (this.#isSpeech.length < this.#judgedCount + count) {
      const larger = new Uint8Array(this.#isSpeech.length * 2);
      larger.set(this.#isSpeech);
      this.#isSpeech = larger;
    }
    const wholeFloor = this.#wholeFloor.after(this.#whole);
    const brightFloor = this.#brightFloor.after(this.#bright);
    for (let index = 0; index < count; index++) {
      const isHiss = (this.#crossings[index] ?? 0) > hissCrossings;
      const whole = this.#whole[index] ?? 0;
      const overWhole = whole - wholeFloor;
      const overBright = (this.#bright[index] ?? 0) - brightFloor;
      const standsOut =
        overBright > (isHiss ? hissMargin : voiceMargin) || (overWhole > voiceMargin && overBright > brightTrace);
      this.#mark(this.#judgedCount + index, whole > quietestSpeech && standsOut);
    }
    this.#judgedCount += count;
    this.#whole.length = this.#bright.length = this.#crossings.length = 0;
  }

  #mark(frame: number, isLoud: boolean): void {
    this.#run = isLoud ? this.#run + 1 : 0;
    if (this.#run >= shortestSpeechFrameCount) {
      if (this.#run === shortestSpeechFrameCount && frame - this.#lastSpeech > hangoverFrameCount) {
        this.#isSpeech.fill(1, Math.max(0, frame - this.#run + 1 - leadFrameCount), frame);
      }
      this.#lastSpeech = frame;
    }
    // While a run is too short to count, the frames of the last word's hangover are speech all the same.
    this.#isSpeech[frame] = frame - this.#lastSpeech <= hangoverFrameCount ? 1 : 0;
  }
}

/** The level of the quietest moment in the last seconds. */
class NoiseFloor {
  readonly #quietest: number[] = [];
  readonly #batchCount: number;

  constructor(seconds: number) {
    this.#batchCount = Math.ceil((seconds * framesPerSecond) / batchFrameCount);
  }

  after(batch: readonly number[]): number {
    let quietest = Infinity;
    for (let index = 0; index + smoothingFrameCount <= batch.length; index++) {
      let sum = 0;
      for (let offset = 0; offset < smoothingFrameCount; offset++) sum += batch[index + offset] ?? 0;
      quietest = Math.min(quietest, sum / smoothingFrameCount);
    }
    if (Number.isFinite(quietest)) this.#quietest.push(Math.max(quietestFloor, quietest));
    if (this.#quietest.length > this.#batchCount) this.#quietest.shift();
    const floor = Math.min(...this.#quietest);
    // A few batches may hold no pause at all: until there are more, only a floor as low as a usable recording's is believed.
    return this.#quietest.length < trustedBatchCount ? Math.min(floor, loudestEarlyFloor) : floor;
  }
}

function decibels(power: number): number {
  return 10 * Math.log10(power + 1e-12);
}

/** Seconds of the runs of frames that are, or are not, speech; runs shorter than the least are left out. */
export function rangesOf(
  isSpeech: Uint8Array,
  wanted: 0 | 1,
  leastSeconds: number,
): { readonly startSeconds: number; readonly endSeconds: number }[] {
  const ranges: { startSeconds: number; endSeconds: number }[] = [];
  for (let start = isSpeech.indexOf(wanted); start !== -1;) {
    const other = isSpeech.indexOf(1 - wanted, start);
    const end = other === -1 ? isSpeech.length : other;
    if (end - start >= leastSeconds * framesPerSecond) {
      ranges.push({ startSeconds: start / framesPerSecond, endSeconds: end / framesPerSecond });
    }
    start = isSpeech.indexOf(wanted, end);
  }
  return ranges;
}

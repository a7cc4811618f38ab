import { quietestPlace } from './quietestPlace.js';
import { speechSampleRate, wavByteLength, wavHeaderByteLength } from './speechFormat.js';
import { roundToPcm16, writeWavHeader } from './writeWav.js';

/** A WAV file of 16 kHz mono, and the samples of the whole that are in it. */
export interface CutPiece {
  readonly bytes: Uint8Array;
  readonly startSample: number;
  readonly endSample: number;
}

/** The part of a full piece in which the cut may fall. */
const windowShare = 0.2;

/** Collects samples and hands them out in WAV pieces of a limited length, without gaps or overlaps. */
export class PieceCutter {
  readonly #limit: number;
  /** Collected beyond the limit before cutting, so that the last piece is never too short to be worth sending. */
  readonly #lookahead: number;
  #samples: Int16Array;
  #length = 0;
  #startSample = 0;

  /** @param expected How many samples will come, as far as known: the memory taken at the beginning. */
  constructor(limit: number, expected: number) {
    this.#limit = limit;
    this.#lookahead = Math.min(speechSampleRate, Math.floor(limit / 2));
    this.#samples = new Int16Array(Math.min(expected, limit + this.#lookahead));
  }

  get isFull(): boolean {
    return this.#length === this.#limit + this.#lookahead;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  /** Takes as many samples as there is room for. @returns The index of the first that was not taken. */
  fill(block: Float32Array | Float64Array, from: number): number {
    const to = Math.min(block.length, from + this.#limit + this.#lookahead - this.#length);
    this.#reserve(this.#length + to - from);
    roundToPcm16(block, from, to, this.#samples, this.#length);
    this.#length += to - from;
    return to;
  }

  /** Takes out the next piece. To be called when full, and after the end of the stream until empty. */
  cut(): CutPiece {
    const count = this.#length <= this.#limit ? this.#length : this.#chooseCut();
    const bytes = new Uint8Array(wavByteLength(count));
    bytes.set(new Uint8Array(this.#samples.buffer, 0, count * 2), wavHeaderByteLength);
    writeWavHeader(bytes);
    this.#samples.copyWithin(0, count, this.#length);
    this.#length -= count;
    const startSample = this.#startSample;
    this.#startSample += count;
    return { bytes, startSample, endSample: this.#startSample };
  }

  #chooseCut(): number {
    const latest = Math.min(this.#limit, this.#length - this.#lookahead);
    const earliest = Math.ceil(latest * (1 - windowShare));
    return quietestPlace(this.#samples.subarray(0, this.#length), earliest, latest);
  }

  #reserve(length: number): void {
    if (length <= this.#samples.length) return;
    const larger = new Int16Array(Math.min(length * 2, this.#limit + this.#lookahead));
    larger.set(this.#samples.subarray(0, this.#length));
    this.#samples = larger;
  }
}

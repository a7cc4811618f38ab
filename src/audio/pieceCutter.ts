import { chooseCut } from './analyse/chooseCut.js';
import { speechSampleRate } from './speechFormat.js';

/** What comes out of the cutter, in the order of the sound. */
export type CutStep =
  /** Valid until the next step is asked for. */
  | { readonly type: 'samples'; readonly samples: Float32Array }
  /** The piece that began at the last border ends here. */
  | { readonly type: 'border'; readonly startSample: number; readonly endSample: number };

/** The part of a full piece in which the cut may fall, and the most of it: a pause comes within that time. */
const windowShare = 0.2;
const windowSampleLimit = 20 * speechSampleRate;
/** Handed on at least so many at a time. */
const batchSampleCount = speechSampleRate;

/** In how much of a full piece the cut may fall. */
export function cutWindow(limit: number): number {
  return Math.min(windowSampleLimit, Math.floor(limit * windowShare));
}

/**
 * Finds the borders of pieces of limited length, without gaps or overlaps. Only what lies where a cut may fall is held
 * back; everything before is handed on at once, so that it can be encoded while more is decoded.
 */
export class PieceCutter {
  readonly #limit: number;
  /** Collected beyond the limit before cutting, so that the last piece is never too short to be worth sending. */
  readonly #lookahead: number;
  /** How much of a piece can be handed on before its end is known. */
  readonly #certain: number;
  readonly #held: Float32Array<ArrayBuffer>;
  #heldCount = 0;
  /** Of the current piece. */
  #handedOn = 0;
  #startSample = 0;

  /** @param limit At most so many samples in a piece; may be infinite. */
  constructor(limit: number) {
    this.#limit = limit;
    this.#lookahead = Math.min(speechSampleRate, Math.floor(limit / 2));
    const open = Math.max(cutWindow(limit), this.#lookahead);
    this.#certain = limit - open;
    this.#held = new Float32Array(Math.max(batchSampleCount, open + this.#lookahead));
  }

  /** To be run to its end before the next call. */
  *push(block: Float32Array): Generator<CutStep> {
    for (let taken = 0; taken < block.length;) {
      const open = this.#heldCount === 0 ? Math.min(block.length - taken, this.#certain - this.#handedOn) : 0;
      if (open >= batchSampleCount) {
        // Nothing is held back, and much is certain: it goes on as it is.
        yield { type: 'samples', samples: block.subarray(taken, taken + open) };
        this.#handedOn += open;
        taken += open;
        continue;
      }
      const count = Math.min(block.length - taken, this.#held.length - this.#heldCount);
      this.#held.set(block.subarray(taken, taken + count), this.#heldCount);
      this.#heldCount += count;
      taken += count;
      yield* this.#drain();
    }
  }

  /** The rest, once the stream has ended. */
  *flush(): Generator<CutStep> {
    yield* this.#drain();
    const total = this.#handedOn + this.#heldCount;
    if (total > this.#limit) yield* this.#cut(Math.min(this.#limit, total - this.#lookahead));
    if (this.#handedOn + this.#heldCount === 0) return;
    yield* this.#handOn(this.#heldCount);
    yield this.#endPiece();
  }

  *#drain(): Generator<CutStep> {
    for (;;) {
      if (this.#handedOn < this.#certain) {
        const count = Math.min(this.#heldCount, this.#certain - this.#handedOn);
        if (count === 0 || (count < batchSampleCount && this.#handedOn + count < this.#certain)) return;
        yield* this.#handOn(count);
      } else {
        if (this.#handedOn + this.#heldCount < this.#limit + this.#lookahead) return;
        yield* this.#cut(this.#limit);
      }
    }
  }

  /** @param latest Of the current piece. */
  *#cut(latest: number): Generator<CutStep> {
    const earliest = Math.max(this.#handedOn, latest - cutWindow(latest));
    const held = this.#held.subarray(0, this.#heldCount);
    yield* this.#handOn(chooseCut(held, earliest - this.#handedOn, latest - this.#handedOn));
    yield this.#endPiece();
  }

  *#handOn(count: number): Generator<CutStep> {
    yield { type: 'samples', samples: this.#held.subarray(0, count) };
    this.#held.copyWithin(0, count, this.#heldCount);
    this.#heldCount -= count;
    this.#handedOn += count;
  }

  #endPiece(): CutStep {
    const startSample = this.#startSample;
    this.#startSample += this.#handedOn;
    this.#handedOn = 0;
    return { type: 'border', startSample, endSample: this.#startSample };
  }
}

import { pieceMemory, release, sparedShare } from './pieceMemory.js';

/** What is full is not copied into larger memory, but followed by another part, of this size at least. */
const partByteLength = 1 << 20;
/** Files of nearly one size get memory of one size: what one of them leaves, the next one fits into. */
const grainByteLength = partByteLength * sparedShare;

/** Bytes that come in pieces and are wanted as one; what is added is copied, so that the giver may reuse its memory. */
export class ByteCollector {
  readonly #roomByteLength: number;
  #first: Uint8Array<ArrayBuffer> | undefined;
  #full: Uint8Array<ArrayBuffer>[] = [];
  #fullByteLength = 0;
  #part = new Uint8Array(0);
  #length = 0;

  /** @param byteLength As many as are expected; what is not touched of them costs nothing. */
  constructor(byteLength = 1 << 16) {
    this.#roomByteLength = byteLength;
  }

  get byteLength(): number {
    return this.#fullByteLength + this.#length;
  }

  add(bytes: ArrayLike<number>): void {
    if (this.#first === undefined) this.#part = this.#first = pieceMemory(this.#roomByteLength);
    if (this.#length + bytes.length > this.#part.byteLength) {
      if (this.#length > 0) this.#full.push(this.#part.subarray(0, this.#length));
      this.#fullByteLength += this.#length;
      this.#part = new Uint8Array(Math.max(bytes.length, partByteLength));
      this.#length = 0;
    }
    this.#part.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Everything so far, in memory of its own; the collector is empty afterwards and keeps its first room. */
  take(): Uint8Array<ArrayBuffer> {
    const rest = this.#part.subarray(0, this.#length);
    if (this.#full.length === 0 && this.#part === this.#first) {
      this.#length = 0;
      return rest.slice();
    }
    const isLarge = this.byteLength >= partByteLength;
    const room = pieceMemory(
      isLarge ? Math.ceil(this.byteLength / grainByteLength) * grainByteLength : this.byteLength,
    );
    const bytes = room.subarray(0, this.byteLength);
    let offset = 0;
    for (const part of [...this.#full, rest]) {
      bytes.set(part, offset);
      offset += part.byteLength;
      if (part.buffer !== this.#first?.buffer) release(part.buffer);
    }
    this.#full = [];
    this.#fullByteLength = 0;
    this.#part = this.#first ?? rest;
    this.#length = 0;
    return bytes;
  }

  /** Like `take`, but gives its first room away where the bytes nearly fill it: nothing is copied then. */
  takeOver(): Uint8Array<ArrayBuffer> {
    const isFilled = this.#full.length === 0 && this.#length >= this.#roomByteLength * (1 - sparedShare);
    if (this.#part !== this.#first || !isFilled) return this.take();
    const bytes = this.#part.subarray(0, this.#length);
    this.#first = undefined;
    this.#part = new Uint8Array(0);
    this.#length = 0;
    return bytes;
  }
}

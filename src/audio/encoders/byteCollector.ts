/** Bytes that come in pieces and are wanted as one; what is added is copied, so that the giver may reuse its memory. */
export class ByteCollector {
  #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(byteLength = 1 << 16) {
    this.#bytes = new Uint8Array(byteLength);
  }

  get byteLength(): number {
    return this.#length;
  }

  add(bytes: ArrayLike<number>): void {
    const end = this.#length + bytes.length;
    if (end > this.#bytes.byteLength) {
      const larger = new Uint8Array(Math.max(end, this.#bytes.byteLength * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = end;
  }

  /** Everything so far, in memory of its own; the collector is empty afterwards and keeps its room. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }
}

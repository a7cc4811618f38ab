/** What is full is not copied into larger memory, but followed by another part, of this size at least. */
const partByteLength = 1 << 20;

/** Bytes that come in pieces and are wanted as one; what is added is copied, so that the giver may reuse its memory. */
export class ByteCollector {
  readonly #first: Uint8Array<ArrayBuffer>;
  #full: Uint8Array<ArrayBuffer>[] = [];
  #fullByteLength = 0;
  #part: Uint8Array<ArrayBuffer>;
  #length = 0;

  constructor(byteLength = 1 << 16) {
    this.#first = new Uint8Array(byteLength);
    this.#part = this.#first;
  }

  get byteLength(): number {
    return this.#fullByteLength + this.#length;
  }

  add(bytes: ArrayLike<number>): void {
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
    const bytes = new Uint8Array(this.byteLength);
    let offset = 0;
    for (const part of [...this.#full, rest]) {
      bytes.set(part, offset);
      offset += part.byteLength;
      if (part.buffer !== this.#first.buffer) release(part.buffer);
    }
    this.#full = [];
    this.#fullByteLength = 0;
    this.#part = this.#first;
    this.#length = 0;
    return bytes;
  }
}

/** At once, and not when memory is next tidied up: a long file would lie there twice. */
function release(buffer: ArrayBuffer): void {
  const { transfer } = buffer as { readonly transfer?: (byteLength: number) => ArrayBuffer };
  transfer?.call(buffer, 0);
}

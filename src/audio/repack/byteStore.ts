const blockByteLength = 1 << 20;

/**
 * Packets or frames in order, copied into blocks that are used again: memory of its own for each would cost more than it
 * holds, and what the readers hand out are views of larger memory.
 */
export class ByteStore {
  readonly #spare: Uint8Array[] = [];
  #blocks: Uint8Array[] = [];
  /** Of the first block, counted over the whole recording. */
  #firstBlock = 0;
  #filled = blockByteLength;
  #blockNumbers: number[] = [];
  #offsets: number[] = [];
  #lengths: number[] = [];

  get count(): number {
    return this.#lengths.length;
  }

  add(bytes: Uint8Array): void {
    this.#room(bytes.byteLength).set(bytes, this.#filled);
    this.#blockNumbers.push(this.#firstBlock + this.#blocks.length - 1);
    this.#offsets.push(this.#filled);
    this.#lengths.push(bytes.byteLength);
    this.#filled += bytes.byteLength;
  }

  /** Valid until it is dropped. */
  data(index: number): Uint8Array {
    const offset = this.#offsets[index] ?? 0;
    const block = this.#blocks[(this.#blockNumbers[index] ?? 0) - this.#firstBlock];
    return block?.subarray(offset, offset + this.byteLength(index)) ?? new Uint8Array(0);
  }

  byteLength(index: number): number {
    return this.#lengths[index] ?? 0;
  }

  dropFirst(count: number): void {
    if (count === 0) return;
    this.#blockNumbers = this.#blockNumbers.slice(count);
    this.#offsets = this.#offsets.slice(count);
    this.#lengths = this.#lengths.slice(count);
    const first = this.#blockNumbers[0] ?? this.#firstBlock + this.#blocks.length - 1;
    for (const block of this.#blocks.splice(0, first - this.#firstBlock)) {
      if (block.byteLength === blockByteLength) this.#spare.push(block);
    }
    this.#firstBlock = first;
  }

  /** The block that has room for so many bytes, behind what is filled. */
  #room(byteLength: number): Uint8Array {
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#filled + byteLength <= last.byteLength) return last;
    const spare = byteLength <= blockByteLength ? this.#spare.pop() : undefined;
    const next = spare ?? new Uint8Array(Math.max(byteLength, blockByteLength));
    this.#blocks.push(next);
    this.#filled = 0;
    return next;
  }
}

/** Collects the results of one call in memory that is used again for the next. */
export class GrowingBlock {
  #samples = new Float32Array(0);
  #length = 0;

  clear(): void {
    this.#length = 0;
  }

  append(samples: Float32Array | Float64Array): void {
    const needed = this.#length + samples.length;
    if (needed > this.#samples.length) {
      const larger = new Float32Array(Math.ceil(needed * 1.5));
      larger.set(this.#samples.subarray(0, this.#length));
      this.#samples = larger;
    }
    this.#samples.set(samples, this.#length);
    this.#length = needed;
  }

  dropFirst(count: number): void {
    this.#samples.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  /** Valid until the next `clear`. */
  get content(): Float32Array {
    return this.#samples.subarray(0, this.#length);
  }
}

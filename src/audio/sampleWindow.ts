/**
 * The stretch of a stream that a filter still needs. Double precision because JavaScript computes in it:
 * single precision costs a conversion for every multiplication.
 */
export class SampleWindow {
  samples: Float64Array;
  length: number;

  /** @param silence Samples of silence before the stream, so that the first output can be centred on its first sample. */
  constructor(silence: number) {
    this.samples = new Float64Array(silence + 4096);
    this.length = silence;
  }

  append(block: Float32Array | Float64Array): void {
    const needed = this.length + block.length;
    if (needed > this.samples.length) {
      const larger = new Float64Array(needed * 2);
      larger.set(this.samples.subarray(0, this.length));
      this.samples = larger;
    }
    this.samples.set(block, this.length);
    this.length = needed;
  }

  dropFirst(count: number): void {
    this.samples.copyWithin(0, count, this.length);
    this.length -= count;
  }
}

import type { PcmBlock } from '../pcmReader.js';

/** Few blocks cost little to hand on; a tenth of a second of sound is soon there. */
const blockSampleCount = 16_384;

/** Puts decoded sound on the clip's clock: cuts it to the wanted part, and fills what is missing with silence. */
export class PcmCollector {
  readonly #channelCount: number;
  readonly #firstSample: number;
  readonly #endSample: number;
  readonly #buffers: readonly Float32Array[];
  #length = 0;
  #position: number | undefined;
  #deliveredSampleCount = 0;

  /** @param endSample Infinity for all there is. */
  constructor(channelCount: number, firstSample: number, endSample: number) {
    this.#channelCount = channelCount;
    this.#firstSample = firstSample;
    this.#endSample = endSample;
    this.#buffers = Array.from({ length: channelCount }, () => new Float32Array(blockSampleCount));
  }

  /** Where the next sample goes; undefined before the first. */
  get position(): number | undefined {
    return this.#position;
  }

  get isComplete(): boolean {
    return this.#position !== undefined && this.#position >= this.#endSample;
  }

  /** Of the wanted part. */
  get deliveredSampleCount(): number {
    return this.#deliveredSampleCount;
  }

  moveTo(sample: number): void {
    this.#position = sample;
  }

  /**
   * The usual case of `push`, a hundred times a second: everything is wanted, and no block becomes full.
   * @returns False when it is not that case, and nothing was done.
   */
  append(channels: readonly Float32Array[], sampleCount: number): boolean {
    const position = this.#position ?? 0;
    const isWhole = position >= this.#firstSample && position + sampleCount <= this.#endSample;
    if (!isWhole || this.#length + sampleCount >= blockSampleCount) return false;
    this.#put(channels, 0, sampleCount);
    this.#position = position + sampleCount;
    return true;
  }

  /** @param sampleCount How many of the samples count; the rest is padding. */
  *push(channels: readonly Float32Array[], sampleCount: number): Generator<PcmBlock> {
    const position = this.#position ?? 0;
    this.#position = position + sampleCount;
    let from = Math.max(0, this.#firstSample - position);
    const to = Math.min(sampleCount, this.#endSample - position);
    while (from < to) {
      const count = Math.min(to - from, blockSampleCount - this.#length);
      this.#put(channels, from, count);
      from += count;
      if (this.#length === blockSampleCount) yield this.#take();
    }
  }

  *pushSilence(sampleCount: number): Generator<PcmBlock> {
    const silence = [new Float32Array(Math.min(sampleCount, blockSampleCount))];
    for (let left = sampleCount; left > 0 && !this.isComplete; left -= blockSampleCount) {
      yield* this.push(silence, Math.min(left, blockSampleCount));
    }
  }

  *flush(): Generator<PcmBlock> {
    if (this.#length > 0) yield this.#take();
  }

  #take(): PcmBlock {
    const length = this.#length;
    this.#length = 0;
    // Valid until the next is asked for: fresh memory for every block costs more than filling it.
    return { channels: this.#buffers.map((buffer) => buffer.subarray(0, length)) };
  }

  #put(channels: readonly Float32Array[], from: number, count: number): void {
    for (let index = 0; index < this.#channelCount; index++) {
      const channel = channels[index] ?? channels[0];
      if (channel === undefined) continue;
      const isWhole = from === 0 && channel.length === count;
      this.#buffers[index]?.set(isWhole ? channel : channel.subarray(from, from + count), this.#length);
    }
    this.#length += count;
    this.#deliveredSampleCount += count;
  }
}

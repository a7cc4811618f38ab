import type { TimedPacket } from './packetFile.js';

const blockByteLength = 1 << 20;

/**
 * Packets in order, their bytes copied into blocks that are used again: memory of its own for each packet would cost more
 * than the packet, and what the tracks hand out are views of larger memory.
 */
export class PacketStore {
  readonly #spare: Uint8Array[] = [];
  #blocks: Uint8Array[] = [];
  /** Of the first block, counted over the whole recording. */
  #firstBlock = 0;
  #filled = blockByteLength;
  #blockNumbers: number[] = [];
  #offsets: number[] = [];
  #lengths: number[] = [];
  #starts: number[] = [];
  #durations: number[] = [];

  get count(): number {
    return this.#lengths.length;
  }

  add({ data, startSeconds, durationSeconds }: TimedPacket): void {
    this.#room(data.byteLength).set(data, this.#filled);
    this.#blockNumbers.push(this.#firstBlock + this.#blocks.length - 1);
    this.#offsets.push(this.#filled);
    this.#lengths.push(data.byteLength);
    this.#starts.push(startSeconds);
    this.#durations.push(durationSeconds);
    this.#filled += data.byteLength;
  }

  /** Valid until the packet is dropped. */
  data(index: number): Uint8Array {
    const offset = this.#offsets[index] ?? 0;
    const block = this.#blocks[(this.#blockNumbers[index] ?? 0) - this.#firstBlock];
    return block?.subarray(offset, offset + this.byteLength(index)) ?? new Uint8Array(0);
  }

  byteLength(index: number): number {
    return this.#lengths[index] ?? 0;
  }

  startSeconds(index: number): number {
    return this.#starts[index] ?? 0;
  }

  durationSeconds(index: number): number {
    return this.#durations[index] ?? 0;
  }

  dropFirst(count: number): void {
    if (count === 0) return;
    this.#blockNumbers = this.#blockNumbers.slice(count);
    this.#offsets = this.#offsets.slice(count);
    this.#lengths = this.#lengths.slice(count);
    this.#starts = this.#starts.slice(count);
    this.#durations = this.#durations.slice(count);
    const first = this.#blockNumbers[0] ?? this.#firstBlock + this.#blocks.length - 1;
    for (const block of this.#blocks.splice(0, first - this.#firstBlock)) {
      if (block.byteLength === blockByteLength) this.#spare.push(block);
    }
    this.#firstBlock = first;
  }

  /** The block that has room for so many bytes. */
  #room(byteLength: number): Uint8Array {
    const last = this.#blocks.at(-1);
    if (last !== undefined && this.#filled + byteLength <= last.byteLength) return last;
    const isUsual = byteLength <= blockByteLength;
    const next = (isUsual ? this.#spare.pop() : undefined) ?? new Uint8Array(Math.max(byteLength, blockByteLength));
    this.#blocks.push(next);
    this.#filled = 0;
    return next;
  }
}

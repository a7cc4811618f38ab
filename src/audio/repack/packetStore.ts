import { ByteStore } from './byteStore.js';
import type { TimedPacket } from './packetFile.js';

/** Packets in order, with their times, in memory of the store's own. */
export class PacketStore extends ByteStore {
  #starts: number[] = [];
  #durations: number[] = [];

  addPacket({ data, startSeconds, durationSeconds }: TimedPacket): void {
    this.add(data);
    this.#starts.push(startSeconds);
    this.#durations.push(durationSeconds);
  }

  startSeconds(index: number): number {
    return this.#starts[index] ?? 0;
  }

  durationSeconds(index: number): number {
    return this.#durations[index] ?? 0;
  }

  override dropFirst(count: number): void {
    super.dropFirst(count);
    if (count === 0) return;
    this.#starts = this.#starts.slice(count);
    this.#durations = this.#durations.slice(count);
  }
}

import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import type { Piece } from '../engine.js';
import { createTimeSlice } from '../timeSlice.js';
import { borderWindowSeconds, latestBorder } from './limits.js';
import type { ChooseBorder, RepackedPieces, RepackLimits } from './limits.js';
import type { PacketFile, PacketRun, TimedPacket } from './packetFile.js';
import type { PacketSource } from './packetSource.js';
import { PacketStore } from './packetStore.js';

const lookaheadSeconds = 1;
/** No lead-in has more packets. */
const historyLimit = 256;

/**
 * Packs packets into files within the limits, cutting where `chooseBorder` says.
 * @param leadSeconds How long before a range packets are asked for: more than any lead-in.
 */
export async function* splitPackets(
  name: string,
  source: PacketSource,
  file: PacketFile,
  limits: RepackLimits,
  leadSeconds: number,
  chooseBorder: ChooseBorder,
  signal: AbortSignal | undefined,
): RepackedPieces {
  const pauseWhenDue = createTimeSlice();
  const splitter = new PacketSplitter(file, limits);
  const rangeEnd = limits.range?.endSeconds ?? Number.POSITIVE_INFINITY;
  const rangeStart = limits.range?.startSeconds ?? Number.NEGATIVE_INFINITY;
  let reported = 0;
  /** What was lost up to the end of a piece; with the last piece, all of it. */
  const marked = (piece: Piece, untilSeconds: number): Piece => {
    const problems = source.problems.slice(reported).filter(({ atSeconds }) => atSeconds <= untilSeconds);
    reported += problems.length;
    return problems.length === 0 ? piece : { ...piece, problems };
  };
  const cut = async (): Promise<Piece> => {
    const piece = await splitter.cut(chooseBorder);
    return marked(piece, piece.endSeconds);
  };
  read: for await (const packets of source.packets(Math.max(0, rangeStart - leadSeconds))) {
    for (const packet of packets) {
      if (packet.startSeconds >= rangeEnd) break read;
      if (packet.startSeconds + packet.durationSeconds <= rangeStart) splitter.skip(packet);
      else splitter.add(packet);
      if (splitter.isOverfull) yield await cut();
    }
    await pauseWhenDue();
    throwIfCancelled(signal);
  }
  if (splitter.isEmpty) {
    throw new EarshotError('clip-unreadable', `${name} holds no sound in this part. Try another part.`);
  }
  while (splitter.isTooMuch) yield await cut();
  yield marked(await splitter.takeRest(), Math.min(rangeEnd, Number.MAX_VALUE));
}

class PacketSplitter {
  readonly #file: PacketFile;
  readonly #limits: RepackLimits;
  readonly #room: number;
  /** What came before the piece, as far as it may lead in, and the piece. */
  readonly #packets = new PacketStore();
  #historyCount = 0;
  /** Of the piece. */
  #byteLength = 0;
  #isFirst = true;

  constructor(file: PacketFile, limits: RepackLimits) {
    this.#file = file;
    this.#limits = limits;
    this.#room = limits.maxBytes - file.fixedByteLength;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get isTooMuch(): boolean {
    return this.#byteLength > this.#room || this.#seconds > this.#limits.maxSeconds + 1e-6;
  }

  /** Seen so far beyond the limits that what remains is no scrap. */
  get isOverfull(): boolean {
    const isLong = this.#seconds > this.#limits.maxSeconds + lookaheadSeconds;
    return isLong || this.#byteLength > this.#room * 1.02 + 4096;
  }

  skip(packet: TimedPacket): void {
    this.#isFirst = false;
    this.#packets.addPacket(packet);
    this.#historyCount++;
    if (this.#historyCount >= historyLimit) this.#forget();
  }

  add(packet: TimedPacket): void {
    this.#packets.addPacket(packet);
    this.#byteLength += packet.data.byteLength + this.#file.bytesPerPacket;
  }

  async cut(chooseBorder: ChooseBorder): Promise<Piece> {
    const count = this.#fullCount();
    const start = this.#startOf(0);
    const fullSeconds = this.#startOf(count) - start;
    const latest = Math.min(start + fullSeconds, latestBorder(start, fullSeconds, this.#seconds));
    const border = await chooseBorder(latest - borderWindowSeconds(fullSeconds), latest);
    let best = count;
    while (best > 1 && Math.abs(this.#startOf(best - 1) - border) <= Math.abs(this.#startOf(best) - border)) best--;
    return this.#take(best, false);
  }

  takeRest(): Promise<Piece> {
    return this.#take(this.#count, true);
  }

  get #count(): number {
    return this.#packets.count - this.#historyCount;
  }

  get #seconds(): number {
    return this.#startOf(this.#count) - this.#startOf(0);
  }

  /** Where a packet of the piece begins; for the one behind the last, where that ends. */
  #startOf(index: number): number {
    const count = this.#count;
    if (count === 0) return 0;
    const place = this.#historyCount + Math.min(index, count - 1);
    const duration = index < count ? 0 : this.#packets.durationSeconds(place);
    return Math.max(0, this.#packets.startSeconds(place) + duration);
  }

  /** How many packets the limits allow. */
  #fullCount(): number {
    const start = this.#startOf(0);
    let bytes = 0;
    let count = 0;
    for (; count < this.#count; count++) {
      bytes += this.#cost(count);
      if (bytes > this.#room || this.#startOf(count + 1) - start > this.#limits.maxSeconds + 1e-6) break;
    }
    return Math.max(1, count);
  }

  async #take(count: number, isLast: boolean): Promise<Piece> {
    this.#forget();
    const startSeconds = this.#startOf(0);
    const endSeconds = this.#startOf(count);
    const bytes = await this.#file.write(this.#run(count, isLast));
    this.#isFirst = false;
    for (let index = 0; index < count; index++) this.#byteLength -= this.#cost(index);
    this.#historyCount += count;
    this.#forget();
    return { bytes, format: this.#file.format, startSeconds, endSeconds };
  }

  #run(count: number, isLast: boolean): PacketRun {
    const packets = this.#packets;
    const leadInCount = this.#isFirst ? 0 : this.#historyCount;
    const first = this.#historyCount - leadInCount;
    return {
      count: leadInCount + count,
      leadInCount,
      isFirst: this.#isFirst,
      isLast,
      data: (index) => packets.data(first + index),
      byteLength: (index) => packets.byteLength(first + index),
      startSeconds: (index) => packets.startSeconds(first + index),
      durationSeconds: (index) => packets.durationSeconds(first + index),
    };
  }

  /** @param index In the piece. */
  #cost(index: number): number {
    return this.#packets.byteLength(this.#historyCount + index) + this.#file.bytesPerPacket;
  }

  /** Keeps only as much history as may lead in. */
  #forget(): void {
    let seconds = 0;
    let kept = 0;
    while (kept < Math.min(this.#historyCount, historyLimit) && seconds < this.#file.leadInSeconds) {
      kept++;
      seconds += this.#packets.durationSeconds(this.#historyCount - kept);
    }
    this.#packets.dropFirst(this.#historyCount - kept);
    this.#historyCount = kept;
  }
}

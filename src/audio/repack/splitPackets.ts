import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import type { Piece } from '../engine.js';
import { createTimeSlice } from '../timeSlice.js';
import { borderWindowSeconds, latestBorder } from './limits.js';
import type { ChooseBorder, RepackedPieces, RepackLimits } from './limits.js';
import type { PacketFile, TimedPacket } from './packetFile.js';
import type { PacketSource } from './packetSource.js';

const lookaheadSeconds = 1;

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
  #packets: TimedPacket[] = [];
  #byteLength = 0;
  /** What came before the piece, as far as it may lead in. */
  #history: TimedPacket[] = [];
  #isFirst = true;

  constructor(file: PacketFile, limits: RepackLimits) {
    this.#file = file;
    this.#limits = limits;
    this.#room = limits.maxBytes - file.fixedByteLength;
  }

  get isEmpty(): boolean {
    return this.#packets.length === 0;
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
    this.#history.push(packet);
    this.#forget();
  }

  add(packet: TimedPacket): void {
    this.#packets.push(packet);
    this.#byteLength += this.#cost(packet);
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
    return this.#take(this.#packets.length, true);
  }

  get #seconds(): number {
    return this.#startOf(this.#packets.length) - this.#startOf(0);
  }

  /** Where a packet begins; for the one behind the last, where that ends. */
  #startOf(index: number): number {
    const packet = this.#packets[index];
    if (packet !== undefined) return Math.max(0, packet.startSeconds);
    const last = this.#packets[index - 1];
    return last === undefined ? 0 : Math.max(0, last.startSeconds + last.durationSeconds);
  }

  /** How many packets the limits allow. */
  #fullCount(): number {
    const start = this.#startOf(0);
    let bytes = 0;
    let count = 0;
    for (const packet of this.#packets) {
      bytes += this.#cost(packet);
      if (bytes > this.#room || this.#startOf(count + 1) - start > this.#limits.maxSeconds + 1e-6) break;
      count++;
    }
    return Math.max(1, count);
  }

  async #take(count: number, isLast: boolean): Promise<Piece> {
    const packets = this.#packets.slice(0, count);
    const startSeconds = this.#startOf(0);
    const endSeconds = this.#startOf(count);
    const leadIn = this.#isFirst ? [] : this.#history;
    const bytes = await this.#file.write(leadIn, packets, { isFirst: this.#isFirst, isLast });
    this.#isFirst = false;
    this.#packets = this.#packets.slice(count);
    this.#byteLength -= packets.reduce((sum, packet) => sum + this.#cost(packet), 0);
    this.#history.push(...packets.slice(-256));
    this.#forget();
    return { bytes, format: this.#file.format, startSeconds, endSeconds };
  }

  #cost(packet: TimedPacket): number {
    return packet.data.byteLength + this.#file.bytesPerPacket;
  }

  /** Keeps only as much history as may lead in. */
  #forget(): void {
    let seconds = 0;
    let kept = 0;
    while (kept < this.#history.length && seconds < this.#file.leadInSeconds) {
      kept++;
      seconds += this.#history.at(-kept)?.durationSeconds ?? 0;
    }
    this.#history = kept === 0 ? [] : this.#history.slice(-kept);
  }
}

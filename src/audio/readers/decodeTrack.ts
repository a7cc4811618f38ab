import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import type { PcmBlock, PcmProblem, PcmStream, PcmWish } from '../pcmReader.js';
import { createTimeSlice } from '../timeSlice.js';
import { PcmCollector } from './pcmCollector.js';
import type { PacketBatch, PacketDecoder, SoundTrack } from './soundTrack.js';

export type CreateDecoder = (setup: readonly Uint8Array[]) => Promise<PacketDecoder>;

/** Longer gaps than this are damaged times, not silence, unless the file is as long as its size allows. */
const gapLimitSeconds = 30;
/** No codec needs less; a file that claims to play longer than this allows is not believed. */
const fewestBytesPerSecond = 60;
/** Even a rounded time is right to this; more is missing where packets were lost. */
const lossToleranceSeconds = 0.004;
const problemLimit = 100;

/** Decodes a track. Owns both: they are freed when the blocks end, or are not read any further. */
export function decodeTrack(
  name: string,
  track: SoundTrack,
  first: PacketDecoder,
  createDecoder: CreateDecoder,
  wish: PcmWish,
  signal: AbortSignal | undefined,
): PcmStream {
  const problems: PcmProblem[] = [];
  const work = new TrackDecoding(track, first, createDecoder, wish, problems);
  async function* blocks(): AsyncGenerator<PcmBlock> {
    const pauseWhenDue = createTimeSlice();
    try {
      try {
        for await (const batch of track.batches(work.startSeconds)) {
          throwIfCancelled(signal);
          yield* work.decode(await work.prepare(batch));
          if (work.isComplete) break;
          await pauseWhenDue();
        }
      } catch (error) {
        throwIfCancelled(signal);
        work.endAt(error);
      }
      throwIfCancelled(signal);
      work.finish();
      yield* work.flush();
    } finally {
      work.free();
      track.close();
    }
    // Behind the end of a recording lies nothing, and that is no damage.
    if (work.isEmpty && (work.startSeconds === 0 || problems.length > 0)) throw holdsNothing(name, problems);
  }
  return { sampleRate: first.sampleRate, channelCount: first.channelCount, blocks: blocks(), problems };
}

export function holdsNothing(name: string, problems: readonly PcmProblem[]): EarshotError {
  const why = problems[0] === undefined ? '' : ` (${problems[0].message})`;
  return new EarshotError(
    'clip-unreadable',
    `${name} holds no decodable audio${why}. It may be damaged: copy or download it again.`,
  );
}

class TrackDecoding {
  readonly startSeconds: number;
  readonly #track: SoundTrack;
  readonly #createDecoder: CreateDecoder;
  readonly #problems: PcmProblem[];
  readonly #collector: PcmCollector;
  readonly #rate: number;
  readonly #firstSample: number;
  #decoder: PacketDecoder;
  #hasLost = false;
  /** Between the times of the container and the place of the sound, after times that cannot be right. */
  #shiftSamples = 0;
  #producedSampleCount = 0;
  /** What follows cannot be joined to what was heard. */
  #isCutOff = false;
  #skippedSampleCount = 0;

  constructor(
    track: SoundTrack,
    first: PacketDecoder,
    createDecoder: CreateDecoder,
    wish: PcmWish,
    problems: PcmProblem[],
  ) {
    this.#track = track;
    this.#decoder = first;
    this.#createDecoder = createDecoder;
    this.#problems = problems;
    this.#rate = first.sampleRate;
    const { range } = wish;
    const from = range === undefined ? 0 : Math.round(range.startSeconds * this.#rate);
    const to = range === undefined ? Infinity : Math.round(range.endSeconds * this.#rate);
    this.#firstSample = from;
    this.#collector = new PcmCollector(first.channelCount, from, to);
    this.startSeconds = range === undefined ? 0 : Math.max(0, range.startSeconds - track.prerollSeconds);
  }

  get isComplete(): boolean {
    return this.#collector.isComplete || this.#isCutOff;
  }

  get isEmpty(): boolean {
    return this.#producedSampleCount === 0;
  }

  /** Whatever a reader stumbles over at damage is the end of the sound, and no error of ours. */
  endAt(error: unknown): void {
    if (error instanceof EarshotError) throw error;
    this.#report(`The file is damaged here (${error instanceof Error ? error.message : String(error)}).`, true);
  }

  async prepare(batch: PacketBatch): Promise<PacketBatch> {
    if (batch.setup === undefined) return batch;
    const next = await this.#createDecoder(batch.setup);
    const isSame = next.sampleRate === this.#rate && next.channelCount === this.#decoder.channelCount;
    if (!isSame) {
      next.free();
      this.#report('Here another recording begins, with other channels or another sample rate; it was left out.', true);
      this.#isCutOff = true;
      return { packets: [] };
    }
    this.#decoder.free();
    this.#decoder = next;
    this.#skippedSampleCount = Math.round((batch.skippedSeconds ?? 0) * this.#rate);
    return batch;
  }

  *decode(batch: PacketBatch): Generator<PcmBlock> {
    const { startSeconds, endSeconds, isLast } = batch;
    if (startSeconds !== undefined) yield* this.#meet(startSeconds * this.#rate);
    const end = isLast === true && endSeconds !== undefined ? endSeconds * this.#rate + this.#shiftSamples : Infinity;
    if (startSeconds !== undefined || endSeconds === undefined || isLast === true) {
      for (const [index, packet] of batch.packets.entries()) {
        if (this.#hasLost && startSeconds !== undefined && batch.packetSeconds !== undefined) {
          yield* this.#meet((startSeconds + index * batch.packetSeconds) * this.#rate);
        }
        const decoded = this.#decodePacket(packet);
        if (!this.#append(decoded, end)) yield* this.#push(decoded, end);
      }
      return;
    }
    if (this.#collector.position === undefined || batch.isAfterLoss === true) {
      yield* this.#decodeToEnd(batch.packets, endSeconds);
      return;
    }
    for (const packet of batch.packets) {
      const decoded = this.#decodePacket(packet);
      if (!this.#append(decoded, Infinity)) yield* this.#push(decoded, Infinity);
    }
    yield* this.#meet(endSeconds * this.#rate);
  }

  /** Where nothing is known but the end, the packets are decoded first to see where they began. */
  *#decodeToEnd(packets: readonly Uint8Array[], endSeconds: number): Generator<PcmBlock> {
    const pieces: (readonly Float32Array[])[] = [];
    let count = 0;
    for (const packet of packets) {
      const channels = this.#decodePacket(packet).map((channel) => channel.slice());
      pieces.push(channels);
      count += channels[0]?.length ?? 0;
    }
    yield* this.#meet(endSeconds * this.#rate - count);
    for (const channels of pieces) yield* this.#push(channels, Infinity);
  }

  *flush(): Generator<PcmBlock> {
    yield* this.#collector.flush();
  }

  /** Compares the time reached with what the file says of itself: some readers end silently at damage. */
  finish(): void {
    const { endSeconds, problems } = this.#track;
    this.#problems.push(...problems);
    this.#problems.sort((left, right) => left.atSeconds - right.atSeconds);
    const reached = (this.#collector.position ?? 0) / this.#rate;
    if (this.isComplete || this.#problems.some(({ isEnd }) => isEnd)) return;
    if (this.#track.isTruncated === true) this.#report('The file breaks off here: its end is missing.', true);
    else if (endSeconds === undefined) return;
    else if (reached < endSeconds - Math.max(0.25, this.#track.toleranceSeconds)) {
      this.#report(`The file says that it plays to ${endSeconds.toFixed(1)} s, but its sound ends here.`, true);
    }
  }

  free(): void {
    this.#decoder.free();
  }

  #decodePacket(packet: Uint8Array): readonly Float32Array[] {
    try {
      return this.#decoder.decode(packet);
    } catch (error) {
      if (error instanceof EarshotError) throw error;
      this.#hasLost = true;
      this.#report(`A damaged packet was left out (${error instanceof Error ? error.message : String(error)}).`, false);
      return [];
    }
  }

  /** The usual case of `#push`, for which no generator is made. */
  #append(decoded: readonly Float32Array[], end: number): boolean {
    const count = decoded[0]?.length ?? 0;
    if (this.#skippedSampleCount > 0 || end !== Infinity || !this.#collector.append(decoded, count)) return false;
    this.#producedSampleCount += count;
    return true;
  }

  *#push(decoded: readonly Float32Array[], end: number): Generator<PcmBlock> {
    const skipped = Math.min(this.#skippedSampleCount, decoded[0]?.length ?? 0);
    this.#skippedSampleCount -= skipped;
    const channels = skipped === 0 ? decoded : decoded.map((channel) => channel.subarray(skipped));
    const count = channels[0]?.length ?? 0;
    this.#producedSampleCount += count;
    const position = this.#collector.position ?? 0;
    yield* this.#collector.push(channels, Math.max(0, Math.min(count, Math.round(end) - position)));
  }

  /** The sound goes on at this sample: what lies between is missing. */
  *#meet(time: number): Generator<PcmBlock> {
    // A decoder that needs a packet to warm up gives nothing for the first: the sound begins with the second.
    const isFirst = this.#producedSampleCount === 0 && this.#collector.deliveredSampleCount === 0;
    const sample = Math.round(time) + this.#shiftSamples - (this.#decoder.delaySampleCount ?? 0);
    if (isFirst) this.#collector.moveTo(Math.min(sample, this.#firstSample));
    const position = this.#collector.position ?? 0;
    const gap = sample - position;
    const tolerance = (this.#hasLost ? lossToleranceSeconds : this.#track.toleranceSeconds) * this.#rate;
    this.#hasLost = false;
    if (Math.abs(gap) <= (isFirst ? 0 : tolerance)) return;
    const { endSeconds } = this.#track;
    const isCredible = endSeconds !== undefined && endSeconds * fewestBytesPerSecond < this.#track.byteLength;
    const limit = isCredible ? (endSeconds + 1) * this.#rate - position : gapLimitSeconds * this.#rate;
    if (gap < 0 || gap > limit) {
      this.#shiftSamples -= gap;
      if (gap > 0) this.#report('The times in the file jump here; they were not believed.', false);
      return;
    }
    // A track that begins later than others of its file is as it should be.
    if (!isFirst) this.#report(`${(gap / this.#rate).toFixed(2)} s of sound are missing here.`, false);
    yield* this.#collector.pushSilence(gap);
  }

  #report(message: string, isEnd: boolean): void {
    if (this.#problems.length >= problemLimit && !isEnd) return;
    this.#problems.push({ atSeconds: Math.max(0, (this.#collector.position ?? 0) / this.#rate), message, isEnd });
  }
}

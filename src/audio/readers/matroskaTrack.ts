import type { ByteSource } from '../byteSource.js';
import type { PcmProblem } from '../pcmReader.js';
import { damagedTables } from './containerErrors.js';
import { clusterTicks, findCluster, readClusters } from './matroska/clusters.js';
import {
  checkObstacle,
  opusDelaySeconds,
  packetsOf,
  readClock,
  readMatroskaSound,
  type MatroskaClock,
  type MatroskaSound,
} from './matroska/matroskaSound.js';
import { TableError } from './mp4/tableError.js';
import type { PacketBatch, SoundTrack } from './soundTrack.js';

/** As many as play in about a second. */
const packetsPerBatch = 32;
/** Decoders that give nothing for the first packets tell by their silence where the sound begins, one packet at a time. */
const singly: readonly string[] = ['mp3', 'vorbis'];
const prerolls: Readonly<Record<string, number>> = { opus: 0.2, vorbis: 0.2, mp3: 0.4 };
/** Matroska rounds its times to milliseconds, and browsers stamp what they record by another clock than the sound's. */
const toleranceSeconds = 0.06;
/** Packets follow each other when their exact times do. */
const sameSeconds = 1e-4;
const seekByteLength = 1 << 19;

/**
 * The sound track of a Matroska or WebM file, also of one that was recorded live and knows neither its length nor that of
 * its clusters.
 * @throws EarshotError `unsupported-media`, `clip-unreadable`.
 */
export async function openMatroskaTrack(source: ByteSource, signal: AbortSignal | undefined): Promise<SoundTrack> {
  const sound = await readSound(source, signal);
  const { entry, head } = sound;
  checkObstacle(source.name, entry);
  const clock = await readClock(source, sound, signal);
  const problems: PcmProblem[] = [];
  const endSeconds = (head.durationSeconds ?? 0) - opusDelaySeconds(entry);
  const { codec, sampleRate, channelCount, setup } = entry;
  const end = endSeconds > 0 ? endSeconds : undefined;
  return {
    byteLength: source.byteLength,
    codec,
    sampleRate,
    channelCount,
    setup,
    ...(end === undefined ? {} : { endSeconds: end }),
    toleranceSeconds,
    prerollSeconds: prerolls[codec] ?? 0.1,
    problems,
    close: () => undefined,
    batches: (fromSeconds) => readBatches({ source, sound, clock, end, problems, signal }, fromSeconds),
  };
}

async function readSound(source: ByteSource, signal: AbortSignal | undefined): Promise<MatroskaSound> {
  try {
    return await readMatroskaSound(source, signal);
  } catch (error) {
    throw error instanceof TableError || error instanceof RangeError ? damagedTables(source.name, error) : error;
  }
}

interface Reading {
  readonly source: ByteSource;
  readonly sound: MatroskaSound;
  readonly clock: MatroskaClock;
  readonly end: number | undefined;
  readonly problems: PcmProblem[];
  readonly signal: AbortSignal | undefined;
}

async function* readBatches(reading: Reading, fromSeconds: number): AsyncGenerator<PacketBatch, void, undefined> {
  const { source, sound, clock, end, problems, signal } = reading;
  const { entry, head } = sound;
  const { shiftSeconds } = clock;
  const builder = new BatchBuilder(clock, singly.includes(entry.codec) ? 1 : packetsPerBatch);
  const wanted = fromSeconds <= 0 ? -Infinity : fromSeconds + shiftSeconds;
  const start = wanted === -Infinity ? head.firstCluster : await seek(source, sound, wanted);
  const onDamage = (isEnd: boolean): void => {
    const message = isEnd
      ? 'The file ends here, before its sound does.'
      : 'A part of the file is damaged here and was left out.';
    problems.push({ atSeconds: Math.max(0, builder.reachedSeconds - shiftSeconds), message, isEnd });
  };
  for await (const blocks of readClusters(source, start, { track: entry.number, onDamage }, signal)) {
    for (const block of blocks) {
      const packets = packetsOf(block, entry);
      const seconds = block.ticks * head.secondsPerTick;
      let offset = 0;
      for (const data of packets) {
        const duration = clock.durationOf(data);
        const exact = clock.exactSeconds(data, seconds + offset);
        offset += duration;
        // One whose length is not known may reach beyond the place, and it is kept.
        if (exact + (duration || 0.1) <= wanted) continue;
        const batch = builder.add(data, exact, duration);
        if (batch !== undefined) yield batch;
      }
      if (block.discardSeconds > 0) builder.discard(block.discardSeconds);
    }
  }
  const last = builder.finish(end);
  if (last !== undefined) yield last;
}

/** Gathers packets that follow each other; always one batch behind, since only the last is cut. */
class BatchBuilder {
  /** On the track's clock. */
  reachedSeconds = 0;
  readonly #clock: MatroskaClock;
  readonly #limit: number;
  #packets: Uint8Array[] = [];
  #startSeconds = 0;
  #duration = 0;
  #discardSeconds = 0;

  constructor(clock: MatroskaClock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  add(data: Uint8Array, exactSeconds: number, duration: number): PacketBatch | undefined {
    const isNext =
      this.#packets.length > 0 &&
      this.#packets.length < this.#limit &&
      duration > 0 &&
      duration === this.#duration &&
      Math.abs(exactSeconds - this.reachedSeconds) < sameSeconds;
    const batch = isNext ? undefined : this.#take();
    if (this.#packets.length === 0) this.#startSeconds = exactSeconds;
    this.#packets.push(data);
    this.#duration = duration;
    this.#discardSeconds = 0;
    this.reachedSeconds = exactSeconds + duration;
    return batch;
  }

  /** Of the end of the packet before. */
  discard(seconds: number): void {
    this.#discardSeconds = seconds;
  }

  /** @param declaredEnd On the clip's clock. */
  finish(declaredEnd: number | undefined): PacketBatch | undefined {
    const { shiftSeconds } = this.#clock;
    const discarded = this.#discardSeconds;
    const end = discarded > 0 && this.#duration > 0 ? this.reachedSeconds - discarded - shiftSeconds : declaredEnd;
    const batch = this.#take();
    if (batch?.startSeconds === undefined || end === undefined || end <= batch.startSeconds) return batch;
    return { ...batch, endSeconds: end, isLast: true };
  }

  #take(): PacketBatch | undefined {
    const packets = this.#packets;
    if (packets.length === 0) return undefined;
    this.#packets = [];
    return {
      packets,
      startSeconds: this.#startSeconds - this.#clock.shiftSeconds,
      ...(this.#duration > 0 ? { packetSeconds: this.#duration } : {}),
    };
  }
}

/** A cluster that begins at or before a time on the track's clock. */
async function seek(source: ByteSource, { head, read }: MatroskaSound, seconds: number): Promise<number> {
  let low = head.firstCluster;
  let high = source.byteLength;
  while (high - low > seekByteLength) {
    const middle = Math.floor((low + high) / 2);
    const place = await findCluster(read, middle, high);
    const ticks = place === undefined ? undefined : await clusterTicks(read, place);
    if (place !== undefined && ticks !== undefined && ticks * head.secondsPerTick <= seconds) low = place;
    else high = middle;
  }
  return low;
}

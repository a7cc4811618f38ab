import type { RangeReader } from '../../blockCache.js';
import { createTimeSlice } from '../../timeSlice.js';
import { byteLengthOf, type SampleRun } from '../sampleRun.js';
import type { BoxPlace } from './boxPlaces.js';
import { countedTable, type EntryTable } from './entryTable.js';
import { openSampleSizes, type SampleSizes } from './sampleSizes.js';
import { TableClock, type TablePlace } from './tableClock.js';
import { TableError } from './tableError.js';

/** Packets at a time: few enough for flat memory, many enough to cost nothing. */
const runSampleLimit = 1024;
/** A packet of a second of uncompressed sound in eight channels is far below; a declared size beyond is damage. */
const packetByteLengthLimit = 16 << 20;
/** Uncompressed sound has a "packet" for every sample, which are taken together. */
const pcmPacketFrames = 4096;
/** Of packets, as far as a probe looks at each of their sizes. */
const longestChunk = 100_000;

export interface SampleTableOptions {
  readonly fileByteLength: number;
  /** Of all channels of one sample, for uncompressed sound. */
  readonly pcmFrameByteLength?: number;
}

/**
 * The tables that say when each packet of a track plays and where it lies (ISO/IEC 14496-12, 8.6 and 8.7). They are read
 * as they are needed, and believed as far as their boxes and the file can hold what they claim.
 */
export class SampleTable {
  readonly sampleCount: number;
  readonly #times: EntryTable;
  readonly #chunkRuns: EntryTable;
  readonly #chunkOffsets: EntryTable;
  readonly #isLongOffset: boolean;
  readonly #sizes: SampleSizes;
  readonly #options: SampleTableOptions;
  /** Bytes of every packet, where that is one number; else 0. */
  readonly #constant: number;

  constructor(
    times: EntryTable,
    chunkRuns: EntryTable,
    chunkOffsets: EntryTable,
    isLongOffset: boolean,
    sizes: SampleSizes,
    options: SampleTableOptions,
  ) {
    this.#times = times;
    this.#chunkRuns = chunkRuns;
    this.#chunkOffsets = chunkOffsets;
    this.#isLongOffset = isLongOffset;
    this.#sizes = sizes;
    this.#options = options;
    // Sizes that are all the same need no table, so that nothing but the file says how many there can be.
    this.#constant = options.pcmFrameByteLength ?? sizes.constant;
    const possible = this.#constant === 0 ? Infinity : Math.ceil(options.fileByteLength / this.#constant);
    this.sampleCount = Math.min(sizes.count, possible);
  }

  /** How long all packets play together. */
  async totalTicks(): Promise<number> {
    const { ticks } = await this.#sampleAt(Infinity);
    return ticks;
  }

  /** When the last packet has played that lies wholly in the file: less than all where the file was cut short. */
  async reachTicks(): Promise<number> {
    const { fileByteLength } = this.#options;
    const lastChunk = this.#chunkOffsets.count - 1;
    if (lastChunk < 0 || this.#chunkRuns.count === 0) return 0;
    const lastRun = this.#chunkRuns.count - 1;
    await this.#chunkRuns.hold(lastRun);
    const lastCount = Math.min(this.#chunkRuns.uint32(lastRun, 4), this.sampleCount);
    const rest = await this.#fittingCount(lastChunk, this.sampleCount - lastCount, lastCount);
    if (rest === lastCount) return this.totalTicks();
    // Chunks lie in order in what is cut short.
    let low = (await this.#offsetOf(lastChunk)) < fileByteLength ? lastChunk : 0;
    for (let high = lastChunk; high - low > 1;) {
      const middle = (low + high) >> 1;
      if ((await this.#offsetOf(middle)) < fileByteLength) low = middle;
      else high = middle;
    }
    for await (const { chunk, firstSample, count } of this.#chunksFrom(0)) {
      if (chunk < low) continue;
      const { ticks } = await this.#placeOf(firstSample + (await this.#fittingCount(chunk, firstSample, count)));
      return ticks;
    }
    return 0;
  }

  /** How many packets of a chunk the file holds. */
  async #fittingCount(chunk: number, firstSample: number, count: number): Promise<number> {
    let offset = await this.#offsetOf(chunk);
    const end = Math.min(count, this.sampleCount - firstSample);
    const room = Math.max(0, this.#options.fileByteLength - offset);
    if (this.#constant > 0) return Math.min(end, Math.floor(room / this.#constant));
    // Not worth reading megabytes for: such a file shows when it is decoded whether all of it is there.
    if (end > longestChunk && room > 0) return end;
    for (let done = 0; done < end;) {
      const sizes = await this.#sizesAt(firstSample + done, Math.min(end - done, runSampleLimit));
      for (const size of sizes) {
        offset += size;
        if (offset > this.#options.fileByteLength) return done;
        done++;
      }
    }
    return end;
  }

  /**
   * Packets from the one that plays at this time on. Those that lie beyond the end of the file are left out.
   * @param onMissing Called with the time of the first packet that is left out, each time that some are.
   * @throws TableError
   */
  async *runs(fromTicks: number, onMissing: (ticks: number) => void): AsyncGenerator<SampleRun, void, undefined> {
    const pauseWhenDue = createTimeSlice();
    const clock = new TableClock(this.#times, await this.#sampleAt(Math.max(0, fromTicks)));
    let sample = clock.sample;
    const chunks = this.#chunksFrom(sample);
    for await (const { chunk, firstSample, count } of chunks) {
      let offset = await this.#offsetOf(chunk);
      let index = firstSample;
      const end = Math.min(firstSample + count, this.sampleCount);
      if (this.#constant > 0) {
        offset += Math.max(0, sample - index) * this.#constant;
        index = Math.max(index, sample);
      }
      while (index < sample) {
        const before = await this.#sizesAt(index, Math.min(sample - index, runSampleLimit));
        for (const size of before) offset += size;
        index += before.length;
      }
      while (index < end) {
        await clock.load();
        const run = await this.#nextRun(offset, index, end, clock);
        const whole = this.#wholePart(run);
        if (whole.sizes.length > 0) yield whole;
        if (whole.sizes.length < run.sizes.length) {
          // Where one size is wrong, so are all places behind it, up to the next chunk.
          onMissing(clock.ticks + whole.sizes.length * run.ticksEach);
          await clock.advance(end - index);
          break;
        }
        const taken = this.#options.pcmFrameByteLength === undefined ? run.sizes.length : this.#framesIn(run);
        offset += byteLengthOf(run);
        index += taken;
        await clock.advance(taken);
      }
      sample = end;
      await pauseWhenDue();
    }
  }

  async #nextRun(offset: number, index: number, end: number, clock: TableClock): Promise<SampleRun> {
    const limit = Math.min(end - index, clock.left);
    const { pcmFrameByteLength } = this.#options;
    if (pcmFrameByteLength === undefined) {
      const sizes = await this.#sizesAt(index, Math.min(limit, runSampleLimit));
      return { offset, sizes, startTicks: clock.ticks, ticksEach: clock.ticksEach };
    }
    const frames = Math.min(limit, pcmPacketFrames);
    const sizes = Uint32Array.of(frames * pcmFrameByteLength);
    return { offset, sizes, startTicks: clock.ticks, ticksEach: clock.ticksEach * frames };
  }

  #framesIn(run: SampleRun): number {
    return byteLengthOf(run) / (this.#options.pcmFrameByteLength ?? 1);
  }

  #sizesAt(index: number, limit: number): Promise<Uint32Array> {
    const { pcmFrameByteLength } = this.#options;
    if (pcmFrameByteLength !== undefined) {
      return Promise.resolve(new Uint32Array(limit).fill(pcmFrameByteLength));
    }
    return this.#sizes.read(index, limit);
  }

  /** Without what cannot be there. */
  #wholePart(run: SampleRun): SampleRun {
    let end = run.offset;
    for (let index = 0; index < run.sizes.length; index++) {
      const size = run.sizes[index] ?? 0;
      end += size;
      if (end > this.#options.fileByteLength || size > packetByteLengthLimit) {
        return { ...run, sizes: run.sizes.subarray(0, index) };
      }
    }
    return run;
  }

  async #offsetOf(chunk: number): Promise<number> {
    const table = this.#chunkOffsets;
    await table.hold(chunk);
    return this.#isLongOffset ? table.uint32(chunk) * 2 ** 32 + table.uint32(chunk, 4) : table.uint32(chunk);
  }

  /** The last packet that begins at or before a time; the one behind the last for Infinity. */
  #sampleAt(wantedTicks: number): Promise<TablePlace> {
    return this.#place(wantedTicks, Infinity);
  }

  #placeOf(sample: number): Promise<TablePlace> {
    return this.#place(Infinity, sample);
  }

  async #place(wantedTicks: number, wantedSample: number): Promise<TablePlace> {
    const times = this.#times;
    let ticks = 0;
    let sample = 0;
    for (let entry = 0; entry < times.count && sample < this.sampleCount; entry++) {
      await times.hold(entry);
      const count = Math.min(times.uint32(entry), this.sampleCount - sample);
      const each = times.uint32(entry, 4);
      if (ticks + count * each > wantedTicks || sample + count > wantedSample) {
        const passed = Math.min(Math.floor((wantedTicks - ticks) / each), wantedSample - sample);
        return { entry, sample: sample + passed, ticks: ticks + passed * each, passed };
      }
      ticks += count * each;
      sample += count;
    }
    return { entry: times.count, sample, ticks, passed: 0 };
  }

  async *#chunksFrom(wantedSample: number): AsyncGenerator<Chunk, void, undefined> {
    const runs = this.#chunkRuns;
    const chunkCount = this.#chunkOffsets.count;
    let firstSample = 0;
    for (let entry = 0; entry < runs.count; entry++) {
      await runs.hold(entry);
      const chunk = runs.uint32(entry) - 1;
      const count = runs.uint32(entry, 4);
      if (entry + 1 < runs.count) await runs.hold(entry + 1);
      const endChunk = entry + 1 < runs.count ? runs.uint32(entry + 1) - 1 : chunkCount;
      if (chunk < 0 || chunk >= endChunk || endChunk > chunkCount || count === 0) {
        throw new TableError('The table of chunks is damaged.');
      }
      const passed = Math.min(endChunk - chunk, Math.max(0, Math.floor((wantedSample - firstSample) / count)));
      firstSample += passed * count;
      for (let index = chunk + passed; index < endChunk && firstSample < this.sampleCount; index++) {
        yield { chunk: index, firstSample, count };
        firstSample += count;
      }
    }
  }
}

interface Chunk {
  readonly chunk: number;
  readonly firstSample: number;
  readonly count: number;
}

/**
 * @param places Of the boxes in `stbl`, by their type.
 * @throws TableError
 */
export async function openSampleTable(
  read: RangeReader,
  places: ReadonlyMap<string, BoxPlace>,
  options: SampleTableOptions,
): Promise<SampleTable> {
  const [times, chunkRuns] = [places.get('stts'), places.get('stsc')];
  const long = places.get('co64');
  const offsets = long ?? places.get('stco');
  const sizes = places.get('stsz') ?? places.get('stz2');
  if (times === undefined || chunkRuns === undefined || offsets === undefined || sizes === undefined) {
    throw new TableError('One of the tables is missing.');
  }
  return new SampleTable(
    await countedTable(read, times, 8),
    await countedTable(read, chunkRuns, 12),
    await countedTable(read, offsets, long === undefined ? 4 : 8),
    long !== undefined,
    await openSampleSizes(read, sizes),
    options,
  );
}

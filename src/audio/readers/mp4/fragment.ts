import type { RangeReader } from '../../blockCache.js';
import { boxesOf } from '../mp4Boxes.js';
import type { SampleRun } from '../sampleRun.js';
import { readLong, viewOf, type BoxPlace } from './boxPlaces.js';
import type { SampleDefaults } from './movie.js';

/** Seconds of sound, and of pictures beside it: far below. */
const fragmentByteLengthLimit = 16 << 20;

/** What a fragment holds of one track. */
export interface Fragment {
  readonly runs: readonly SampleRun[];
  /** When it begins by its own account; undefined when it just goes on from the one before. */
  readonly startTicks?: number;
  readonly endTicks: number;
  /** It promises packets beyond the end of the file. */
  readonly isCut: boolean;
}

export interface FragmentTrack {
  readonly id: number;
  readonly defaults: SampleDefaults;
  readonly fileByteLength: number;
}

/** Flags of `tfhd` and `trun` (ISO/IEC 14496-12, 8.8.7 and 8.8.8). */
const hasBaseOffset = 0x1;
const hasDescription = 0x2;
const hasDefaultDuration = 0x8;
const hasDefaultSize = 0x10;
const startsAtFragment = 0x2_0000;
const hasDataOffset = 0x1;
const hasFirstFlags = 0x4;
const sampleFields = [0x100, 0x200, 0x400, 0x800] as const;

/**
 * @param fromTicks Where it begins if it does not say so.
 * @returns undefined when it is damaged.
 */
export async function readFragment(
  read: RangeReader,
  place: BoxPlace,
  track: FragmentTrack,
  fromTicks: number,
): Promise<Fragment | undefined> {
  if (place.isCut || place.end - place.start > fragmentByteLengthLimit) return undefined;
  const movie = viewOf(await read(place.start, place.end));
  try {
    return parseFragment(movie, place.headStart, track, fromTicks);
  } catch (error) {
    // A box that is shorter than its own fields.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function parseFragment(
  movie: DataView,
  fragmentStart: number,
  track: FragmentTrack,
  fromTicks: number,
): Fragment | undefined {
  const reader = new RunReader(track, fromTicks);
  let startTicks: number | undefined;
  let dataEnd = fragmentStart;
  for (const { type, body } of boxesOf(movie)) {
    if (type !== 'traf') continue;
    let header: TrackHeader | undefined;
    let offset = 0;
    for (const { type: childType, body: child } of boxesOf(body)) {
      if (childType === 'tfhd') {
        header = readHeader(child, track, fragmentStart, dataEnd);
        offset = header.baseOffset;
      }
      if (header === undefined) continue;
      if (childType === 'tfdt' && header.id === track.id) {
        const time = child.getUint8(0) === 1 ? readLong(child, 4) : child.getUint32(4);
        startTicks ??= time;
        reader.ticks = time;
      }
      if (childType === 'trun') offset = reader.read(child, header, offset);
    }
    dataEnd = offset;
  }
  const isEmpty = reader.runs.length === 0 && startTicks === undefined;
  if (isEmpty && !reader.isCut) return { runs: [], endTicks: fromTicks, isCut: false };
  return {
    runs: reader.runs,
    ...(startTicks === undefined ? {} : { startTicks }),
    endTicks: reader.ticks,
    isCut: reader.isCut,
  };
}

interface TrackHeader extends SampleDefaults {
  readonly id: number;
  readonly baseOffset: number;
}

function readHeader(view: DataView, track: FragmentTrack, fragmentStart: number, dataEnd: number): TrackHeader {
  const flags = view.getUint32(0) & 0xff_ffff;
  const id = view.getUint32(4);
  let { duration, size } = track.defaults;
  let offset = 8;
  let baseOffset = (flags & startsAtFragment) !== 0 ? fragmentStart : dataEnd;
  if ((flags & hasBaseOffset) !== 0) {
    baseOffset = readLong(view, offset);
    offset += 8;
  }
  if ((flags & hasDescription) !== 0) offset += 4;
  if ((flags & hasDefaultDuration) !== 0) {
    duration = view.getUint32(offset);
    offset += 4;
  }
  if ((flags & hasDefaultSize) !== 0) size = view.getUint32(offset);
  return { id, baseOffset, duration, size };
}

/** Packets of one fragment, in runs of equal duration. */
class RunReader {
  readonly runs: SampleRun[] = [];
  ticks: number;
  isCut = false;
  readonly #track: FragmentTrack;

  constructor(track: FragmentTrack, ticks: number) {
    this.#track = track;
    this.ticks = ticks;
  }

  /** @returns Where the data of the next run begin unless it says so itself. */
  read(view: DataView, header: TrackHeader, defaultOffset: number): number {
    const flags = view.getUint32(0) & 0xff_ffff;
    const count = view.getUint32(4);
    let field = 8;
    let offset = defaultOffset;
    if ((flags & hasDataOffset) !== 0) {
      offset = header.baseOffset + view.getInt32(field);
      field += 4;
    }
    if ((flags & hasFirstFlags) !== 0) field += 4;
    const width = sampleFields.reduce((sum, flag) => sum + ((flags & flag) === 0 ? 0 : 4), 0);
    const hasDuration = (flags & sampleFields[0]) !== 0;
    const hasSize = (flags & sampleFields[1]) !== 0;
    if (width > 0 && field + count * width > view.byteLength) throw new RangeError('More packets than it can hold.');
    // Packets of one size need no table, so that nothing but the file says how many there can be.
    if (!hasSize && count * header.size > this.#track.fileByteLength) throw new RangeError('More than the file holds.');
    if (!hasSize && header.size === 0 && width === 0) throw new RangeError('Packets without a size.');
    const isWanted = header.id === this.#track.id;
    const sizes = new Uint32Array(count);
    let runStart = 0;
    let runOffset = offset;
    let runDuration = header.duration;
    for (let index = 0; index < count; index++, field += width) {
      const duration = hasDuration ? view.getUint32(field) : header.duration;
      const size = hasSize ? view.getUint32(field + (hasDuration ? 4 : 0)) : header.size;
      if (isWanted && duration !== runDuration) {
        this.#add(runOffset, sizes.subarray(runStart, index), runDuration);
        runStart = index;
        runOffset = offset;
        runDuration = duration;
      }
      sizes[index] = size;
      offset += size;
    }
    if (isWanted) this.#add(runOffset, sizes.subarray(runStart), runDuration);
    return offset;
  }

  #add(offset: number, sizes: Uint32Array, ticksEach: number): void {
    let count = 0;
    let end = offset;
    for (; count < sizes.length; count++) {
      end += sizes[count] ?? 0;
      if (end > this.#track.fileByteLength || offset < 0) break;
    }
    if (count > 0 && !this.isCut) {
      this.runs.push({ offset, sizes: sizes.subarray(0, count), startTicks: this.ticks, ticksEach });
      this.ticks += count * ticksEach;
    }
    if (count < sizes.length) this.isCut = true;
  }
}

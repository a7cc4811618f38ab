import type { RangeReader } from '../../blockCache.js';
import { createTimeSlice } from '../../timeSlice.js';
import type { SampleRun } from '../sampleRun.js';
import { boxAt, viewOf, type BoxPlace } from './boxPlaces.js';
import { readFragment, type Fragment, type FragmentTrack } from './fragment.js';

const searchByteLength = 64 * 1024;
/** A fragment is expected within so many bytes, wherever one looks. */
const searchLimit = 8 << 20;
const seekByteLength = 1 << 20;
const tailByteLength = 1 << 20;

/** The fragments (`moof`) of a movie one behind the other, found again behind damage. */
export class Fragments {
  readonly #read: RangeReader;
  readonly #track: FragmentTrack;
  readonly #start: number;

  /** @param start Behind the `moov` box. */
  constructor(read: RangeReader, track: FragmentTrack, start: number) {
    this.#read = read;
    this.#track = track;
    this.#start = start;
  }

  /**
   * Packets from at or before this time on.
   * @param defaultTicks When the first fragment begins if it does not say so.
   * @param onDamage Called with the time at which something was passed over; `isEnd` when nothing follows.
   */
  async *runs(
    fromTicks: number,
    defaultTicks: number,
    onDamage: (ticks: number, isEnd: boolean) => void,
  ): AsyncGenerator<SampleRun, void, undefined> {
    const pauseWhenDue = createTimeSlice();
    let ticks = defaultTicks;
    let offset = fromTicks <= 0 ? this.#start : await this.#seek(fromTicks);
    while (offset + 8 <= this.#track.fileByteLength) {
      await pauseWhenDue();
      const place = await this.#boxAt(offset);
      const isDamaged = place === undefined;
      const fragment = place?.type === 'moof' ? await this.#fragmentAt(place, ticks) : undefined;
      if (isDamaged || (place.type === 'moof' && fragment === undefined)) {
        const next = await this.#find(offset + 1, this.#track.fileByteLength);
        onDamage(ticks, next === undefined);
        if (next === undefined) return;
        offset = next.headStart;
        continue;
      }
      if (fragment !== undefined) {
        ticks = fragment.endTicks;
        if (fragment.endTicks > fromTicks || fragment.isCut) yield* fragment.runs;
        if (fragment.isCut) onDamage(ticks, true);
      }
      offset = place.end;
    }
  }

  /** Where the sound ends, by the last fragment; undefined when none is found near the end. */
  async end(): Promise<Fragment | undefined> {
    const { fileByteLength } = this.#track;
    const from = Math.max(this.#start, fileByteLength - tailByteLength);
    let last: Fragment | undefined;
    for (let offset = from; ;) {
      const place = await this.#find(offset, fileByteLength);
      if (place === undefined) return last;
      const fragment = await this.#fragmentAt(place, 0);
      if (fragment?.startTicks !== undefined) last = fragment;
      offset = place.end;
    }
  }

  /** The first fragment, from which the rest can be estimated. */
  async first(): Promise<{ readonly fragment: Fragment; readonly byteLength: number } | undefined> {
    const place = await this.#find(this.#start, this.#track.fileByteLength);
    const fragment = place === undefined ? undefined : await this.#fragmentAt(place, 0);
    if (place === undefined || fragment === undefined) return undefined;
    // Its packets lie in the box behind it.
    const data = await this.#boxAt(place.end);
    return { fragment, byteLength: (data?.end ?? place.end) - place.headStart };
  }

  #fragmentAt(place: BoxPlace, ticks: number): Promise<Fragment | undefined> {
    return readFragment(this.#read, place, this.#track, ticks);
  }

  /** Undefined where no box can be. One that reaches beyond the end of the file is the rest of it. */
  async #boxAt(offset: number): Promise<BoxPlace | undefined> {
    const { fileByteLength } = this.#track;
    const head = viewOf(await this.#read(offset, Math.min(fileByteLength, offset + 16)));
    const place = boxAt(head, offset, fileByteLength);
    const isPlausible = place !== undefined && /^[ -~\xa9]{4}$/.test(place.type);
    return isPlausible && (!place.isCut || place.type === 'mdat') ? place : undefined;
  }

  /** The next `moof` that holds what one has to hold, from a place on. */
  async #find(from: number, limit: number): Promise<BoxPlace | undefined> {
    const end = Math.min(limit, from + searchLimit);
    for (let start = from; start + 24 <= end; start += searchByteLength) {
      const bytes = await this.#read(start, Math.min(this.#track.fileByteLength, start + searchByteLength + 24));
      for (let index = bytes.indexOf(0x6d, 4); index >= 0 && index + 12 <= bytes.length;) {
        if (bytes[index + 1] === 0x6f && bytes[index + 2] === 0x6f && bytes[index + 3] === 0x66) {
          const place = boxAt(viewOf(bytes.subarray(index - 4)), start + index - 4, this.#track.fileByteLength);
          const isHeader = [0x6d, 0x66, 0x68, 0x64].every((byte, at) => bytes[index + 8 + at] === byte);
          if (place !== undefined && isHeader && !place.isCut && place.headStart < limit) return place;
        }
        index = bytes.indexOf(0x6d, index + 1);
      }
    }
    return undefined;
  }

  async #seek(fromTicks: number): Promise<number> {
    let low = this.#start;
    let high = this.#track.fileByteLength;
    while (high - low > seekByteLength) {
      const middle = Math.floor((low + high) / 2);
      const place = await this.#find(middle, high);
      const fragment = place === undefined ? undefined : await this.#fragmentAt(place, 0);
      if (place !== undefined && fragment?.startTicks !== undefined && fragment.startTicks <= fromTicks) {
        low = place.headStart;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

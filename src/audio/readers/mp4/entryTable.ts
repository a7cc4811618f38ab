import type { RangeReader } from '../../blockCache.js';
import { viewOf, type BoxPlace } from './boxPlaces.js';
import { TableError } from './tableError.js';

const windowByteLength = 64 * 1024;

/** A table with entries of one length, read window by window, so that the tables of ten hours take no more memory than those of one. */
export class EntryTable {
  readonly count: number;
  readonly #read: RangeReader;
  readonly #start: number;
  readonly #width: number;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #first = 0;
  #loadedCount = 0;

  /** @throws TableError when its box cannot hold so many entries. */
  constructor(read: RangeReader, place: BoxPlace, headByteLength: number, count: number, width: number) {
    if (place.start + headByteLength + count * width > place.end) {
      throw new TableError(`"${place.type}" claims ${count} entries, more than it can hold.`);
    }
    this.#read = read;
    this.#start = place.start + headByteLength;
    this.#width = width;
    this.count = count;
  }

  /** Makes an entry readable; those behind it up to the end of the window are too. @returns How many of them there are. */
  async hold(index: number): Promise<number> {
    const held = this.#first + this.#loadedCount - index;
    if (index >= this.#first && held > 0) return held;
    const wanted = Math.min(this.count - index, Math.floor(windowByteLength / this.#width));
    if (wanted <= 0) throw new TableError('A table ends before the sound does.');
    const start = this.#start + index * this.#width;
    this.#view = viewOf(await this.#read(start, start + wanted * this.#width));
    this.#first = index;
    this.#loadedCount = Math.floor(this.#view.byteLength / this.#width);
    if (this.#loadedCount === 0) throw new TableError('A table lies beyond the end of the file.');
    return this.#loadedCount;
  }

  /** Of an entry that is held. */
  uint32(index: number, offset = 0): number {
    return this.#view.getUint32((index - this.#first) * this.#width + offset);
  }

  uint16(index: number): number {
    return this.#view.getUint16((index - this.#first) * this.#width);
  }

  uint8(index: number): number {
    return this.#view.getUint8((index - this.#first) * this.#width);
  }
}

/** The usual kind: a version, and a count in front of the entries. */
export async function countedTable(read: RangeReader, place: BoxPlace, width: number): Promise<EntryTable> {
  const head = viewOf(await read(place.start, Math.min(place.end, place.start + 8)));
  if (head.byteLength < 8) throw new TableError(`"${place.type}" is cut off.`);
  return new EntryTable(read, place, 8, head.getUint32(4), width);
}

import type { RangeReader } from '../../blockCache.js';
import { viewOf, type BoxPlace } from './boxPlaces.js';
import { EntryTable } from './entryTable.js';
import { TableError } from './tableError.js';

/** How many bytes each packet has (ISO/IEC 14496-12, 8.7.3). */
export interface SampleSizes {
  readonly count: number;
  /** Of all packets, where they are of one size; else 0. */
  readonly constant: number;
  /** @returns Sizes from this packet on: at least one, at most `limit`. The array is the caller's. */
  read(first: number, limit: number): Promise<Uint32Array>;
}

/** @throws TableError */
export async function openSampleSizes(read: RangeReader, place: BoxPlace): Promise<SampleSizes> {
  const head = viewOf(await read(place.start, Math.min(place.end, place.start + 12)));
  if (head.byteLength < 12) throw new TableError('The table of sizes is cut off.');
  const count = head.getUint32(8);
  const isCompact = place.type === 'stz2';
  const constant = isCompact ? 0 : head.getUint32(4);
  if (constant > 0) {
    return { count, constant, read: (_, limit) => Promise.resolve(new Uint32Array(limit).fill(constant)) };
  }
  const fieldBits = isCompact ? head.getUint8(7) : 32;
  if (fieldBits === 4) return halfBytes(read, place, count);
  if (fieldBits !== 8 && fieldBits !== 16 && fieldBits !== 32) {
    throw new TableError(`The table of sizes has fields of ${fieldBits} bits.`);
  }
  const table = new EntryTable(read, place, 12, count, fieldBits / 8);
  return {
    count,
    constant,
    async read(first, limit) {
      const sizes = new Uint32Array(Math.min(limit, await table.hold(first)));
      for (let index = 0; index < sizes.length; index++) {
        const place = first + index;
        sizes[index] =
          fieldBits === 32 ? table.uint32(place) : fieldBits === 16 ? table.uint16(place) : table.uint8(place);
      }
      return sizes;
    },
  };
}

/** Two sizes in a byte, the first in its upper half. */
function halfBytes(read: RangeReader, place: BoxPlace, count: number): SampleSizes {
  const table = new EntryTable(read, place, 12, Math.ceil(count / 2), 1);
  return {
    count,
    constant: 0,
    async read(first) {
      await table.hold(first >> 1);
      const pair = table.uint8(first >> 1);
      return Uint32Array.of((first & 1) === 0 ? pair >> 4 : pair & 15);
    },
  };
}

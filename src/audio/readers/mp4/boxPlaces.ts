import type { RangeReader } from '../../blockCache.js';
import { ascii } from '../../signatures.js';

/** More boxes than any writer puts side by side; a file of empty boxes must not keep anyone busy. */
const boxCountLimit = 10_000;

/** Where a box of MP4 or QuickTime (ISO/IEC 14496-12, 4.2) lies, before anything in it is read. */
export interface BoxPlace {
  readonly type: string;
  readonly headStart: number;
  /** Of its content. */
  readonly start: number;
  readonly end: number;
  /** It claims to reach beyond what holds it: `end` is where that ends. */
  readonly isCut: boolean;
}

/** The boxes side by side in a range; ends at the first that cannot be one. */
export async function* boxPlaces(
  read: RangeReader,
  start: number,
  end: number,
  countLimit = boxCountLimit,
): AsyncGenerator<BoxPlace, void, undefined> {
  let offset = start;
  for (let count = 0; count < countLimit && offset + 8 <= end; count++) {
    const place = boxAt(viewOf(await read(offset, Math.min(end, offset + 16))), offset, end);
    if (place === undefined) return;
    yield place;
    offset = place.isCut ? end : place.end;
  }
}

/** @param head The first 16 bytes at `offset`, or fewer where the file ends. */
export function boxAt(head: DataView, offset: number, limit: number): BoxPlace | undefined {
  if (head.byteLength < 8) return undefined;
  const size = head.getUint32(0);
  const isLong = size === 1 && head.byteLength >= 16;
  const length = isLong ? head.getUint32(8) * 2 ** 32 + head.getUint32(12) : size === 0 ? limit - offset : size;
  const headByteLength = isLong ? 16 : 8;
  if (length < headByteLength) return undefined;
  const end = offset + length;
  return {
    type: ascii(head, 4, 4),
    headStart: offset,
    start: offset + headByteLength,
    end: Math.min(limit, end),
    isCut: end > limit,
  };
}

/** The first boxes of each of these types. */
export async function findPlaces(
  read: RangeReader,
  parent: { readonly start: number; readonly end: number },
  types: readonly string[],
): Promise<Map<string, BoxPlace>> {
  const found = new Map<string, BoxPlace>();
  for await (const place of boxPlaces(read, parent.start, parent.end)) {
    if (types.includes(place.type) && !found.has(place.type)) found.set(place.type, place);
    if (found.size === types.length) break;
  }
  return found;
}

export async function findPlace(
  read: RangeReader,
  parent: { readonly start: number; readonly end: number },
  ...path: readonly string[]
): Promise<BoxPlace | undefined> {
  const [type, ...rest] = path;
  if (type === undefined) return undefined;
  for await (const place of boxPlaces(read, parent.start, parent.end)) {
    if (place.type === type) return rest.length === 0 ? place : findPlace(read, place, ...rest);
  }
  return undefined;
}

/** What a box holds, up to a limit: enough for the small boxes that this is for. */
export async function readBody(read: RangeReader, place: BoxPlace, byteLengthLimit = 4096): Promise<DataView> {
  return viewOf(await read(place.start, Math.min(place.end, place.start + byteLengthLimit)));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** 64 bits as a number: exact up to 2^53, which no real file reaches. */
export function readLong(view: DataView, offset: number): number {
  return view.getUint32(offset) * 2 ** 32 + view.getUint32(offset + 4);
}

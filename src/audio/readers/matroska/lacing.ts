import { readVariable } from './ebml.js';

/** A block of packets of one track (RFC 9559, 10.1). */
export interface RawBlock {
  readonly track: number;
  /** From the timestamp of its cluster. */
  readonly relativeTicks: number;
  readonly frames: readonly Uint8Array[];
}

/** The content of a SimpleBlock or Block; undefined when it is damaged. */
export function readBlock(bytes: Uint8Array, wantedTrack: number): RawBlock | undefined {
  const track = readVariable(bytes, 0);
  if (track === undefined || bytes.byteLength < track.byteLength + 3) return undefined;
  const at = track.byteLength;
  const time = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  const relativeTicks = time >= 0x8000 ? time - 0x1_0000 : time;
  const lacing = ((bytes[at + 2] ?? 0) >> 1) & 3;
  const plain = { track: track.value, relativeTicks };
  if (track.value !== wantedTrack) return { ...plain, frames: [] };
  if (lacing === 0) return { ...plain, frames: [bytes.subarray(at + 3)] };
  const frames = unlace(bytes.subarray(at + 3), lacing);
  return frames && { ...plain, frames };
}

const xiph = 1;
const fixed = 2;

/** Several packets in one block (RFC 9559, 10.3). */
function unlace(bytes: Uint8Array, lacing: number): Uint8Array[] | undefined {
  const count = (bytes[0] ?? 0) + 1;
  if (lacing === fixed) {
    const length = (bytes.byteLength - 1) / count;
    if (!Number.isInteger(length)) return undefined;
    return Array.from({ length: count }, (_, index) => bytes.subarray(1 + index * length, 1 + (index + 1) * length));
  }
  const sizes = lacing === xiph ? xiphSizes(bytes, count) : ebmlSizes(bytes, count);
  if (sizes === undefined) return undefined;
  const frames: Uint8Array[] = [];
  let offset = sizes.start;
  for (const length of sizes.lengths) {
    if (length < 0 || offset + length > bytes.byteLength) return undefined;
    frames.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  frames.push(bytes.subarray(offset));
  return frames;
}

interface LaceSizes {
  /** Of all but the last. */
  readonly lengths: readonly number[];
  readonly start: number;
}

function xiphSizes(bytes: Uint8Array, count: number): LaceSizes | undefined {
  const lengths: number[] = [];
  let offset = 1;
  for (let frame = 1; frame < count; frame++) {
    let length = 0;
    while (bytes[offset] === 255) length += bytes[offset++] ?? 0;
    length += bytes[offset++] ?? 0;
    if (offset > bytes.byteLength) return undefined;
    lengths.push(length);
  }
  return { lengths, start: offset };
}

/** The first length, then differences. */
function ebmlSizes(bytes: Uint8Array, count: number): LaceSizes | undefined {
  const lengths: number[] = [];
  let offset = 1;
  let length = 0;
  for (let frame = 1; frame < count; frame++) {
    const read = readVariable(bytes, offset);
    if (read === undefined || read.value === Infinity) return undefined;
    length = frame === 1 ? read.value : length + read.value - (2 ** (7 * read.byteLength - 1) - 1);
    lengths.push(length);
    offset += read.byteLength;
  }
  return { lengths, start: offset };
}

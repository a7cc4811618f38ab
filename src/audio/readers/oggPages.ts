import type { ByteSource } from '../byteSource.js';

/** One page of an Ogg file (RFC 3533). */
export interface OggPage {
  readonly offset: number;
  readonly serial: number;
  readonly sequence: number;
  /** The codec's position at the end of the last packet that ends here; undefined if none does. */
  readonly granule: number | undefined;
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Lengths of the segments; a packet ends with each that is shorter than 255 bytes. */
  readonly lacing: Uint8Array;
  readonly body: Uint8Array;
}

export interface OggPages {
  readonly pages: readonly OggPage[];
  /** Bytes between pages that belong to none: a hole. */
  readonly hasGap: boolean;
}

const blockByteLength = 1 << 18;
const headerByteLength = 27;
const longestPage = headerByteLength + 255 + 255 * 255;

/** Whole pages with a right checksum, a read at a time. Whatever else lies between is passed over. */
export async function* readOggPages(
  source: ByteSource,
  start: number,
  signal: AbortSignal | undefined,
  blockLength = blockByteLength,
): AsyncGenerator<OggPages> {
  for (let position = start; position < source.byteLength;) {
    const end = Math.min(source.byteLength, position + blockLength + longestPage);
    const bytes = await source.read(position, end, signal);
    const pages: OggPage[] = [];
    let hasGap = false;
    let offset = 0;
    while (offset < Math.min(blockLength, bytes.byteLength)) {
      const length = pageLength(bytes, offset);
      if (length === undefined) {
        hasGap = true;
        offset = nextCapture(bytes, offset + 1);
        continue;
      }
      pages.push(parsePage(bytes, offset, length, position));
      offset += length;
    }
    yield { pages, hasGap };
    if (bytes.byteLength < end - position) return;
    position += Math.max(1, offset);
  }
}

/** The length of the whole, undamaged page that begins here. */
function pageLength(bytes: Uint8Array, offset: number): number | undefined {
  if (bytes[offset] !== 0x4f || bytes[offset + 1] !== 0x67 || bytes[offset + 2] !== 0x67) return undefined;
  if (bytes[offset + 3] !== 0x53 || bytes[offset + 4] !== 0) return undefined;
  const segmentCount = bytes[offset + 26];
  if (segmentCount === undefined) return undefined;
  let length = headerByteLength + segmentCount;
  for (let index = 0; index < segmentCount; index++) length += bytes[offset + headerByteLength + index] ?? 0;
  if (offset + length > bytes.byteLength) return undefined;
  return checksum(bytes, offset, length) === readU32(bytes, offset + 22) ? length : undefined;
}

function parsePage(bytes: Uint8Array, offset: number, length: number, position: number): OggPage {
  const flags = bytes[offset + 5] ?? 0;
  const low = readU32(bytes, offset + 6);
  const high = readU32(bytes, offset + 10);
  const bodyStart = offset + headerByteLength + (bytes[offset + 26] ?? 0);
  return {
    offset: position + offset,
    serial: readU32(bytes, offset + 14),
    sequence: readU32(bytes, offset + 18),
    granule: high >= 0x8000_0000 ? undefined : high * 2 ** 32 + low,
    isContinued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    lacing: bytes.subarray(offset + headerByteLength, bodyStart),
    body: bytes.subarray(bodyStart, offset + length),
  };
}

function nextCapture(bytes: Uint8Array, from: number): number {
  for (let offset = from; ; offset++) {
    offset = bytes.indexOf(0x4f, offset);
    if (offset < 0) return bytes.byteLength;
    if (bytes[offset + 1] === 0x67 && bytes[offset + 2] === 0x67 && bytes[offset + 3] === 0x53) return offset;
  }
}

function readU32(bytes: Uint8Array, offset: number): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = [
    bytes[offset],
    bytes[offset + 1],
    bytes[offset + 2],
    bytes[offset + 3],
  ];
  return (first | (second << 8) | (third << 16) | (fourth << 24)) >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c1_1db7 : 0);
  return value;
});

/** The page's CRC-32, counted with zeros in place of itself. */
function checksum(bytes: Uint8Array, offset: number, length: number): number {
  let crc = 0;
  for (let index = 0; index < length; index++) {
    const byte = index >= 22 && index < 26 ? 0 : (bytes[offset + index] ?? 0);
    crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] ?? 0);
  }
  return crc >>> 0;
}

/** What STREAMINFO (RFC 9639, 8.2) says of a FLAC stream. */
export interface FlacInfo {
  readonly sampleRate: number;
  readonly channelCount: number;
  readonly bitsPerSample: number;
  /** Of every block but the last, in streams of one block size. */
  readonly blockSampleCount: number;
  /** 0 when the encoder did not know. */
  readonly totalSampleCount: number;
  /** Generous: no frame can be longer. */
  readonly maxFrameByteLength: number;
}

export interface FlacFrame {
  readonly startSample: number;
  readonly sampleCount: number;
}

export const flacHeadByteLength = 42;

/** @param head `fLaC` and the first block of metadata, which must be STREAMINFO. */
export function parseFlacInfo(head: Uint8Array): FlacInfo | undefined {
  if (head.byteLength < flacHeadByteLength || ((head[4] ?? 0) & 0x7f) !== 0) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const bits = view.getUint32(18);
  const channelCount = ((bits >>> 9) & 7) + 1;
  const bitsPerSample = ((bits >>> 4) & 31) + 1;
  const maxBlock = view.getUint16(10);
  return {
    sampleRate: bits >>> 12,
    channelCount,
    bitsPerSample,
    blockSampleCount: maxBlock,
    totalSampleCount: (bits & 15) * 2 ** 32 + view.getUint32(22),
    maxFrameByteLength: 1024 + (maxBlock || 65_535) * channelCount * 5,
  };
}

const blockSizes = [0, 192, 576, 1152, 2304, 4608, 0, 0, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768] as const;

/** The header of a frame (RFC 9639, 9.1) whose checksum is right and that fits to its stream. */
export function parseFlacFrame(bytes: Uint8Array, offset: number, info: FlacInfo): FlacFrame | undefined {
  const [sync = 0, strategy = 0, sizes = 0, format = 0] = bytes.subarray(offset, offset + 4);
  if (sync !== 0xff || (strategy & 0xfe) !== 0xf8 || (format & 1) !== 0) return undefined;
  const assignment = format >> 4;
  const channelCount = assignment < 8 ? assignment + 1 : 2;
  if (assignment > 10 || channelCount !== info.channelCount || (sizes & 15) === 15 || sizes >> 4 === 0)
    return undefined;
  const coded = readCodedNumber(bytes, offset + 4);
  if (coded === undefined) return undefined;
  let end = offset + 4 + coded.byteLength;
  const sizeCode = sizes >> 4;
  let sampleCount: number = blockSizes[sizeCode] ?? 0;
  if (sizeCode === 6) sampleCount = (bytes[end++] ?? 0) + 1;
  if (sizeCode === 7) sampleCount = (((bytes[end++] ?? 0) << 8) | (bytes[end++] ?? 0)) + 1;
  const rateCode = sizes & 15;
  if (rateCode === 12) end += 1;
  if (rateCode === 13 || rateCode === 14) end += 2;
  if (end >= bytes.byteLength || headerChecksum(bytes, offset, end) !== bytes[end]) return undefined;
  const isVariable = (strategy & 1) === 1;
  return { startSample: isVariable ? coded.value : coded.value * info.blockSampleCount, sampleCount };
}

/** A number in the manner of UTF-8, of up to 36 bits. */
function readCodedNumber(bytes: Uint8Array, offset: number): { value: number; byteLength: number } | undefined {
  const first = bytes[offset] ?? 0xff;
  if (first < 0x80) return { value: first, byteLength: 1 };
  let byteLength = 0;
  while (byteLength < 8 && (first & (0x80 >> byteLength)) !== 0) byteLength++;
  if (byteLength < 2 || byteLength > 7) return undefined;
  let value = first & (0x7f >> byteLength);
  for (let index = 1; index < byteLength; index++) {
    const next = bytes[offset + index] ?? 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    value = value * 64 + (next & 0x3f);
  }
  return { value, byteLength };
}

const crc8Table = Uint8Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ ((value & 0x80) !== 0 ? 0x07 : 0);
  return value & 0xff;
});

function headerChecksum(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0;
  for (let index = start; index < end; index++) crc = crc8Table[crc ^ (bytes[index] ?? 0)] ?? 0;
  return crc;
}

export interface FoundFlacFrame extends FlacFrame {
  readonly offset: number;
}

/** The next header from this place on; with `isNext`, the first one that it accepts. */
export function findFlacFrame(
  bytes: Uint8Array,
  from: number,
  info: FlacInfo,
  isNext: (frame: FlacFrame) => boolean = () => true,
): FoundFlacFrame | undefined {
  for (let offset = bytes.indexOf(0xff, from); offset >= 0; offset = bytes.indexOf(0xff, offset + 1)) {
    if (((bytes[offset + 1] ?? 0) & 0xfe) !== 0xf8) continue;
    const frame = parseFlacFrame(bytes, offset, info);
    if (frame !== undefined && isNext(frame)) return { ...frame, offset };
  }
  return undefined;
}

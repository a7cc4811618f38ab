/** Elements of Matroska that are read here, by the names of RFC 9559. */
export const ids = {
  header: 0x1a45dfa3,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  information: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  flagDefault: 0x88,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  bitDepth: 0x6264,
  contentEncodings: 0x6d80,
  contentEncoding: 0x6240,
  contentCompression: 0x5034,
  compressionAlgorithm: 0x4254,
  compressionSettings: 0x4255,
  contentEncryption: 0x5035,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  discardPadding: 0x75a2,
  cues: 0x1c53bb6b,
  tags: 0x1254c367,
  chapters: 0x1043a770,
  attachments: 0x1941a469,
  void: 0xec,
  checksum: 0xbf,
  position: 0xa7,
  previousSize: 0xab,
  silentTracks: 0x5854,
  encryptedBlock: 0xaf,
} as const;

export interface ElementHead {
  readonly id: number;
  /** Of its content; Infinity for what goes on until something else begins, as live streams write it. */
  readonly byteLength: number;
  readonly headByteLength: number;
}

/** At most 4 bytes of id and 8 of length. */
export const longestHead = 12;

/** RFC 8794, 5 and 6. Undefined where none can be, or where the bytes end within it. */
export function elementHeadAt(bytes: Uint8Array, offset: number): ElementHead | undefined {
  const idByteLength = leadingZeros(bytes[offset]) + 1;
  if (idByteLength > 4 || offset + idByteLength >= bytes.byteLength) return undefined;
  let id = 0;
  for (let index = 0; index < idByteLength; index++) id = id * 256 + (bytes[offset + index] ?? 0);
  const size = readVariable(bytes, offset + idByteLength);
  return size && { id, byteLength: size.value, headByteLength: idByteLength + size.byteLength };
}

/** A number whose first bits tell its length. All ones means unknown, here Infinity. */
export function readVariable(bytes: Uint8Array, offset: number): { value: number; byteLength: number } | undefined {
  const byteLength = leadingZeros(bytes[offset]) + 1;
  if (byteLength > 8 || offset + byteLength > bytes.byteLength) return undefined;
  let value = (bytes[offset] ?? 0) & (0xff >> byteLength);
  for (let index = 1; index < byteLength; index++) value = value * 256 + (bytes[offset + index] ?? 0);
  return { value: value >= 2 ** (7 * byteLength) - 1 ? Infinity : value, byteLength };
}

function leadingZeros(byte: number | undefined): number {
  return byte === undefined ? 8 : Math.clz32(byte) - 24;
}

export interface Element {
  readonly id: number;
  readonly body: Uint8Array;
}

/** The elements one behind the other in a body; ends at the first that is damaged. */
export function* elementsOf(bytes: Uint8Array): Generator<Element, void, undefined> {
  for (let offset = 0; offset < bytes.byteLength;) {
    const head = elementHeadAt(bytes, offset);
    if (head === undefined) return;
    const start = offset + head.headByteLength;
    const end = start + head.byteLength;
    if (end > bytes.byteLength) return;
    yield { id: head.id, body: bytes.subarray(start, end) };
    offset = end;
  }
}

export function unsignedOf(body: Uint8Array): number {
  let value = 0;
  for (const byte of body.subarray(0, 8)) value = value * 256 + byte;
  return value;
}

export function signedOf(body: Uint8Array): number {
  const value = unsignedOf(body);
  const isNegative = ((body[0] ?? 0) & 0x80) !== 0;
  return isNegative ? value - 2 ** (8 * Math.min(8, body.byteLength)) : value;
}

export function floatOf(body: Uint8Array): number {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  if (body.byteLength === 8) return view.getFloat64(0);
  return body.byteLength === 4 ? view.getFloat32(0) : 0;
}

export function textOf(body: Uint8Array): string {
  return String.fromCharCode(...body.subarray(0, 256)).replace(/\0.*$/s, '');
}

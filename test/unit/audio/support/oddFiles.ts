import { be32 } from './mp3Files.js';
import { bytesOf, join } from './wavFiles.js';

/** Files that are right and rare, made from ordinary ones. */

const text = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length));

/** The same sound with frames that do not say how long they are. @param frames Of constant bit rate, all of one length. */
export function toFreeFormat(frames: Uint8Array, frameByteLength: number): Uint8Array {
  const free = frames.slice();
  for (let offset = 0; offset + 4 <= free.byteLength; offset += frameByteLength) {
    if (free[offset] !== 0xff) throw new Error(`No frame begins at ${offset}.`);
    free[offset + 2] = (free[offset + 2] ?? 0) & 0x0f;
  }
  return free;
}

export function id3WithPicture(pictureByteLength: number): Uint8Array {
  const picture = new Uint8Array(pictureByteLength).fill(0xff);
  const frame = join([bytesOf('APIC', be32(13 + pictureByteLength), 0, 0, 0, 'image/png', 0, 3, 0), picture]);
  const size = [21, 14, 7, 0].map((shift) => (frame.byteLength >> shift) & 0x7f);
  return join([bytesOf('ID3', [3, 0, 0], size), frame]);
}

/** APE with a picture in it, then ID3v1. */
export function tailTags(): Uint8Array {
  const picture = new Uint8Array(20_000).fill(0xfb);
  const item = join([bytesOf([...be32(20_000)].reverse(), [2, 0, 0, 0], 'Cover Art (Front)', 0), picture]);
  const sizes = [[...be32(2000)], [...be32(item.byteLength + 32)], [...be32(1)]].flatMap((bytes) => bytes.reverse());
  const footer = bytesOf('APETAGEX', sizes, [0, 0, 0, 0], new Uint8Array(8));
  return join([item, footer, bytesOf('TAG', new Uint8Array(125))]);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index << 24;
  for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ (value < 0 ? 0x04c1_1db7 : 0);
  return value;
});

export function oggPage(serial: number, sequence: number, flags: number, packet: Uint8Array): Uint8Array {
  const lacing = [...new Array<number>(Math.floor(packet.byteLength / 255)).fill(255), packet.byteLength % 255];
  const little = (value: number): number[] => [...be32(value)].reverse();
  const head = bytesOf('OggS', 0, flags, new Uint8Array(8), little(serial), little(sequence), new Uint8Array(4));
  const page = join([head, bytesOf(lacing.length, lacing), packet]);
  sealPage(page);
  return page;
}

/** Writes the checksum of a page. */
function sealPage(page: Uint8Array): void {
  page.fill(0, 22, 26);
  let crc = 0;
  for (const byte of page) crc = (crc << 8) ^ (crcTable[(crc >>> 24) ^ byte] ?? 0);
  page.set([...be32(crc >>> 0)].reverse(), 22);
}

/** The same pages under another number. */
export function withOggSerial(bytes: Uint8Array, serial: number): Uint8Array {
  const changed = bytes.slice();
  for (let start = 0; start < changed.byteLength; start = pageEnd(changed, start)) {
    changed.set(be32(serial), start + 14);
    sealPage(changed.subarray(start, pageEnd(changed, start)));
  }
  return changed;
}

/** The page of an Ogg file that begins here ends there. */
function pageEnd(bytes: Uint8Array, start: number): number {
  const count = bytes[start + 26] ?? 0;
  return start + 27 + count + bytes.subarray(start + 27, start + 27 + count).reduce((sum, length) => sum + length, 0);
}

/** Ogg Skeleton: a stream that describes the others; its first page is the first of all, its last comes before their sound. */
export function withSkeleton(bytes: Uint8Array): Uint8Array {
  const head = new Uint8Array(64);
  head.set(bytesOf('fishead', 0, 3));
  const bone = new Uint8Array(52);
  bone.set(bytesOf('fisbone', 0));
  const end = pageEnd(bytes, 0);
  const parts = [oggPage(99, 0, 2, head), bytes.subarray(0, end), oggPage(99, 1, 0, bone)];
  return join([...parts, oggPage(99, 2, 4, new Uint8Array(0)), bytes.subarray(end)]);
}

/** Puts another AudioSpecificConfig in place of the one that an MP4 file has: as long, or shorter and filled up with zeros. */
export function withAudioConfig(bytes: Uint8Array, config: readonly number[]): Uint8Array {
  const changed = bytes.slice();
  for (let place = 0; place < changed.byteLength - 4; place++) {
    if (text(changed, place, 4) !== 'esds') continue;
    // The tag of the configuration and its length, which ffmpeg writes in four bytes.
    const tag = changed.indexOf(0x05, place + 20);
    const length = changed[tag + 4] ?? 0;
    if (config.length > length) throw new Error(`There is room for ${length} bytes only.`);
    changed.fill(0, tag + 5, tag + 5 + length);
    changed.set(config, tag + 5);
    return changed;
  }
  throw new Error('There is no esds box.');
}

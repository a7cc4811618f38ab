import { bytesOf, join } from './wavFiles.js';
import { be32 } from './mp3Files.js';

/** MP4 files of odd and of damaged tables, written byte by byte so that no code under test takes part. */
export interface Mp4Options {
  /** Of each chunk, how many packets. */
  readonly chunks: readonly number[];
  readonly packets: readonly Uint8Array[];
  /** Runs of packets of one duration. */
  readonly times?: readonly (readonly [count: number, ticks: number])[];
  readonly timescale?: number;
  /** Duration in thousandths, and the time in the track's ticks; -1 for an empty one. */
  readonly edits?: readonly (readonly [duration: number, mediaTime: number])[];
  readonly sizes?: 'stsz' | 'constant' | 4 | 8 | 16;
  readonly isLongOffset?: boolean;
  /** Between chunks, as pictures would be. */
  readonly gapByteLength?: number;
  readonly isFirst?: boolean;
  /** Changes a box's content. */
  readonly change?: (type: string, body: Uint8Array) => Uint8Array;
  readonly entry?: Uint8Array;
}

export function box(type: string, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const body = join(parts.map((part) => Uint8Array.from(part)));
  return join([bytesOf(be32(8 + body.byteLength), type), body]);
}

/** A sample entry of AAC-LC, 44.1 kHz, mono. */
export const aacEntry = box(
  'mp4a',
  [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 16, 0, 0, 0, 0, ...be32(44_100 * 65_536)],
  box('esds', [0, 0, 0, 0, 3, 22, 0, 0, 0, 4, 17, 0x40, 0x15, ...new Array<number>(11).fill(0), 5, 2, 0x12, 0x08]),
);

export function mp4File(options: Mp4Options): Uint8Array {
  const { packets, chunks, isFirst = true } = options;
  const start = bytesOf(be32(24), 'ftypM4A ', be32(0), 'M4A mp42');
  const gap = new Uint8Array(options.gapByteLength ?? 0);
  const data: Uint8Array[] = [];
  const offsets: number[] = [];
  let length = 0;
  let packet = 0;
  for (const count of chunks) {
    offsets.push(length);
    for (const bytes of [...packets.slice(packet, packet + count), gap]) {
      data.push(bytes);
      length += bytes.byteLength;
    }
    packet += count;
  }
  const mediaData = box('mdat', join(data));
  const movieLength = movie(options, offsets).byteLength;
  const base = start.byteLength + 8 + (isFirst ? movieLength : 0);
  const placed = movie(
    options,
    offsets.map((offset) => offset + base),
  );
  return isFirst ? join([start, placed, mediaData]) : join([start, mediaData, placed]);
}

function movie(options: Mp4Options, offsets: readonly number[]): Uint8Array {
  const { packets, chunks, timescale = 44_100, change = (_: string, body: Uint8Array) => body } = options;
  const times = options.times ?? [[packets.length, 1024]];
  const total = times.reduce((sum, [count, ticks]) => sum + count * ticks, 0);
  const made = (type: string, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
    box(type, change(type, join(parts.map((part) => Uint8Array.from(part)))));
  const table = (type: string, rows: readonly (readonly number[])[]): Uint8Array =>
    made(type, [0, 0, 0, 0, ...be32(rows.length)], ...rows.map((row) => row.flatMap(be32)));
  const offsetTable = options.isLongOffset
    ? table(
        'co64',
        offsets.map((offset) => [0, offset]),
      )
    : table(
        'stco',
        offsets.map((offset) => [offset]),
      );
  const descriptions = made('stsd', [0, 0, 0, 0, ...be32(1)], options.entry ?? aacEntry);
  const stbl = box(
    'stbl',
    descriptions,
    table('stts', times),
    table(
      'stsc',
      chunks.map((count, index) => [index + 1, count, 1]),
    ),
    sizeTable(options, made),
    offsetTable,
  );
  const zeros = (count: number): number[] => new Array<number>(count).fill(0);
  const media = box(
    'mdia',
    made('mdhd', [...zeros(12), ...be32(timescale), ...be32(total), 0x55, 0xc4, 0, 0]),
    made('hdlr', [...zeros(8)], bytesOf('soun'), zeros(13)),
    box('minf', stbl),
  );
  const edits = options.edits?.map(([duration, time]) => [duration, time >>> 0, 0x1_0000]);
  const track = box(
    'trak',
    made('tkhd', [0, 0, 0, 7, ...zeros(8), ...be32(1), ...zeros(68)]),
    ...(edits === undefined ? [] : [box('edts', table('elst', edits))]),
    media,
  );
  return box('moov', made('mvhd', [...zeros(12), ...be32(1000), ...zeros(84)]), track);
}

type Make = (type: string, ...parts: readonly (Uint8Array | readonly number[])[]) => Uint8Array;

function sizeTable({ packets, sizes = 'stsz' }: Mp4Options, made: Make): Uint8Array {
  const lengths = packets.map((packet) => packet.byteLength);
  const head = [0, 0, 0, 0];
  if (sizes === 'constant') return made('stsz', head, be32(lengths[0] ?? 0), be32(lengths.length));
  if (sizes === 'stsz') return made('stsz', head, be32(0), be32(lengths.length), lengths.flatMap(be32));
  const fields =
    sizes === 16
      ? lengths.flatMap((length) => [length >> 8, length & 255])
      : sizes === 8
        ? lengths
        : Array.from(
            { length: Math.ceil(lengths.length / 2) },
            (_, index) => ((lengths[2 * index] ?? 0) << 4) | (lengths[2 * index + 1] ?? 0),
          );
  return made('stz2', head, [0, 0, 0, sizes], be32(lengths.length), fields);
}

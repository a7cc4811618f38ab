import { readFileSync } from 'node:fs';
import { makeSound, withFile, runFfmpeg } from './ffmpeg.js';
import { be32 } from './mp3Files.js';
import { CountingSource } from './sources.js';

const size = 2 ** 31;

/** A file of 2 GB that is made while it is read: a beginning, something over and over, and an end. */
export interface LargeFile {
  readonly name: string;
  readonly source: CountingSource;
  readonly durationSeconds: number;
  readonly isEstimate?: true;
}

function repeating(
  name: string,
  head: Uint8Array,
  middle: Uint8Array,
  count: number,
  tail: Uint8Array,
): CountingSource {
  const middleEnd = head.byteLength + middle.byteLength * count;
  return new CountingSource(name, middleEnd + tail.byteLength, (start, end) => {
    const bytes = new Uint8Array(Math.max(0, end - start));
    for (let position = start; position < end;) {
      const isHead = position < head.byteLength;
      const isTail = position >= middleEnd;
      const offset = isHead
        ? position
        : isTail
          ? position - middleEnd
          : (position - head.byteLength) % middle.byteLength;
      const part = isHead ? head : isTail ? tail : middle;
      const length = Math.min(part.byteLength - offset, end - position);
      bytes.set(part.subarray(offset, offset + length), position - start);
      position += length;
    }
    return bytes;
  });
}

function encoded(file: string, args: readonly string[], seconds = 2): Uint8Array {
  return makeSound(file, args, seconds);
}

/** The boxes at the top of an MP4 file. */
function topBoxes(bytes: Uint8Array): Map<string, { start: number; end: number }> {
  const boxes = new Map<string, { start: number; end: number }>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 0; offset + 8 <= bytes.byteLength; offset += view.getUint32(offset)) {
    const type = String.fromCharCode(...bytes.subarray(offset + 4, offset + 8));
    boxes.set(type, { start: offset, end: offset + view.getUint32(offset) });
  }
  return boxes;
}

/** Grown by a `free` box of nearly 2 GB in front of what is last: sound or tables. */
function largeMp4(isTablesFirst: boolean): LargeFile {
  const bytes = encoded('a.m4a', ['-c:a', 'aac', ...(isTablesFirst ? ['-movflags', 'faststart'] : [])]);
  const boxes = topBoxes(bytes);
  const last = isTablesFirst ? boxes.get('mdat') : boxes.get('moov');
  const at = last?.start ?? 0;
  const free = 8 * Math.floor((size - bytes.byteLength) / 8);
  const head = Uint8Array.from([
    ...bytes.subarray(0, at),
    ...be32(free),
    ...Array.from('free', (c) => c.charCodeAt(0)),
  ]);
  const name = isTablesFirst ? 'M4A, tables first' : 'M4A, tables last';
  return { name, source: repeating(name, head, new Uint8Array(8), free / 8 - 1, bytes.slice(at)), durationSeconds: 2 };
}

function largeFlac(): LargeFile {
  const bytes = encoded('a.flac', ['-c:a', 'flac'], 4);
  // Whatever lies between: only the header and the last frames count.
  const filler = Math.floor((size - bytes.byteLength) / 4096);
  const source = repeating('FLAC', bytes.subarray(0, 9000), new Uint8Array(4096), filler, bytes.slice(9000));
  return { name: 'FLAC', source, durationSeconds: 4 };
}

function largeOgg(): LargeFile {
  const bytes = encoded('a.opus', ['-c:a', 'libopus', '-b:a', '64k'], 8);
  const filler = Math.floor((size - bytes.byteLength) / 4096);
  const source = repeating('Ogg', bytes.subarray(0, 20_000), new Uint8Array(4096), filler, bytes.slice(20_000));
  return { name: 'Ogg', source, durationSeconds: 8 };
}

/** Frame after frame of the same kind, in whole seconds or nearly. */
function largeFrames(name: string, file: string, args: readonly string[], hasCount: boolean): LargeFile {
  const bytes = withFile(file, (path) => {
    runFfmpeg(['-f', 'lavfi', '-i', 'sine=440:r=48000:d=24', ...args, path]);
    return new Uint8Array(readFileSync(path));
  });
  const count = Math.floor(size / bytes.byteLength);
  if (!hasCount) {
    const source = repeating(name, new Uint8Array(0), bytes, count, new Uint8Array(0));
    return { name, source, durationSeconds: 24 * count, isEstimate: true };
  }
  const head = bytes.slice(0, 4096);
  const frames = 1_000_000;
  const at = head.findIndex((_, place) => String.fromCharCode(...head.subarray(place, place + 4)) === 'Xing');
  head.set(be32(frames), at + 8);
  head.set(be32(size), at + 12);
  const middle = bytes.subarray(4096);
  const source = repeating(name, head, middle, Math.ceil(size / middle.byteLength), new Uint8Array(0));
  return { name, source, durationSeconds: (frames * 1152) / 48_000 };
}

function largeWav(): LargeFile {
  const head = encoded('a.wav', ['-c:a', 'pcm_s16le'], 0.01).slice(0, 44);
  const dataByteLength = size - 44 - (size % 4);
  new DataView(head.buffer).setUint32(40, dataByteLength, true);
  const source = repeating('WAV', head, new Uint8Array(4), dataByteLength / 4, new Uint8Array(0));
  return { name: 'WAV', source, durationSeconds: dataByteLength / 4 / 44_100 };
}

/** One of 2 GB of each format; needs ffmpeg. For tests of how little is read, and for the bench. */
export function makeLargeFiles(): LargeFile[] {
  return [
    largeWav(),
    largeFrames('MP3, variable bit rate', 'a.mp3', ['-c:a', 'libmp3lame', '-q:a', '5', '-id3v2_version', '0'], true),
    largeFrames(
      'MP3 without a tag',
      'a.mp3',
      ['-c:a', 'libmp3lame', '-b:a', '64k', '-write_xing', '0', '-id3v2_version', '0'],
      false,
    ),
    largeFrames('ADTS', 'a.aac', ['-c:a', 'aac', '-b:a', '96k'], false),
    largeFlac(),
    largeOgg(),
    largeMp4(true),
    largeMp4(false),
  ];
}

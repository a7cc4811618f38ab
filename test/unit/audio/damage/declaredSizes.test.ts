import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ffmpegNote, hasFfmpeg, makeSound } from '../support/ffmpeg.js';
import { be32, mp3Frames, vbriFrame, xingFrame } from '../support/mp3Files.js';
import { oggPage } from '../support/oddFiles.js';
import { bytesOf, join, u16, u32, wavFile } from '../support/wavFiles.js';
import { DamagePool } from './damagePool.js';
import { memoryLimitMegabytes } from './judge.js';

/** Small files that promise more than any memory holds. */

const some = new Uint8Array(2000).fill(0x37);
const most = [0xff, 0xff, 0xff, 0xff];

function aiff(channels: number, frames: number, rate: readonly number[]): Uint8Array {
  const common = bytesOf([channels >> 8, channels & 0xff], be32(frames), [0, 16], rate);
  const sound = join([bytesOf('SSND', most, new Uint8Array(8)), some]);
  return join([bytesOf('FORM', most, 'AIFFCOMM', be32(18), common), sound]);
}

function flac(sizes: readonly number[], info: readonly number[]): Uint8Array {
  return join([bytesOf('fLaC', [0x80, 0, 0, 34], sizes, new Uint8Array(6), info, new Uint8Array(16)), some]);
}

function opus(channels: number, family: number, streams: number, coupled: number): Uint8Array {
  const table = family === 0 ? [] : [streams, coupled, ...new Array<number>(channels).fill(0)];
  const head = bytesOf('OpusHead', 1, channels, most.slice(2), u32(48_000), [0, 0], family, table);
  const tags = bytesOf('OpusTags', u32(0), most);
  return join([oggPage(1, 0, 2, head), oggPage(1, 1, 0, tags), oggPage(1, 2, 4, some)]);
}

function vorbis(channels: number, blocks: number): Uint8Array {
  const head = bytesOf('\x01vorbis', u32(0), channels, most, u32(0), u32(0), u32(0), blocks, 1);
  return join([oggPage(1, 0, 2, head), oggPage(1, 1, 0, bytesOf('\x03vorbis', most)), oggPage(1, 2, 4, some)]);
}

/** Sets the first number behind the version of a table in an MP4 file, or the one after it. */
function withTable(file: Uint8Array, type: string, offset: number, value: readonly number[]): Uint8Array {
  const changed = file.slice();
  for (let place = 4; place < changed.byteLength - 16; place++) {
    if (String.fromCharCode(...changed.subarray(place, place + 4)) === type) changed.set(value, place + 8 + offset);
  }
  return changed;
}

const byHand: readonly (readonly [string, () => Uint8Array])[] = [
  ['WAV of 65,535 channels', () => wavFile(some, { channels: 65_535 })],
  ['WAV of 4 GHz', () => wavFile(some, { sampleRate: 4_000_000_000 })],
  [
    'WAV of 65,535 channels of 64 bits in 4 GB',
    () => wavFile(some, { channels: 65_535, formatTag: 3, bitsPerSample: 64, declaredDataByteLength: 0xffff_fff0 }),
  ],
  ['WAV of samples of 65,535 bits', () => wavFile(some, { bitsPerSample: 65_535 })],
  ['IMA ADPCM in blocks of 64 KB', () => wavFile(some, { formatTag: 0x11, bitsPerSample: 4, channels: 8191 })],
  ['MS ADPCM of 8 channels', () => wavFile(some, { formatTag: 2, bitsPerSample: 4, channels: 8 })],
  [
    'RF64 of 2^63 bytes',
    () => {
      const file = wavFile(some, { container: 'RF64' });
      file.set(bytesOf(most, [0xff, 0xff, 0xff, 0x7f]), 28);
      return file;
    },
  ],
  [
    'WAV whose chunk is 4 GB',
    () =>
      wavFile(some, { before: [['junk', bytesOf(u16(0))]] }).map((byte, place) =>
        place >= 16 && place < 20 ? 0xff : byte,
      ),
  ],
  ['AIFF of 65,535 channels', () => aiff(65_535, 0xffff_ffff, [0x40, 0x0e, 0xac, 0x44, 0, 0, 0, 0, 0, 0])],
  ['AIFF of an endless rate', () => aiff(2, 0xffff_ffff, [0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0])],
  [
    'FLAC of 68 billion samples in 8 channels of 32 bits',
    () => flac([0xff, 0xff, 0xff, 0xff], [0x0a, 0xc4, 0x4f, 0xff, ...most]),
  ],
  ['FLAC of 655,350 Hz', () => flac([0xff, 0xff, 0xff, 0xff], [0x9f, 0xff, 0x6f, 0xff, ...most])],
  ['Opus of 255 channels', () => opus(255, 0, 0, 0)],
  ['Opus of 255 streams', () => opus(255, 255, 255, 0)],
  ['Opus of 8 channels out of 200 streams', () => opus(8, 1, 200, 200)],
  ['Vorbis of 255 channels at 4 GHz', () => vorbis(255, 0xdd)],
  ['Vorbis with blocks of 32,768', () => vorbis(2, 0xff)],
  ['MP3 of 4 billion frames', () => join([xingFrame(0xffff_ffff, 0xffff_ffff, 576, 576), mp3Frames(20)])],
  ['MP3 of 4 billion frames, by VBRI', () => join([vbriFrame(0xffff_ffff, 0xffff_ffff), mp3Frames(20)])],
  ['an ID3 tag of 256 MB', () => join([bytesOf('ID3', [4, 0, 0, 0x7f, 0x7f, 0x7f, 0x7f]), mp3Frames(20)])],
  [
    'a Matroska element of 2^56 bytes',
    () => join([bytesOf([0x1a, 0x45, 0xdf, 0xa3, 0x01], most, [0xff, 0xff, 0xfe]), some]),
  ],
];

const tables: readonly (readonly [string, number, readonly number[]])[] = [
  ['stts', 0, most],
  ['stts', 4, most],
  ['stts', 8, most],
  ['stsz', 0, most],
  ['stsz', 4, most],
  ['stsz', 4, [0x7f, 0, 0, 0]],
  ['stsc', 0, most],
  ['stsc', 8, most],
  ['stco', 0, most],
  ['mdhd', 8, [0, 0, 0, 0]],
  ['mvhd', 8, [0, 0, 0, 0]],
];

describe(`files that promise too much${ffmpegNote}`, () => {
  let pool: DamagePool;
  let m4a = new Uint8Array(0);
  beforeAll(async () => {
    pool = await DamagePool.start(2, 10_000);
    if (hasFfmpeg) m4a = makeSound('a.m4a', ['-c:a', 'aac'], 1.5).slice();
  }, 60_000);
  afterAll(() => {
    pool.close();
  });

  async function expectModest(bytes: Uint8Array): Promise<void> {
    for (const way of ['decode', 'speech', 're-pack', 'mp3'] as const) {
      const { heard, error, peakMegabytes = 0 } = await pool.run({ bytes, way });
      expect(error?.reason ?? 'heard').toMatch(/^(heard|clip-unreadable|clip-empty|unsupported-media)$/);
      expect(heard?.seconds ?? 0).toBeLessThan(40);
      expect(peakMegabytes).toBeLessThan(memoryLimitMegabytes);
    }
  }

  it.each(byHand)('%s', async (_, make) => expectModest(make()), 60_000);

  it.skipIf(!hasFfmpeg).each(tables)(
    'MP4 whose %s says too much (at %i: %j)',
    async (type, offset, value) => {
      await expectModest(withTable(m4a, type, offset, value));
    },
    60_000,
  );
});

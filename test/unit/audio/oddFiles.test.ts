import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../src/audio/byteSource.js';
import { probeWithTags } from '../../../src/audio/probe.js';
import { decodeByFfmpeg, ffmpegNote, hasFfmpeg, makeSound, resampleByFfmpeg, withFile } from './support/ffmpeg.js';
import {
  id3WithPicture,
  tailTags,
  toFreeFormat,
  withAudioConfig,
  withOggSerial,
  withSkeleton,
} from './support/oddFiles.js';
import { correlation, readSound } from './support/readSound.js';
import { errorOf } from './support/sources.js';
import { join } from './support/wavFiles.js';

const seconds = 2.5;

function byFfmpeg(file: string, bytes: Uint8Array, args: readonly string[] = []): Float32Array {
  return withFile(file, (path) => {
    writeFileSync(path, bytes);
    return decodeByFfmpeg(path, args);
  });
}

async function expectSame(file: string, bytes: Uint8Array, reference: Float32Array, slack = 0): Promise<void> {
  const sound = await readSound(bytes, {}, file);
  expect(sound.problems).toEqual([]);
  expect(Math.abs(sound.interleaved.length - reference.length)).toBeLessThanOrEqual(slack * sound.channelCount);
  expect(correlation(sound.interleaved, reference)).toBeGreaterThan(0.999_9);
  const probe = await probeWithTags(sourceFromBytes(file, bytes));
  expect(probe.sampleRate).toBe(sound.sampleRate);
  expect(probe.durationSeconds).toBeCloseTo(sound.sampleCount / sound.sampleRate, 1);
}

const mp3 = ['-c:a', 'libmp3lame', '-b:a', '128k'];

describe.skipIf(!hasFfmpeg)(`odd files that are right${ffmpegNote}`, () => {
  it('MP3 of free format is read as speech, and refused by name where single channels are wanted', async () => {
    const bare = [...mp3, '-ar', '48000', '-write_xing', '0', '-id3v2_version', '0'];
    const usual = makeSound('a.mp3', bare, seconds, 48_000);
    const free = toFreeFormat(usual, 384);
    const probe = await probeWithTags(sourceFromBytes('a.mp3', free));
    expect(probe).toMatchObject({ container: 'mp3', codec: 'mp3', sampleRate: 48_000, channels: 2 });
    expect(probe.durationSeconds).toBeCloseTo(seconds, 1);
    const [heard, same] = [
      await readSound(free, { mono: true }, 'a.mp3'),
      await readSound(usual, { mono: true }, 'a.mp3'),
    ];
    expect(heard.problems).toEqual([]);
    expect(Buffer.from(heard.interleaved.buffer).equals(Buffer.from(same.interleaved.buffer))).toBe(true);
    const error = await errorOf(readSound(free, {}, 'a.mp3'));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toContain('a.mp3 holds MP3 of free format');
  });

  it('MP3 between a picture of 5 MB, an APE tag and ID3v1', async () => {
    const plain = makeSound('a.mp3', [...mp3, '-id3v2_version', '0'], seconds);
    const file = join([id3WithPicture(5_000_000), plain, tailTags()]);
    await expectSame('a.mp3', file, byFfmpeg('a.mp3', plain));
  });

  it.each([
    ['MPEG-1', 44_100],
    ['MPEG-2', 24_000],
    ['MPEG-2.5', 11_025],
  ])('MP3, %s, without any tag', async (_, rate) => {
    const args = [...mp3.slice(0, 2), '-b:a', '32k', '-ac', '1', '-ar', String(rate)];
    const file = makeSound('a.mp3', [...args, '-write_xing', '0', '-id3v2_version', '0'], seconds, rate);
    await expectSame('a.mp3', file, byFfmpeg('a.mp3', file), 1152);
  });

  it.each([
    ['Opus', 'a.opus', ['-c:a', 'libopus'], 48_000],
    ['Vorbis', 'a.ogg', ['-c:a', 'libvorbis'], 44_100],
    ['FLAC', 'a.oga', ['-c:a', 'flac'], 44_100],
  ] as const)('Ogg of two recordings one after the other: %s', async (_, file, args, rate) => {
    const [first, second] = [makeSound(file, args, seconds, rate), makeSound(file, args, 1.5, rate)];
    // Two streams have two serial numbers.
    const other = withOggSerial(second, 0x0102_0304);
    const [heardFirst, heardSecond] = [byFfmpeg(file, first), byFfmpeg(file, second)];
    const reference = Float32Array.from([...heardFirst, ...heardSecond]);
    await expectSame(file, join([first, other]), reference, 1024);
  });

  it('Ogg whose second recording has another rate is read to where it begins, and says so', async () => {
    const first = makeSound('a.ogg', ['-c:a', 'libvorbis'], seconds);
    const second = withOggSerial(makeSound('a.ogg', ['-c:a', 'libvorbis', '-ar', '22050'], 1.5), 0x0102_0304);
    const sound = await readSound(join([first, second]), {}, 'a.ogg');
    expect(sound.sampleCount / sound.sampleRate).toBeCloseTo(seconds, 1);
    expect(sound.problems.at(-1)).toMatchObject({ isEnd: true });
    expect(sound.problems.at(-1)?.message).toContain('another recording');
    expect(sound.problems.at(-1)?.atSeconds).toBeCloseTo(seconds, 1);
  });

  it('Ogg with a skeleton', async () => {
    const plain = makeSound('a.ogg', ['-c:a', 'libvorbis'], seconds);
    await expectSame('a.ogg', withSkeleton(plain), byFfmpeg('a.ogg', plain));
  });

  it('Ogg with pictures beside the sound', async () => {
    const picture = ['-f', 'lavfi', '-i', `color=s=64x64:r=5:d=${seconds}`, '-map', '0:a', '-map', '1:v'];
    const file = makeSound('a.ogv', [...picture, '-c:a', 'libvorbis', '-c:v', 'libtheora'], seconds);
    await expectSame('a.ogv', file, byFfmpeg('a.ogv', file));
  });

  it.each([
    ['16 bits', 's16p', '16'],
    ['24 bits', 's32p', '24'],
  ])('Apple Lossless of %s', async (_, format, bits) => {
    const args = ['-c:a', 'alac', '-sample_fmt', format, '-bits_per_raw_sample', bits];
    const file = makeSound('a.m4a', args, seconds);
    const sound = await readSound(file, {}, 'a.m4a');
    expect(sound.interleaved).toEqual(byFfmpeg('a.m4a', file));
  });

  it.each([
    ['3.0', 3],
    ['quad', 4],
    ['5.1', 6],
    ['7.1', 8],
  ])('Opus of several streams, %s, is mixed', async (layout, channels) => {
    // Every channel is there once: what of it is lost would be missing in the mix.
    const one = Array.from({ length: channels }, (_, index) => `0.2*sin(2*PI*${300 + 170 * index}*t)`).join('|');
    const args = ['-c:a', 'libopus', '-b:a', '256k', '-mapping_family', '1'];
    const file = makeSound('a.opus', args, seconds, 48_000, `${one}':c='${layout}`);
    const sound = await readSound(file, { mono: true }, 'a.opus');
    expect(sound.problems).toEqual([]);
    const mean = Array.from({ length: channels }, (_, index) => `c${index}`).join('+');
    const reference = byFfmpeg('a.opus', file, ['-af', `pan=mono|c0=${mean}`]);
    const ours = resampleByFfmpeg(sound.interleaved, sound.sampleRate, sound.channelCount);
    expect(correlation(ours, resampleByFfmpeg(reference, 48_000, 1))).toBeGreaterThan(0.99);
  });

  it('HE-AAC is heard through its core, at the rate of the core', async () => {
    const core = ['-c:a', 'aac', '-b:a', '48k', '-aac_pns', '0', '-ar', '22050', '-ac', '1'];
    const plain = makeSound('a.m4a', core, seconds, 22_050);
    // Object type 5 (SBR) over 22,050 Hz mono, 44,100 Hz of the extension, and LC within (ISO 14496-3, 1.6.2.1).
    const file = withAudioConfig(plain, [0x2b, 0x8a, 0x08, 0x00]);
    const sound = await readSound(file, {}, 'a.m4a');
    expect(sound.sampleRate).toBe(22_050);
    expect(correlation(sound.interleaved, byFfmpeg('a.m4a', plain))).toBeGreaterThan(0.999_9);
  });
});

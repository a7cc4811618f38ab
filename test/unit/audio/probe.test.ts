import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../src/audio/byteSource.js';
import { examine } from '../../../src/audio/probe.js';
import type { Probe } from '../../../src/core/clip.js';
import { id3Tag, mp3Frames, vbriFrame, xingFrame } from './support/mp3Files.js';
import { CountingSource, errorOf } from './support/sources.js';
import { bytesOf, join, pcm16, u16, u32, wavFile } from './support/wavFiles.js';

async function probe(bytes: Uint8Array, name = 'meeting.wav'): Promise<Probe> {
  return (await examine(sourceFromBytes(name, bytes))).probe;
}

const oneSecond = pcm16(new Float32Array(16_000).fill(0.25));

describe('probing WAV', () => {
  it('reads rate, channels, bits and the exact duration', async () => {
    const data = new Uint8Array(44_100 * 6 * 3);
    expect(await probe(wavFile(data, { sampleRate: 44_100, channels: 2, bitsPerSample: 24 }))).toEqual({
      container: 'wav',
      codec: 'pcm-s24',
      byteLength: 44 + data.byteLength,
      durationSeconds: 3,
      sampleRate: 44_100,
      channels: 2,
      bitsPerSample: 24,
    });
  });

  it.each<[string, number, number, boolean]>([
    ['pcm-u8', 1, 8, false],
    ['pcm-s16', 1, 16, true],
    ['pcm-s24', 1, 20, false],
    ['pcm-s32', 1, 32, true],
    ['pcm-f32', 3, 32, true],
    ['pcm-f64', 3, 64, false],
    ['alaw', 6, 8, false],
    ['mulaw', 7, 8, true],
    ['adpcm-ms', 2, 4, false],
    ['adpcm-ima', 0x11, 4, false],
    ['gsm-6.10', 0x31, 0, false],
    ['mp3', 0x55, 0, false],
    ['wav-0x7777', 0x7777, 16, false],
  ])('names %s', async (codec, formatTag, bitsPerSample, extensible) => {
    expect((await probe(wavFile(oneSecond, { formatTag, bitsPerSample, extensible }))).codec).toBe(codec);
  });

  it.each([0, 0x7fff_f000, 0x7fff_ffff, 0xffff_ffff])(
    'takes all that is there when a streaming writer left the size at 0x%s',
    async (declaredDataByteLength) => {
      const file = wavFile(oneSecond, { declaredDataByteLength, declaredRiffByteLength: declaredDataByteLength });
      expect((await probe(file)).durationSeconds).toBe(1);
    },
  );

  it('finds the data behind chunks larger than one read, and ignores those behind it', async () => {
    const file = wavFile(oneSecond, {
      before: [
        ['bext', new Uint8Array(10_001)],
        ['JUNK', new Uint8Array(70_000)],
      ],
      after: [['LIST', new Uint8Array(5000).fill(7)]],
    });
    expect((await probe(file)).durationSeconds).toBe(1);
  });

  it('uses what is there of a file cut short, in whole frames', async () => {
    const file = wavFile(new Uint8Array(40_000), { channels: 2 }).subarray(0, 44 + 32_003);
    expect((await probe(file)).durationSeconds).toBe(0.5);
  });

  it('believes ds64 about data of more than 4 GB', async () => {
    const frames = 6_000_000_000 / 4;
    const header = wavFile(new Uint8Array(0), { container: 'RF64', channels: 2, sampleRate: 48_000 });
    header.set(bytesOf(u32(6_000_000_000 % 2 ** 32), u32(1)), 28);
    const source = new CountingSource('long.wav', header.byteLength + frames * 4 + 1000, (start, end) => {
      const bytes = new Uint8Array(end - start);
      bytes.set(header.subarray(start, end));
      return bytes;
    });
    expect((await examine(source)).probe.durationSeconds).toBe(frames / 48_000);
    expect(source.readByteLength).toBeLessThan(100_000);
  });

  it('trusts the size of a sample that the block gives: 24 bits in 4 bytes', async () => {
    const file = wavFile(new Uint8Array(16_000 * 4), { bitsPerSample: 24 });
    file.set(bytesOf(u32(64_000), u16(4)), 28);
    expect(await probe(file)).toMatchObject({ codec: 'pcm-s32', durationSeconds: 1 });
  });

  it.each<[string, string, Uint8Array]>([
    ['clip-unreadable', '0 channels', wavFile(oneSecond, { channels: 0 })],
    ['clip-unreadable', '0 Hz', wavFile(oneSecond, { sampleRate: 0 })],
    ['clip-unreadable', 'no "data" chunk', wavFile(oneSecond).subarray(0, 36)],
    ['clip-unreadable', 'no "data" chunk', join([wavFile(oneSecond).subarray(0, 36), new Uint8Array(64_000)])],
    ['clip-unreadable', '"fmt " chunk', bytesOf('RIFF', u32(20), 'WAVEdata', u32(4), [1, 2, 3, 4])],
    ['clip-empty', 'no samples', wavFile(new Uint8Array(0))],
    ['clip-empty', 'no samples', wavFile(new Uint8Array(0), { after: [['LIST', new Uint8Array(20)]] })],
    ['clip-empty', 'no samples', wavFile(oneSecond).subarray(0, 44)],
  ])('answers %s (%s) for a file that cannot be heard', async (reason, words, bytes) => {
    const error = await errorOf(probe(bytes));
    expect(error.reason).toBe(reason);
    expect(error.message).toContain('meeting.wav');
    expect(error.message).toContain(words);
  });

  it('gives up on a file of nothing but chunks instead of reading all of it', async () => {
    const header = wavFile(new Uint8Array(0)).subarray(0, 12);
    const source = new CountingSource('odd.wav', 2 ** 31, (start, end) => {
      const bytes = new Uint8Array(end - start);
      if (start === 0) bytes.set(header.subarray(0, end));
      return bytes;
    });
    expect((await errorOf(examine(source))).reason).toBe('clip-unreadable');
    expect(source.readByteLength).toBeLessThan(1_000_000);
  });

  it('recognises an MP3 that is called .wav', async () => {
    expect(await probe(mp3Frames(50), 'song.wav')).toMatchObject({ container: 'mp3', codec: 'mp3' });
  });
});

describe('probing MP3', () => {
  const frameSeconds = 1152 / 44_100;

  it('computes the duration from a constant bit rate, without the tags around the sound', async () => {
    const tags = bytesOf('APETAGEX', u32(2000), u32(1000), u32(1), u32(0), new Uint8Array(8));
    const file = join([id3Tag(5000), mp3Frames(1000), new Uint8Array(968), tags, bytesOf('TAG', new Uint8Array(125))]);
    const found = await probe(file, 'song.mp3');
    expect(found).toMatchObject({ container: 'mp3', codec: 'mp3', sampleRate: 44_100, channels: 2 });
    expect(found.durationSeconds).toBeCloseTo((1000 * 417) / 16_000, 9);
  });

  it.each(['Xing', 'Info'])(
    'counts the frames of a %s tag exactly, without the silence that LAME added',
    async (name) => {
      const file = join([xingFrame(5000, 9_999_999, 576, 1000, name), mp3Frames(30)]);
      const whole = new CountingSource('vbr.mp3', 9_999_999, (start, end) => file.slice(start, end));
      expect((await examine(whole)).probe.durationSeconds).toBe((5000 * 1152 - 1576) / 44_100);
      expect(whole.readByteLength).toBeLessThan(110_000);
    },
  );

  it('shortens the count of a tag by what is missing of the file', async () => {
    const file = join([xingFrame(2000, 2000 * 417, 0, 0), mp3Frames(999)]);
    expect((await probe(file, 'part.mp3')).durationSeconds).toBeCloseTo(1000 * frameSeconds, 6);
  });

  it('reads the count of a VBRI tag', async () => {
    const file = join([vbriFrame(777, 20_000), mp3Frames(60)]);
    expect((await probe(file, 'vbri.mp3')).durationSeconds).toBeCloseTo(777 * frameSeconds, 9);
  });

  it('estimates a varying bit rate from the first frames', async () => {
    const pair = join([mp3Frames(1), mp3Frames(1, [0xff, 0xfb, 0xb0, 0x00], 626)]);
    const file = join(Array.from({ length: 500 }, () => pair));
    expect((await probe(file, 'vbr.mp3')).durationSeconds).toBeCloseTo(1000 * frameSeconds, 0);
  });

  it('knows MPEG-2 (24 kHz) and MPEG-2.5 (8 kHz) mono', async () => {
    // 64 kbit/s at 24 kHz and 16 kbit/s at 8 kHz: 192 and 144 bytes a frame of 576 samples.
    expect(await probe(mp3Frames(100, [0xff, 0xf3, 0x84, 0xc0], 192), 'a.mp3')).toMatchObject({
      sampleRate: 24_000,
      channels: 1,
      durationSeconds: 2.4,
    });
    expect(await probe(mp3Frames(100, [0xff, 0xe3, 0x28, 0xc0], 144), 'a.mp3')).toMatchObject({
      sampleRate: 8000,
      channels: 1,
      durationSeconds: 7.2,
    });
  });
});

describe('probing other containers', () => {
  it('reads the header of FLAC', async () => {
    // STREAMINFO: blocks of 4096, 22.05 kHz, mono, 16 bits, 44,100 samples.
    const info = bytesOf(
      [0x10, 0, 0x10, 0],
      new Uint8Array(6),
      [0x05, 0x62, 0x20, 0xf0, 0, 0, 0xac, 0x44],
      new Uint8Array(16),
    );
    const file = bytesOf('fLaC', [0x80, 0, 0, 34], info, [0xff, 0xf8, 0xc9, 0x08], new Uint8Array(200));
    expect(await probe(file, 'a.flac')).toMatchObject({
      container: 'flac',
      codec: 'flac',
      sampleRate: 22_050,
      channels: 1,
      durationSeconds: 2,
    });
  });

  it('still names the container when the tables inside it are damaged', async () => {
    const file = bytesOf([0, 0, 0, 24], 'ftypM4A ', u32(0), 'isommp42', new Uint8Array(300).fill(0x55));
    expect(await probe(file, 'memo.m4a')).toEqual({ container: 'mp4', codec: 'unknown', byteLength: file.byteLength });
  });

  it('does not read a large damaged file to its end', async () => {
    const head = bytesOf([0x1a, 0x45, 0xdf, 0xa3, 0x80], new Uint8Array(300).fill(0x42));
    const source = new CountingSource('talk.webm', 2 ** 31, (start, end) => {
      const bytes = new Uint8Array(end - start).fill(0x42);
      if (start < head.byteLength) bytes.set(head.subarray(start, end));
      return bytes;
    });
    expect((await examine(source)).probe).toMatchObject({ container: 'webm', codec: 'unknown' });
    expect(source.readByteLength).toBeLessThan(34_000_000);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../src/audio/byteSource.js';
import { openPcm } from '../../../src/audio/pcmFiles.js';
import type { PcmContainer } from '../../../src/audio/pcmFiles.js';
import type { PcmStream, PcmWish } from '../../../src/audio/pcmReader.js';
import { examine } from '../../../src/audio/probe.js';
import { sniff } from '../../../src/audio/sniff.js';
import { concat, noise } from './support/signals.js';
import { errorOf } from './support/sources.js';
import { bytesOf, pcm16, u16, u32, wavFile } from './support/wavFiles.js';

/** Not every machine has ffmpeg; where there is none, only the files made by hand are read. */
const hasFfmpeg = (() => {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

async function interleave(stream: PcmStream): Promise<Float32Array> {
  const blocks: Float64Array[] = [];
  for await (const { channels } of stream.blocks) {
    const length = channels[0]?.length ?? 0;
    const block = new Float64Array(length * channels.length);
    channels.forEach((plane, channel) => {
      for (let frame = 0; frame < length; frame++) block[frame * channels.length + channel] = plane[frame] ?? 0;
    });
    blocks.push(block);
  }
  return Float32Array.from(concat(blocks));
}

async function read(bytes: Uint8Array, wish: PcmWish = {}): Promise<Float32Array> {
  const source = sourceFromBytes('clip', bytes);
  const { container } = await sniff(source);
  return interleave(await openPcm(source, container as PcmContainer, wish));
}

describe.runIf(hasFfmpeg)('reading PCM files', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-pcm-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const ffmpeg = (...args: string[]): Buffer =>
    execFileSync('ffmpeg', ['-v', 'error', ...args], { maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] });
  const make = (name: string, channels: number, rate: number, ...args: string[]): string => {
    const path = join(folder, name);
    const sound = Array.from(
      { length: channels },
      (_, channel) => `0.9*sin(${channel + 2}*t*t*900)*random(${channel})`,
    );
    const input = `aevalsrc=${sound.join('|')}:s=${rate}:d=1.3`;
    ffmpeg('-f', 'lavfi', '-i', input, ...args, '-y', path);
    return path;
  };
  const decoded = (path: string): Float32Array => {
    const raw = ffmpeg('-i', path, '-f', 'f32le', '-');
    return new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));
  };

  it.each<[file: string, codec: string, channels: number, rate: number]>([
    ['wav', 'pcm_u8', 1, 8000],
    ['wav', 'pcm_s16le', 2, 44_100],
    ['wav', 'pcm_s24le', 2, 48_000],
    ['wav', 'pcm_s24le', 6, 48_000],
    ['wav', 'pcm_s32le', 1, 96_000],
    ['wav', 'pcm_f32le', 2, 44_100],
    ['wav', 'pcm_f64le', 2, 22_050],
    ['wav', 'pcm_alaw', 1, 8000],
    ['wav', 'pcm_mulaw', 2, 8000],
    ['wav', 'adpcm_ima_wav', 1, 22_050],
    ['wav', 'adpcm_ima_wav', 2, 44_100],
    ['wav', 'adpcm_ms', 1, 11_025],
    ['wav', 'adpcm_ms', 2, 44_100],
    ['aiff', 'pcm_s8', 1, 8000],
    ['aiff', 'pcm_s16be', 2, 44_100],
    ['aiff', 'pcm_s24be', 2, 48_000],
    ['aiff', 'pcm_s32be', 1, 48_000],
    ['aiff', 'pcm_s16le', 2, 44_100],
    ['aiff', 'pcm_f32be', 2, 44_100],
    ['aiff', 'pcm_f64be', 1, 44_100],
    ['aiff', 'pcm_alaw', 1, 8000],
    ['aiff', 'pcm_mulaw', 1, 8000],
    ['aiff', 'adpcm_ima_qt', 1, 22_050],
    ['aiff', 'adpcm_ima_qt', 2, 44_100],
  ])('reads %s with %s of %i channels at %i Hz as ffmpeg does, to the bit', async (type, codec, channels, rate) => {
    const path = make(`${codec}-${channels}.${type}`, channels, rate, '-c:a', codec);
    const bytes = readFileSync(path);
    const expected = decoded(path);
    const samples = await read(bytes);
    expect(expected.some((sample) => Math.abs(sample) > 0.3)).toBe(true);
    const isAdpcm = codec.startsWith('adpcm');
    // ffmpeg plays the samples that fill up the last block, although the header says which they are.
    expect(samples.length <= expected.length && samples.length > expected.length - 4096 * channels).toBe(true);
    if (!isAdpcm) expect(samples).toHaveLength(expected.length);
    expect(samples.findIndex((sample, index) => sample !== expected[index])).toBe(-1);

    const { probe } = await examine(sourceFromBytes('clip', bytes));
    expect(probe.sampleRate).toBe(rate);
    expect(probe.channels).toBe(channels);
    expect(probe.durationSeconds).toBeCloseTo(samples.length / channels / rate, 9);
    expect(probe.durationIsEstimate).toBeUndefined();

    const part = await read(bytes, { range: { startSeconds: 0.41, endSeconds: 0.9 } });
    const first = Math.round(0.41 * rate) * channels;
    expect(part).toHaveLength(Math.round(0.9 * rate) * channels - first);
    const isClose = codec === 'adpcm_ima_qt';
    part.forEach((sample, index) => {
      if (Math.abs(sample - (samples[first + index] ?? 9)) > (isClose ? 0.005 : 0)) {
        throw new Error(`Sample ${index} of the part differs.`);
      }
    });
  });

  it.each([
    ['RF64', ['-rf64', 'always']],
    ['a pipe', ['-f', 'wav', '-']],
  ])('reads the WAV file of %s', async (what, args) => {
    const plain = make('plain.wav', 2, 44_100);
    const bytes = what === 'a pipe' ? ffmpeg('-i', plain, ...args) : readFileSync(make('long.wav', 2, 44_100, ...args));
    expect(await read(bytes)).toEqual(decoded(plain));
  });
});

describe('PCM files made by hand', () => {
  const samples = noise(3000, 0.8);
  const data = pcm16(samples.subarray(0, 1500), samples.subarray(1500));
  const expected = Float32Array.from(new Int16Array(data.slice().buffer), (sample) => sample / 32_768);

  it.each([0, 0x7fff_ffff, 0x7fff_f000, 0xffff_ffff])('reads everything when the size is %i', async (declared) => {
    expect(await read(wavFile(data, { channels: 2, declaredDataByteLength: declared }))).toEqual(expected);
  });

  it('reads extensible headers, and chunks before and after the samples', async () => {
    const file = wavFile(data, {
      channels: 2,
      extensible: true,
      before: [['bext', new Uint8Array(603)]],
      after: [['LIST', new Uint8Array(77)]],
    });
    expect(await read(file)).toEqual(expected);
  });

  it('says of a file that is cut off that it is', async () => {
    const file = wavFile(data, { channels: 2 }).subarray(0, 2001);
    const { probe } = await examine(sourceFromBytes('clip', file));
    expect(probe.isTruncated).toBe(true);
    expect(probe.durationSeconds).toBeCloseTo(Math.floor((2001 - 44) / 4) / 16_000, 9);
    expect(await read(file)).toEqual(expected.subarray(0, 2 * Math.floor((2001 - 44) / 4)));
  });

  it('leaves a damaged block of ADPCM silent and goes on', async () => {
    const block = (index: number): number[] => [...u16(1000), index, 0, ...Array<number>(28).fill(0x11)];
    const fmt = bytesOf(u16(0x11), u16(1), u32(8000), u32(4000), u16(32), u16(4), u16(2), u16(57));
    const body = bytesOf('WAVE', 'fmt ', u32(20), fmt, 'data', u32(96), block(3), block(200), block(3));
    const stream = await openPcm(sourceFromBytes('clip', bytesOf('RIFF', u32(body.length), body)), 'wav', {});
    const all = await interleave(stream);
    expect(all).toHaveLength(3 * 57);
    expect(all.subarray(57, 114).every((sample) => sample === 0)).toBe(true);
    expect(all.subarray(114)).toEqual(all.subarray(0, 57));
    expect(stream.problems).toEqual([{ atSeconds: 57 / 8000, message: expect.any(String) as string, isEnd: false }]);
  });

  it.each(['wav', 'aiff'] as const)('refuses a damaged %s file with the reason', async (container) => {
    const head = container === 'wav' ? bytesOf('RIFF', u32(0), 'WAVE') : bytesOf('FORM', u32(0), 'AIFF');
    const error = await errorOf(openPcm(sourceFromBytes('clip', head), container, {}));
    expect(error.reason).toBe('clip-unreadable');
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileKernels } from '../../../scripts/kernels.mjs';
import type { Conversion, MonoConverter } from '../../../src/audio/conversion.js';
import { createMonoConverter } from '../../../src/audio/monoConverter.js';
import type { PcmCodec } from '../../../src/audio/pcm.js';
import { createScriptConverter } from '../../../src/audio/scriptConverter.js';
import { createSimdConverter } from '../../../src/audio/simdConverter.js';
import { roundByScript, roundToPcm16 } from '../../../src/audio/toPcm16.js';
import { concat, noise } from './support/signals.js';

const root = new URL('../../../', import.meta.url);

function convert(converter: MonoConverter, bytes: Uint8Array, blockByteLength = bytes.byteLength): Float64Array {
  const blocks: Float64Array[] = [];
  for (let start = 0; start < bytes.byteLength; start += blockByteLength) {
    blocks.push(Float64Array.from(converter.pushBytes(bytes.subarray(start, start + blockByteLength))));
  }
  return concat([...blocks, Float64Array.from(converter.flush())]);
}

function simd(conversion: Conversion): MonoConverter {
  const converter = createSimdConverter(conversion);
  if (converter === undefined) throw new Error('This machine has no WebAssembly SIMD.');
  return converter;
}

function largestDifference(left: ArrayLike<number>, right: ArrayLike<number>): number {
  expect(left).toHaveLength(right.length);
  return Array.from(left).reduce((worst, value, index) => Math.max(worst, Math.abs(value - (right[index] ?? 9))), 0);
}

describe('the resampling kernel', () => {
  it('is what its source compiles to', async () => {
    for (const { path, text } of await compileKernels()) {
      expect(readFileSync(new URL(path, root), 'utf8') === text, `${path}: run node scripts/kernels.mjs`).toBe(true);
    }
  }, 60_000);

  it.each<[PcmCodec, number, number]>([
    ['pcm-s16', 2, 44_100],
    ['pcm-s16', 1, 48_000],
    ['pcm-s16', 6, 96_000],
    ['pcm-s24', 1, 44_100],
    ['pcm-s24', 2, 192_000],
    ['pcm-s24', 3, 22_050],
    ['pcm-s32', 1, 8000],
    ['pcm-s32', 2, 11_025],
    ['pcm-s32', 5, 44_099],
    ['pcm-f32', 1, 384_000],
    ['pcm-f32', 2, 4000],
    ['pcm-f32', 3, 16_000],
    ['pcm-s16be', 2, 44_100],
    ['pcm-s24be', 2, 44_100],
    ['pcm-s32be', 3, 44_100],
    ['pcm-f32be', 2, 16_000],
    ['pcm-f64', 2, 16_000],
    ['alaw', 2, 8000],
  ])('makes of %s with %i channels at %i Hz what the script makes', (codec, channels, inputRate) => {
    const frameByteLength = channels * (codec === 'pcm-f64' ? 8 : codec === 'alaw' ? 1 : Number(/\d+/.exec(codec)) / 8);
    const isFloat = codec.includes('-f');
    const frames = 20_011;
    const values = noise(frames * channels, 0.9);
    const bytes = new Uint8Array(frames * frameByteLength);
    const view = new DataView(bytes.buffer);
    values.forEach((value, index) => {
      if (codec === 'pcm-f32be') view.setFloat32(index * 4, value);
      else if (codec === 'pcm-f64') view.setFloat64(index * 8, value, true);
      else if (isFloat) view.setFloat32(index * 4, value, true);
    });
    if (!isFloat) bytes.set(Uint8Array.from(noise(bytes.byteLength, 127), (value) => value & 0xff));
    for (const pick of ['mean', channels - 1] as const) {
      const conversion = { codec, channels, inputRate, outputRate: 16_000, pick };
      const whole = convert(simd(conversion), bytes);
      const expected = convert(createScriptConverter(conversion), bytes);
      expect(expected.some((sample) => Math.abs(sample) > 0.05)).toBe(true);
      expect(largestDifference(whole, expected)).toBeLessThan(3e-6);
      for (const blockFrames of [1000, 8193]) {
        expect(convert(simd(conversion), bytes, blockFrames * frameByteLength)).toEqual(whole);
      }
    }
  });

  it('makes of planes what it makes of the same samples interleaved', () => {
    const left = noise(30_000, 0.9, 1);
    const right = noise(30_000, 0.9, 2);
    const interleaved = Float32Array.from(
      { length: 60_000 },
      (_, index) => (index % 2 === 0 ? left : right).at(index >> 1) ?? 0,
    );
    const conversion = { codec: 'pcm-f32', channels: 2, inputRate: 48_000, outputRate: 24_000, pick: 'mean' } as const;
    const planes = createMonoConverter(conversion);
    const first = Float64Array.from(planes.pushPlanes([left, right]));
    expect(concat([first, planes.flush()])).toEqual(convert(simd(conversion), new Uint8Array(interleaved.buffer)));
  });

  it('takes what is no number for silence', () => {
    const bytes = new Uint8Array(Float32Array.from([NaN, Infinity, 0.5, -Infinity, 0.25]).buffer);
    const conversion = { codec: 'pcm-f32', channels: 1, inputRate: 16_000, outputRate: 16_000, pick: 'mean' } as const;
    expect([...convert(simd(conversion), bytes)]).toEqual([0, 0, 0.5, 0, 0.25]);
  });

  it('keeps the memory of a long stream flat', () => {
    const converter = simd({ channels: 1, inputRate: 44_100, outputRate: 16_000, pick: 'mean' });
    const block = noise(44_100);
    const before = process.memoryUsage().arrayBuffers;
    for (let second = 0; second < 300; second++) converter.pushPlanes([block]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 << 20);
  });

  it('rounds to 16 bits as the script does, and clips', () => {
    const edges = [0, 1, -1, 2, -2, 0.5 / 32_768, -0.5 / 32_768, 1.4999 / 32_768, 0.499_999_97 / 32_768, NaN];
    const samples = Float32Array.from([...edges, ...noise(20_000, 1.1)]);
    const target = new Int16Array(samples.length + 2).fill(7);
    const expected = target.slice();
    roundToPcm16(samples, 0, samples.length, target, 1);
    roundByScript(samples, 0, samples.length, expected, 1);
    expect(target).toEqual(expected);
    expect([...target.subarray(0, 9)]).toEqual([7, 0, 32_767, -32_768, 32_767, -32_768, 1, 0, 1]);
    expect(target.at(-1)).toBe(7);
  });
});

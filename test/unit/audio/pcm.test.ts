import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { mixToMono } from '../../../src/audio/pcm.js';
import type { PcmCodec } from '../../../src/audio/pcm.js';
import { noise } from './support/signals.js';
import { bytesOf, pcm16 } from './support/wavFiles.js';

function mono(codec: PcmCodec, channels: number, bytes: Uint8Array): number[] {
  const target = new Float32Array(bytes.byteLength);
  return [...target.subarray(0, mixToMono(codec, channels, bytes, target))];
}

describe('reading samples', () => {
  it.each<[PcmCodec, number[], number[]]>([
    ['pcm-u8', [0, 128, 255], [-1, 0, 127 / 128]],
    ['pcm-s16', [0x00, 0x80, 0, 0, 0xff, 0x7f], [-1, 0, 32_767 / 32_768]],
    ['pcm-s24', [0, 0, 0x80, 0, 0, 0, 0, 0, 0x40], [-1, 0, 0.5]],
    ['pcm-s32', [0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x40], [-1, 0, 0.5]],
  ])('puts the whole range of %s between -1 and 1', (codec, bytes, expected) => {
    expect(mono(codec, 1, Uint8Array.from(bytes))).toEqual(expected);
  });

  it.each<[PcmCodec, string]>([
    ['pcm-u8', '8'],
    ['pcm-s16', '16'],
    ['pcm-s24', '24'],
    ['pcm-s32', '32'],
    ['pcm-f32', '32f'],
    ['pcm-f64', '64'],
  ])('reads %s as wavefile wrote it', (codec, bitDepth) => {
    const samples = noise(500, 0.9);
    const file = new wavefile.WaveFile();
    file.fromScratch(1, 16_000, '32f', samples);
    file.toBitDepth(bitDepth);
    const data = file.toBuffer().slice(-500 * Math.max(1, parseInt(bitDepth) / 8));
    const read = mono(codec, 1, data);
    expect(read).toHaveLength(500);
    read.forEach((sample, index) => {
      expect(Math.abs(sample - (samples[index] ?? 9))).toBeLessThan(bitDepth === '8' ? 0.02 : 1e-4);
    });
  });

  it.each<[PcmCodec, (file: wavefile.WaveFile) => void]>([
    [
      'alaw',
      (file) => {
        file.fromALaw();
      },
    ],
    [
      'mulaw',
      (file) => {
        file.fromMuLaw();
      },
    ],
  ])('decodes all 256 codes of %s as wavefile does', (codec, decode) => {
    const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
    const file = new wavefile.WaveFile();
    file.fromScratch(1, 8000, codec === 'alaw' ? '8a' : '8m', codes);
    decode(file);
    const expected = [...(file.getSamples(false, Int16Array) as unknown as Int16Array)].map(
      (sample) => sample / 32_768,
    );
    expect(mono(codec, 1, codes)).toEqual(expected);
  });

  it('mixes channels into their mean without ever getting too loud', () => {
    expect(mono('pcm-s16', 2, pcm16([1, 0.5], [1, -0.5]))).toEqual([32_767 / 32_768, expect.closeTo(0, 4)]);
    expect(mono('pcm-s16', 3, pcm16([0.9], [0], [0]))[0]).toBeCloseTo(0.3, 4);
  });

  it('reads at odd places of a buffer', () => {
    const bytes = bytesOf(9, pcm16([0.5, -0.5])).subarray(1);
    expect(bytes.byteOffset % 2).toBe(1);
    expect(mono('pcm-s16', 1, bytes)).toEqual(mono('pcm-s16', 1, bytes.slice()));
  });

  it('leaves a frame out that is not complete', () => {
    expect(mono('pcm-s16', 2, pcm16([0.5, 0.5, 0.5]))).toHaveLength(1);
    expect(mono('pcm-s24', 1, new Uint8Array(7))).toHaveLength(2);
  });

  it('takes what is no number for silence', () => {
    const bytes = new Uint8Array(Float32Array.from([NaN, Infinity, 0.5]).buffer);
    expect(mono('pcm-f32', 1, bytes)).toEqual([0, 0, 0.5]);
  });
});

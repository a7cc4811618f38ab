import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import { roundToPcm16, writeWav } from '../../../src/audio/writeWav.js';

function rounded(values: readonly number[]): number[] {
  const target = new Int16Array(values.length);
  roundToPcm16(Float64Array.from(values), 0, values.length, target, 0);
  return [...target];
}

describe('writing WAV', () => {
  it.each([0, 1, 16_001])('gives byte for byte what wavefile gives, for %i samples', (count) => {
    const samples = Int16Array.from({ length: count }, (_, index) => (index * 7919) % 65_536);
    const reference = new wavefile.WaveFile();
    reference.fromScratch(1, 16_000, '16', samples);
    expect(writeWav(samples)).toEqual(reference.toBuffer());
  });

  it('rounds to the nearest step', () => {
    expect(rounded([0, 0.4 / 32_768, 0.6 / 32_768, -0.6 / 32_768, 0.5, -1])).toEqual([0, 0, 1, -1, 16_384, -32_768]);
  });

  it('clips what is too loud instead of turning it into its opposite', () => {
    expect(rounded([1, 1.5, 1e9, -1.5, -1e9])).toEqual([32_767, 32_767, 32_767, -32_768, -32_768]);
  });

  it('brings every 16-bit sample back unchanged', () => {
    const all = Array.from({ length: 65_536 }, (_, index) => index - 32_768);
    expect(rounded(all.map((sample) => sample / 32_768))).toEqual(all);
  });
});

import { describe, expect, it } from 'vitest';
import { createResampler } from '../../../src/audio/resample.js';
import { concat, decibels, level, noise, tone } from './support/signals.js';

function resample(samples: Float32Array, inputRate: number, blockLength = samples.length): Float64Array {
  const resampler = createResampler(inputRate);
  const blocks: Float64Array[] = [];
  for (let start = 0; start < samples.length; start += blockLength) {
    blocks.push(Float64Array.from(resampler.push(samples.subarray(start, start + blockLength))));
  }
  blocks.push(Float64Array.from(resampler.flush()));
  return concat(blocks);
}

function gainAt(frequency: number, inputRate: number): number {
  const input = tone(frequency, inputRate, 0.5);
  return decibels(level(resample(input, inputRate)) / level(input));
}

const rates = [
  4000, 8000, 11_025, 12_000, 22_050, 24_000, 32_000, 44_056, 44_100, 48_000, 88_200, 96_000, 192_000, 384_000,
];

describe('resampling to 16 kHz', () => {
  it.each(rates)('keeps everything up to 7/8 of the bandwidth within 0.5 dB from %i Hz', (rate) => {
    const edge = (Math.min(rate, 16_000) / 2) * 0.875;
    for (const share of [0.01, 0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 1]) {
      expect(Math.abs(gainAt(edge * share, rate)), `${edge * share} Hz`).toBeLessThan(0.5);
    }
  });

  it.each(rates.filter((rate) => rate > 16_000))('lets no alias through above -60 dB from %i Hz', (rate) => {
    for (let frequency = 8050; frequency < rate / 2; frequency += rate / 90) {
      expect(gainAt(frequency, rate), `${frequency} Hz`).toBeLessThan(-60);
    }
  });

  it.each([8000, 11_025, 12_000])('makes no images above the bandwidth of %i Hz', (rate) => {
    // What is left after the tone itself is taken out: images, and nothing else.
    for (const frequency of [300, 1000, rate * 0.4]) {
      const output = resample(tone(frequency, rate, 0.5), rate);
      const ideal = tone(frequency, 16_000, 0.5);
      const rest = output.map((sample, index) => sample - (ideal[index] ?? 0));
      expect(decibels(level(rest) / level(ideal)), `${frequency} Hz`).toBeLessThan(-60);
    }
  });

  it.each([...rates, 44_099, 47_999])('keeps the time: sample n from %i Hz is the sound at n / 16000', (rate) => {
    const frequency = Math.min(rate, 16_000) / 10;
    const output = resample(tone(frequency, rate, 1), rate);
    const ideal = tone(frequency, 16_000, 1);
    for (let index = 800; index < 15_200; index++) {
      expect(Math.abs((output[index] ?? 9) - (ideal[index] ?? 0))).toBeLessThan(5e-4);
    }
  });

  it.each(rates)('gives as many samples from %i Hz as lie within the duration', (rate) => {
    for (const count of [0, 1, 2, 1000, rate, rate + 1]) {
      expect(resample(new Float32Array(count), rate)).toHaveLength(Math.ceil((count * 16_000) / rate));
    }
  });

  it.each([8000, 44_100, 96_000])('does not depend on how the stream from %i Hz is cut into blocks', (rate) => {
    const input = noise(20_011);
    const whole = resample(input, rate);
    for (const blockLength of [1, 7, 333, 4096]) expect(resample(input, rate, blockLength)).toEqual(whole);
  });

  it('leaves 16 kHz exactly as it is', () => {
    const input = noise(5000);
    expect(resample(input, 16_000, 999)).toEqual(Float64Array.from(input));
  });

  it.each([44_100, 8000])('keeps a constant level constant from %i Hz', (rate) => {
    const output = resample(new Float32Array(rate).fill(0.25), rate);
    for (const sample of output.subarray(400, 15_600)) expect(Math.abs(sample - 0.25)).toBeLessThan(1e-4);
  });

  it('keeps a sweep through the whole band below the alias limit where it passes 8 kHz', () => {
    const rate = 44_100;
    const seconds = 4;
    const sweep = Float32Array.from({ length: rate * seconds }, (_, index) => {
      const time = index / rate;
      return 0.5 * Math.sin(2 * Math.PI * (22_000 / seconds / 2) * time * time);
    });
    const output = resample(sweep, rate);
    const passes8k = Math.round((8100 / 22_000) * seconds * 16_000);
    expect(decibels(level(output.subarray(passes8k)) / level(sweep))).toBeLessThan(-60);
    const passes7k = Math.round((7000 / 22_000) * seconds * 16_000);
    expect(Math.abs(decibels(level(output.subarray(0, passes7k)) / level(sweep)))).toBeLessThan(0.5);
  });
});

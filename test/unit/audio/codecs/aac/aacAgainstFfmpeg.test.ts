import { describe, expect, it } from 'vitest';
import { samplingFrequencies } from '../../../../../src/audio/codecs/aac/scaleFactorBands.js';
import { randomAdtsFrames, type StreamShape } from './support/aacStreams.js';
import { decodeAll, signalToNoise, splitAdts } from './support/decoding.js';
import { decodedByFfmpeg, ffmpeg, hasFfmpeg } from './support/ffmpeg.js';

/** A sweep, struck tones and clicks over a little noise: what brings out every tool of an encoder. */
function encoded(sampleRate: number, bitrate: string, channelCount: number, ...options: string[]): Uint8Array[] {
  const channel = (start: number): string =>
    `0.3*sin(2*PI*(${start}*t+900*t*t))+0.3*sin(2*PI*1234*t)*exp(-20*mod(t,0.37))` +
    `+0.6*lt(mod(t,0.5),0.002)*sin(9000*t)+0.05*random(${start})`;
  const expression = [channel(200), channel(250)].slice(0, channelCount).join('|');
  const input = ['-f', 'lavfi', '-i', `aevalsrc='${expression}':s=${sampleRate}:d=1`];
  const bytes = ffmpeg(
    [...input, '-c:a', 'aac', '-b:a', bitrate, ...options, '-f', 'adts', 'pipe:1'],
    new Uint8Array(0),
  );
  return splitAdts(bytes);
}

describe.skipIf(!hasFfmpeg)('AAC-LC against ffmpeg', { timeout: 30_000 }, () => {
  it.each(samplingFrequencies)('hears in ffmpeg-encoded sound what ffmpeg hears, at %i Hz', (sampleRate) => {
    for (const [bitrate, channelCount] of [
      ['32k', 2],
      ['96k', 1],
    ] as const) {
      const frames = encoded(sampleRate, bitrate, channelCount, '-aac_pns', '0');
      const expected = decodedByFfmpeg(frames, channelCount);
      decodeAll(frames).forEach((sound, channel) => {
        expect(sound).toHaveLength(expected[channel]?.length ?? 0);
        expect(signalToNoise(sound, expected[channel] ?? []), bitrate).toBeGreaterThan(120);
      });
    }
  });

  it.each(samplingFrequencies)('hears in streams of every tool what ffmpeg hears, at %i Hz', (sampleRate) => {
    for (const [elements, channelConfiguration] of [
      [['single'], 1],
      [['pair'], 2],
    ] as const) {
      const frames = randomAdtsFrames({
        seed: sampleRate,
        sampleRate,
        elements,
        channelConfiguration,
        packetCount: 60,
      });
      const expected = decodedByFfmpeg(frames, channelConfiguration);
      decodeAll(frames).forEach((sound, channel) => {
        // 32-bit floats, as ffmpeg has them, lose more than usual in the long ringing of random filters.
        expect(signalToNoise(sound, expected[channel] ?? [])).toBeGreaterThan(95);
      });
    }
  });

  it.each([1, 2])('mixes 5.1 down to %i channels as ffmpeg does, but for the gain', (channelCount) => {
    const elements: StreamShape['elements'] = ['single', 'pair', 'pair', 'low-frequency'];
    const frames = randomAdtsFrames({
      seed: 51,
      sampleRate: 48_000,
      elements,
      channelConfiguration: 6,
      packetCount: 60,
    });
    // ffmpeg does not scale a mix to floats; ours never clips.
    const gain = channelCount === 1 ? 2 + Math.SQRT2 : 1 + Math.SQRT2;
    const expected = decodedByFfmpeg(frames, channelCount);
    decodeAll(frames, { mono: channelCount === 1 }).forEach((sound, channel) => {
      const scaled = sound.map((sample) => sample * gain);
      expect(signalToNoise(scaled, expected[channel] ?? [])).toBeGreaterThan(95);
    });
  });

  it('substitutes noise of the same loudness', () => {
    const frames = encoded(44_100, '48k', 2, '-aac_pns', '1');
    const expected = decodedByFfmpeg(frames, 2);
    decodeAll(frames).forEach((sound, channel) => {
      const energy = (samples: ArrayLike<number>): number => Array.from(samples).reduce((sum, x) => sum + x * x, 0);
      expect(energy(sound) / energy(expected[channel] ?? [])).toBeCloseTo(1, 1);
      expect(signalToNoise(sound, expected[channel] ?? [])).toBeGreaterThan(10);
    });
  });
});

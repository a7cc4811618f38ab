import { describe, expect, it } from 'vitest';
import { ChannelComparison } from '../../../src/audio/analyse/compareChannels.js';

const sampleRate = 16_000;

/** Numbers from -1 to 1, the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 31 - 1;
}

type Loudness = (seconds: number) => number;

/** Noise as loud as said, like speech in its ups and downs. */
function voice(seed: number, loudness: Loudness, seconds = 20): Float32Array {
  const random = seeded(seed);
  return Float32Array.from({ length: seconds * sampleRate }, (_, index) => loudness(index / sampleRate) * random());
}

function relationOf(left: Float32Array, right: Float32Array) {
  const samples = new Int16Array(2 * left.length);
  left.forEach((value, index) => (samples[2 * index] = Math.round(32767 * value)));
  right.forEach((value, index) => (samples[2 * index + 1] = Math.round(32767 * value)));
  const comparison = new ChannelComparison(sampleRate);
  comparison.add(samples);
  return comparison.relation;
}

const mix = (one: Float32Array, share: number, other: Float32Array): Float32Array =>
  one.map((value, index) => value + share * (other[index] ?? 0));

describe('comparing the channels of a recording', () => {
  const first = voice(1, (seconds) => (seconds % 4 < 2 ? 0.3 : 0.0005));
  const second = voice(2, (seconds) => (seconds % 4 >= 2 ? 0.3 : 0.0005));

  it('finds two people who take turns', () => {
    expect(relationOf(first, second)).toBe('apart');
  });

  it('finds them also where each is heard faintly by the other, or they speak at once now and then', () => {
    expect(relationOf(mix(first, 0.1, second), mix(second, 0.1, first))).toBe('apart');
    const eager = voice(3, (seconds) => (seconds % 4 >= 1.6 ? 0.3 : 0.0005));
    expect(relationOf(first, eager)).toBe('apart');
  });

  it('finds somebody who mostly listens', () => {
    const listener = voice(4, (seconds) => (seconds > 8 && seconds < 9.5 ? 0.2 : 0.0005));
    const talker = voice(5, (seconds) => (seconds > 8 && seconds < 9.5 ? 0.001 : 0.3));
    expect(relationOf(talker, listener)).toBe('apart');
  });

  it('knows one sound in both channels, also softer or turned over', () => {
    expect(relationOf(first, first)).toBe('same');
    expect(
      relationOf(
        first,
        first.map((value) => -0.4 * value),
      ),
    ).toBe('same');
  });

  it('takes stereo of one room for no call', () => {
    expect(relationOf(mix(first, 0.6, second), mix(second, 0.6, first))).toBe('unclear');
    const hall = voice(6, () => 0.2);
    expect(
      relationOf(
        voice(7, () => 0.2),
        hall,
      ),
    ).toBe('unclear');
  });

  it('takes silence, and a single speaker beside an empty channel, for no call', () => {
    const silence = new Float32Array(first.length);
    expect(relationOf(silence, silence)).toBe('unclear');
    expect(relationOf(first, silence)).toBe('unclear');
    expect(
      relationOf(
        first,
        silence.map(() => 0.2),
      ),
    ).toBe('unclear');
  });
});

import { describe, expect, it } from 'vitest';
import { createHalfSynthesis, halfLineCount } from '../../../../../src/audio/codecs/aac/halfSynthesis.js';
import { createSlopes } from '../../../../../src/audio/codecs/aac/slopes.js';
import { quarterDelaySampleCount } from '../../../../../src/audio/codecs/quarterDelayTaps.js';
import { createQuarterDelay } from '../../../../../src/audio/readers/quarterDelay.js';
import { randomNumbers } from '../../support/mutate.js';
import { signalToNoise } from './support/decoding.js';

const scale = 1 / 1024;

/** ISO/IEC 14496-3, 4.6.11.3.1, as it stands there, for half of the lines. */
function inverseMdct(spectrum: Float64Array): Float64Array {
  const length = 2 * halfLineCount;
  return Float64Array.from({ length }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < halfLineCount; k++) {
      sum += (spectrum[k] ?? 0) * Math.cos(((2 * Math.PI) / length) * (n + (halfLineCount + 1) / 2) * (k + 0.5));
    }
    return sum * scale;
  });
}

describe('the kernel of the synthesis at half the rate', () => {
  it('overlaps what the formula of the standard gives under every window', () => {
    const random = randomNumbers(5);
    const slopes = createSlopes(2);
    const synthesis = createHalfSynthesis(slopes, scale);
    if (synthesis === undefined) throw new Error('This machine has no WebAssembly SIMD.');
    const output = new Float32Array(halfLineCount);
    let before = new Float64Array(halfLineCount);
    for (const [rising, falling] of [
      [0, 0, 1, 0, 1],
      [1, 0, 1, 1, 0],
    ].flatMap((kinds) => kinds.map((shape, index) => [shape, kinds[(index + 1) % 5] ?? 0] as const))) {
      for (const isEdged of [false, true]) {
        const spectrum = Float64Array.from({ length: 1024 }, () => random() - 0.5);
        synthesis.run(spectrum, { shape: rising, isEdged }, { shape: falling, isEdged: !isEdged }, output, 0);
        const unfolded = inverseMdct(spectrum);
        const up = (isEdged ? slopes.edge : slopes.long)[rising] ?? before;
        const down = (isEdged ? slopes.long : slopes.edge)[falling] ?? before;
        const last = before;
        const expected = Float32Array.from(output, (_, n) => (last[n] ?? 0) + (unfolded[n] ?? 0) * (up[n] ?? 0));
        before = Float64Array.from(
          last,
          (_, n) => (unfolded[halfLineCount + n] ?? 0) * (down[halfLineCount - 1 - n] ?? 0),
        );
        expect(signalToNoise(output, expected)).toBeGreaterThan(120);
      }
    }
  });

  it('delays by whole samples and a quarter, over the borders of blocks', () => {
    const delay = createQuarterDelay();
    const frequency = 0.05;
    const tone = Float32Array.from({ length: 3000 }, (_, n) => Math.sin(2 * Math.PI * frequency * n));
    const heard: number[] = [];
    for (const [from, to] of [
      [0, 512],
      [512, 515],
      [515, 1536],
      [1536, 3000],
    ]) {
      heard.push(...delay(tone.subarray(from, to)));
    }
    const expected = tone.map((_, n) => Math.sin(2 * Math.PI * frequency * (n - quarterDelaySampleCount - 0.25)));
    expect(heard).toHaveLength(3000);
    expect(signalToNoise(Float32Array.from(heard.slice(100)), expected.subarray(100))).toBeGreaterThan(40);
  });
});

import { describe, expect, it } from 'vitest';
import type { ErrorReason } from '../../../src/core/errors.js';
import { EarshotError } from '../../../src/core/errors.js';
import { id3Tag, mp3Frames, xingFrame } from './support/mp3Files.js';
import { noise } from './support/signals.js';
import { piecesOf } from './support/sources.js';
import { join, pcm16, wavFile } from './support/wavFiles.js';

const allowed: readonly ErrorReason[] = [
  'unsupported-media',
  'clip-unreadable',
  'clip-empty',
  'clip-too-large',
  'clip-too-long',
];

const seeds: Readonly<Record<string, Uint8Array>> = {
  'a WAV': wavFile(pcm16(noise(3000), noise(3000)), {
    sampleRate: 44_100,
    channels: 2,
    after: [['LIST', new Uint8Array(90)]],
  }),
  'an RF64': wavFile(pcm16(noise(3000)), {
    container: 'RF64',
    extensible: true,
    before: [['JUNK', new Uint8Array(30)]],
  }),
  'a float WAV': wavFile(new Uint8Array(Float32Array.from(noise(3000)).buffer), { formatTag: 3, bitsPerSample: 32 }),
  'an MP3': join([id3Tag(200), xingFrame(40, 16_680, 576, 900), mp3Frames(40)]),
};

/** Numbers that repeat with every run, so that a failure can be looked into. */
function randomNumbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Headers are hit more often than samples. */
function damage(file: Uint8Array, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  const bytes = file.slice();
  for (let count = random(6); count >= 0; count--) {
    const at = random(3) > 0 ? random(Math.min(300, bytes.length)) : random(bytes.length);
    if (random(2) === 0) bytes[at] = random(2) === 0 ? 0xff : random(256);
    else bytes.fill(random(256), at, at + random(12));
  }
  return random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

describe('damaged files', () => {
  it.each(Object.entries(seeds))('give sound or an error with a reason, never a crash: %s', async (_, file) => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 600; seed++) {
      const damaged = damage(file, seed);
      try {
        const pieces = await piecesOf(damaged, { formats: ['wav', 'mp3'], maxSeconds: 60 });
        const byteLength = pieces.reduce((sum, piece) => sum + piece.bytes.byteLength, 0);
        // A byte may become at most two samples or, at 4 kHz, four: more would be sound from nowhere.
        expect(byteLength, `seed ${seed}`).toBeLessThanOrEqual(damaged.byteLength * 8 + 44 * pieces.length);
        outcomes.add('sound');
      } catch (error) {
        if (!(error instanceof EarshotError)) throw new Error(`Seed ${seed}: ${String(error)}`, { cause: error });
        expect(allowed, `seed ${seed}: ${error.message}`).toContain(error.reason);
        expect(error.message, `seed ${seed}`).toContain('meeting.wav');
        outcomes.add(error.reason);
      }
    }
    // Both happen, or the damage was not worth the name.
    expect(outcomes.size).toBeGreaterThan(2);
  });
});

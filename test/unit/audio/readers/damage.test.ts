import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EarshotError } from '../../../../src/core/errors.js';
import { ffmpegNote, hasFfmpeg, makeSound } from '../support/ffmpeg.js';
import { mutations, randomNumbers } from '../support/mutate.js';
import { readSound } from '../support/readSound.js';
import { soundFormats } from '../support/soundFormats.js';

const seconds = 1.5;
/** `EARSHOT_MUTATIONS=20 npx vitest …` for the thousands of the bench: this many of each kind for each format. */
const countOfEach = Number(process.env['EARSHOT_MUTATIONS'] ?? 2);
const patienceMilliseconds = 10_000;

describe.skipIf(!hasFfmpeg)(`reading damaged files${ffmpegNote}`, () => {
  const printed = vi.spyOn(console, 'error');
  const logged = vi.spyOn(console, 'log');
  beforeAll(() => {
    printed.mockImplementation(() => undefined);
    logged.mockImplementation(() => undefined);
  });
  afterAll(() => {
    printed.mockRestore();
    logged.mockRestore();
  });

  it.each(soundFormats.map((format) => [format.name, format] as const))(
    '%s: an error with a reason, or a part of the sound, in good time',
    async (_, format) => {
      const whole = makeSound(format.file, format.args, seconds, format.sampleRate);
      for (const [kind, mutate] of Object.entries(mutations)) {
        for (let round = 0; round < countOfEach; round++) {
          const seed = 1000 * round + kind.length * 31 + format.name.length;
          const bytes = mutate(whole, randomNumbers(seed));
          const what = `${format.name}, ${kind}, seed ${seed}`;
          const startedAt = performance.now();
          try {
            const sound = await readSound(bytes, round % 2 === 0 ? {} : { mono: true, minSampleRate: 16_000 });
            expect(sound.sampleCount / sound.sampleRate, what).toBeLessThan(2 * seconds + 31);
            expect(sound.interleaved.every(Number.isFinite), what).toBe(true);
          } catch (error) {
            expect(error, what).toBeInstanceOf(EarshotError);
            if (error instanceof EarshotError) expect(error.reason, what).toMatch(/^(clip-|unsupported-media)/);
          }
          expect(performance.now() - startedAt, what).toBeLessThan(patienceMilliseconds);
        }
      }
      expect(printed).not.toHaveBeenCalled();
      expect(logged).not.toHaveBeenCalled();
    },
    600_000,
  );
});

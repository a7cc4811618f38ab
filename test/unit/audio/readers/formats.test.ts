import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeByFfmpeg, ffmpegNote, hasFfmpeg, makeSound, resampleByFfmpeg, withFile } from '../support/ffmpeg.js';
import { correlation, largestDifference, readSound } from '../support/readSound.js';
import { soundFormats } from '../support/soundFormats.js';
import type { SoundFormat } from '../support/soundFormats.js';

const seconds = 2.345;
const made = new Map<SoundFormat, Uint8Array>();

function fileOf(format: SoundFormat): Uint8Array {
  const bytes = made.get(format) ?? makeSound(format.file, format.args, seconds, format.sampleRate);
  made.set(format, bytes);
  return bytes;
}

function byFfmpeg(format: SoundFormat, args: readonly string[]): Float32Array {
  return withFile(format.file, (path) => {
    writeFileSync(path, fileOf(format));
    return decodeByFfmpeg(path, args);
  });
}

describe.skipIf(!hasFfmpeg)(`reading sound as ffmpeg does${ffmpegNote}`, () => {
  describe.each(soundFormats.map((format) => [format.name, format] as const))('%s', (_, format) => {
    it('is as long, begins at the same sample, and holds the same', async () => {
      const sound = await readSound(fileOf(format), {}, format.file);
      const reference = byFfmpeg(format, []);
      expect(sound.problems).toEqual([]);
      const lengthDifference = Math.abs(sound.sampleCount - reference.length / sound.channelCount);
      expect(lengthDifference).toBeLessThanOrEqual(format.frameSampleCount);
      if (format.isLossless === true) expect(largestDifference(sound.interleaved, reference)).toBe(0);
      else expect(correlation(sound.interleaved, reference)).toBeGreaterThan(0.999_99);
    });

    it('sounds the same at 16 kHz mono, where a codec may do less work', async () => {
      const sound = await readSound(fileOf(format), { mono: true, minSampleRate: 16_000 }, format.file);
      expect(sound.sampleRate).toBeGreaterThanOrEqual(Math.min(16_000, sound.sampleRate));
      const ours = resampleByFfmpeg(sound.interleaved, sound.sampleRate, sound.channelCount);
      const reference = byFfmpeg(format, ['-ar', '16000', '-ac', '1']);
      expect(correlation(ours, reference)).toBeGreaterThan(0.999);
    });

    it('gives a part as it is in the whole', async () => {
      const whole = await readSound(fileOf(format), { mono: true }, format.file);
      const range = { startSeconds: 1.1, endSeconds: 1.9 };
      const part = await readSound(fileOf(format), { mono: true, range }, format.file);
      const { sampleRate, channelCount } = whole;
      const [start, end] = [Math.round(1.1 * sampleRate), Math.round(1.9 * sampleRate)];
      expect(part.sampleCount).toBe(end - start);
      const same = whole.interleaved.subarray(start * channelCount, end * channelCount);
      // The blocks of Vorbis differ in length, so rounded times leave half a millisecond open.
      expect(correlation(part.interleaved, same)).toBeGreaterThan(format.name === 'Vorbis in WebM' ? 0.9 : 0.999_9);
    });
  });
});

import { describe, expect, it } from 'vitest';
import { probeWithTags } from '../../../src/audio/probe.js';
import { ffmpegNote, hasFfmpeg } from './support/ffmpeg.js';
import { makeLargeFiles } from './support/largeFiles.js';

describe.skipIf(!hasFfmpeg)(`a look at a file of 2 GB${ffmpegNote}`, () => {
  it.each(hasFfmpeg ? makeLargeFiles().map((file) => [file.name, file] as const) : [])(
    '%s: tells how long it is and reads next to nothing of it',
    async (_, { source, durationSeconds, isEstimate }) => {
      expect(source.byteLength).toBeGreaterThan(2e9);
      const probe = await probeWithTags(source);
      const difference = Math.abs((probe.durationSeconds ?? 0) - durationSeconds);
      expect(difference).toBeLessThan(isEstimate === true ? durationSeconds * 0.02 : 0.05);
      expect(probe.durationIsEstimate).toBe(isEstimate);
      expect(probe.isTruncated).toBeUndefined();
      expect(source.readByteLength).toBeLessThan(1_000_000);
      expect(source.readCount).toBeLessThan(30);
    },
  );
});

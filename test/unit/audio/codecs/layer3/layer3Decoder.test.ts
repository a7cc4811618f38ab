import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../../../src/audio/byteSource.js';
import { createLayer3Decoder } from '../../../../../src/audio/codecs/layer3/layer3Decoder.js';
import {
  codebookChoices,
  codebooks,
  longBands,
  quadCodes,
  shortBands,
} from '../../../../../src/audio/codecs/layer3/layer3Tables.js';
import { scanFrames } from '../../../../../src/audio/readers/frameScan.js';
import type { ScannedFrame } from '../../../../../src/audio/readers/frameScan.js';
import { createMpegDecoder } from '../../../../../src/audio/readers/mpegDecoder.js';
import { sniff } from '../../../../../src/audio/sniff.js';
import { ffmpegNote, hasFfmpeg, makeSound } from '../../support/ffmpeg.js';
import { correlation, largestDifference } from '../../support/readSound.js';

async function framesOf(bytes: Uint8Array): Promise<ScannedFrame[]> {
  const source = sourceFromBytes('a.mp3', bytes);
  const { firstFrame } = await sniff(source, undefined);
  if (firstFrame === undefined) throw new Error('There is no frame.');
  const frames: ScannedFrame[] = [];
  for await (const batch of scanFrames(source, firstFrame, bytes.byteLength, undefined)) frames.push(...batch.frames);
  return frames;
}

function decode(frames: readonly ScannedFrame[], step: 1 | 2 = 1, phase: 0 | 1 = 0): Float32Array {
  const decoder = createLayer3Decoder({ step, phase });
  if (decoder === undefined) throw new Error('This machine has no WebAssembly SIMD.');
  const samples: number[] = [];
  for (const { bytes } of frames) {
    expect(decoder.decode(bytes)).toBeUndefined();
    if (decoder.isFull) samples.push(...decoder.take());
  }
  return Float32Array.from([...samples, ...decoder.take()]);
}

/** The mean of what mpg123 makes of the channels. */
async function referenceOf(frames: readonly ScannedFrame[]): Promise<Float32Array> {
  const decoder = await createMpegDecoder();
  const samples: number[] = [];
  for (const { bytes } of frames) {
    for (const { channels } of decoder.feed(bytes, () => undefined)) {
      const [left, right] = channels;
      left.forEach((sample, index) => samples.push((sample + (right[index] ?? 0)) / 2));
    }
  }
  decoder.free();
  return Float32Array.from(samples);
}

/** Clicks, which make an encoder change to short blocks. */
const clicks = ['-af', "aeval='val(ch)+if(lt(mod(t\\,0.11)\\,0.001)\\,0.7*sin(t*90000)\\,0):c=same'"];

describe('the tables of Layer III', () => {
  it('give every bit pattern of a codebook one meaning', () => {
    for (const { pairs, lengths } of Object.values(codebooks)) {
      const count = lengths.length;
      const share = Array.from(lengths, (digit) => 2 ** -Number.parseInt(digit, 36)).reduce((sum, one) => sum + one, 0);
      expect(share).toBe(1);
      expect(new Set(pairs.match(/../g)).size).toBe(count);
      expect(Math.sqrt(count) % 1).toBe(0);
    }
    expect(quadCodes.reduce((sum, [length]) => sum + 2 ** -length, 0)).toBe(1);
    expect(Object.values(codebookChoices).every(([name]) => name in codebooks)).toBe(true);
  });

  it('give every line a band', () => {
    for (const bands of longBands) expect(bands.reduce<number>((sum, width) => sum + width, 0)).toBe(576);
    for (const bands of shortBands) expect(bands.reduce<number>((sum, width) => sum + width, 0)).toBe(192);
  });
});

describe.skipIf(!hasFfmpeg)(`decoding Layer III to one channel${ffmpegNote}`, () => {
  it.each<[string, readonly string[]]>([
    ['joint stereo', ['-b:a', '128k']],
    ['left and right', ['-b:a', '192k', '-joint_stereo', '0']],
    ['clicks', [...clicks, '-b:a', '96k']],
    ['clicks in left and right', [...clicks, '-b:a', '256k', '-joint_stereo', '0']],
    ['one channel', ['-ac', '1', '-q:a', '4']],
    ['48 kHz', ['-ar', '48000', '-b:a', '64k']],
    ['32 kHz', ['-ar', '32000', '-q:a', '2']],
    ['24 kHz', ['-ar', '24000', '-b:a', '64k']],
    ['22.05 kHz with clicks', [...clicks, '-ar', '22050', '-b:a', '64k']],
    ['16 kHz', ['-ar', '16000', '-ac', '1', '-b:a', '32k']],
    ['8 kHz', ['-ar', '8000', '-b:a', '16k']],
  ])('%s: the mean of the channels', async (_, args) => {
    const frames = await framesOf(makeSound('a.mp3', ['-c:a', 'libmp3lame', ...args, '-write_xing', '0'], 1.5));
    const ours = decode(frames);
    const reference = await referenceOf(frames);
    expect(ours.length).toBeGreaterThanOrEqual(reference.length);
    expect(reference.some((sample) => Math.abs(sample) > 0.1)).toBe(true);
    expect(largestDifference(ours, reference)).toBeLessThan(2e-5);
  });

  it('follows intensity stereo', async () => {
    const frames = await framesOf(makeSound('a.mp3', ['-c:a', 'libmp3lame', '-b:a', '64k', '-write_xing', '0'], 1));
    // LAME makes none: what it wrote as middle and side is read as intensity, which is as good.
    for (const { bytes } of frames) if ((bytes[3] ?? 0) >> 6 === 1) bytes[3] = (bytes[3] ?? 0) | 0x10;
    expect(largestDifference(decode(frames), await referenceOf(frames))).toBeLessThan(2e-5);
  });

  it.each([0, 1] as const)(
    'makes every second sample out of the lower half, beginning with number %i',
    async (phase) => {
      const frames = await framesOf(
        makeSound('a.mp3', ['-c:a', 'libmp3lame', '-b:a', '128k', '-cutoff', '9000', '-write_xing', '0'], 1),
      );
      const half = decode(frames, 2, phase);
      const whole = decode(frames);
      expect(half).toHaveLength(whole.length / 2);
      const every = whole.filter((_, index) => index % 2 === phase);
      expect(correlation(half, every)).toBeGreaterThan(0.999_99);
    },
  );

  it('counts damaged frames as silence, and says what is wrong', async () => {
    const frames = await framesOf(makeSound('a.mp3', ['-c:a', 'libmp3lame', '-b:a', '128k', '-write_xing', '0'], 1));
    const decoder = createLayer3Decoder({ step: 1, phase: 0 });
    const bytes = frames[8]?.bytes ?? new Uint8Array(0);
    expect(decoder?.decode(bytes)).toContain('missing');
    expect(decoder?.take().every((sample) => sample === 0)).toBe(true);
    expect(decoder?.decode(bytes.subarray(0, 10))).toContain('header');
    expect(decoder?.take()).toHaveLength(1152);
    expect(decoder?.decode(new Uint8Array(9000))).toContain('too long');
  });
});

import { describe, expect, it } from 'vitest';
import type { Piece, PrepareOptions } from '../../../src/audio/engine.js';
import { correlation } from './support/readSound.js';
import { ffmpegNote, hasFfmpeg, runFfmpeg, withFile } from './support/ffmpeg.js';
import { decibels, level, noise, tone } from './support/signals.js';
import { aBytesSource, bytesEngine, errorOf, piecesOf } from './support/sources.js';
import { pcm16, wavFile } from './support/wavFiles.js';
import { readFileSync } from 'node:fs';

/** One array per channel of a WAV file of 16 bits, read by its header. */
function planesOf(bytes: Uint8Array): { readonly sampleRate: number; readonly planes: readonly Float32Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const channels = view.getUint16(22, true);
  const sampleRate = view.getUint32(24, true);
  expect(view.getUint32(28, true)).toBe(sampleRate * channels * 2);
  expect(view.getUint16(32, true)).toBe(channels * 2);
  expect(view.getUint32(40, true)).toBe(bytes.byteLength - 44);
  const frames = (bytes.byteLength - 44) / 2 / channels;
  const planes = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: frames },
      (__, frame) => view.getInt16(44 + 2 * (frame * channels + channel), true) / 32_768,
    ),
  );
  return { sampleRate, planes };
}

function stereoWav(left: Float32Array, right: Float32Array, sampleRate: number): Uint8Array {
  const both = Float32Array.from(
    { length: 2 * left.length },
    (_, index) => [left, right][index % 2]?.[index >> 1] ?? 0,
  );
  return wavFile(pcm16(both), { sampleRate, channels: 2 });
}

const formats = ['wav'] as const;
const onlyOf = ([piece]: readonly Piece[]): Uint8Array => piece?.bytes ?? new Uint8Array(0);

describe('WAV of another shape', () => {
  const song = stereoWav(tone(440, 44_100, 30, 0.5), noise(44_100 * 30, 0.3), 44_100);

  it('keeps rate and channels to the last bit', async () => {
    const wav = { sampleRate: 'native', keepChannels: true } as const;
    const [piece, ...others] = await piecesOf(song, { formats, wav });
    expect(others).toEqual([]);
    expect(Buffer.from(piece?.bytes.subarray(44) ?? []).equals(Buffer.from(song.subarray(44)))).toBe(true);
    const plan = await bytesEngine.plan(aBytesSource(song), { formats, wav });
    expect(plan.reason).toBe('converted to 44.1 kHz stereo WAV (5.3 MB)');
  });

  it.each([8000, 24_000, 48_000])('has %i Hz when asked, with the same sound', async (sampleRate) => {
    const file = wavFile(pcm16(tone(1000, 16_000, 3, 0.5)));
    const made = planesOf(onlyOf(await piecesOf(file, { formats, wav: { sampleRate } })));
    expect(made.sampleRate).toBe(sampleRate);
    expect(made.planes).toHaveLength(1);
    expect(made.planes[0]).toHaveLength(3 * sampleRate);
    expect(correlation(made.planes[0] ?? noise(1), tone(1000, sampleRate, 3, 0.5))).toBeGreaterThan(0.999);
  });

  it.each<Partial<PrepareOptions>>([
    { maxSeconds: 7 },
    { maxBytes: 700_001 },
    { maxSeconds: 10, range: { startSeconds: 3, endSeconds: 28.5 } },
    { maxSeconds: 15, wav: { sampleRate: 48_000, keepChannels: true } },
  ])('is cut within the limits %j without a gap', async (limits) => {
    const wav = { sampleRate: 'native', keepChannels: true, ...limits.wav } as const;
    const pieces = await piecesOf(song, { formats, ...limits, wav });
    const plan = await bytesEngine.plan(aBytesSource(song), { formats, ...limits, wav });
    expect(plan.way).toBe('split');
    expect(pieces.length).toBeGreaterThan(1);
    let frames = 0;
    for (const [index, piece] of pieces.entries()) {
      const { sampleRate, planes } = planesOf(piece.bytes);
      const length = planes[0]?.length ?? 0;
      frames += length;
      expect(piece.bytes.byteLength).toBeLessThanOrEqual(limits.maxBytes ?? Infinity);
      expect(length / sampleRate).toBeLessThanOrEqual(limits.maxSeconds ?? Infinity);
      expect(piece.startSeconds).toBeCloseTo(pieces[index - 1]?.endSeconds ?? limits.range?.startSeconds ?? 0, 9);
      expect(piece.endSeconds - piece.startSeconds).toBeCloseTo(length / sampleRate, 3);
    }
    const { startSeconds, endSeconds } = limits.range ?? { startSeconds: 0, endSeconds: 30 };
    const rate = limits.wav?.sampleRate === 48_000 ? 48_000 : 44_100;
    expect(frames).toBe(Math.round((endSeconds - startSeconds) * rate));
    if (rate !== 44_100) return;
    const all = Buffer.concat(pieces.map(({ bytes }) => bytes.subarray(44)));
    const from = 44 + 4 * Math.round(startSeconds * rate);
    expect(all.equals(Buffer.from(song.subarray(from, from + all.byteLength)))).toBe(true);
  });

  it('is refused where nobody takes WAV, and at rates that are none', async () => {
    const asked = (options: PrepareOptions) => errorOf(piecesOf(song, options));
    expect((await asked({ formats: ['mp3'], wav: {} })).message).toMatch(/only WAV has a rate of its own choice/);
    expect((await asked({ formats, wav: { sampleRate: 0 } })).message).toMatch(/0 Hz was asked for\. Ask for 4000 to/);
    expect((await asked({ formats, wav: {}, maxBytes: 500 })).reason).toBe('clip-too-large');
  });
});

describe.skipIf(!hasFfmpeg)(`a call with one speaker a side${ffmpegNote}`, { timeout: 30_000 }, () => {
  const [left, right] = [tone(300, 8000, 12, 0.5), tone(1200, 8000, 12, 0.25)];
  const call = stereoWav(left, right, 8000);
  const energyAt = (samples: Float32Array, frequency: number): number => {
    const [sine, cosine] = [0, 1].map((quarter) =>
      samples.reduce(
        (sum, sample, index) =>
          sum + sample * Math.sin((2 * Math.PI * frequency * index) / 16_000 + (quarter * Math.PI) / 2),
        0,
      ),
    );
    return Math.hypot(sine ?? 0, cosine ?? 0) / samples.length;
  };

  it.each<[name: string, args: readonly string[]]>([
    ['call.wav', ['-c:a', 'pcm_mulaw']],
    ['call.flac', []],
    ['call.mp3', ['-b:a', '64k', '-joint_stereo', '0']],
    ['call.m4a', ['-c:a', 'aac', '-b:a', '96k', '-ar', '16000']],
    ['call.ogg', ['-c:a', 'libvorbis']],
    ['call.webm', ['-c:a', 'libopus', '-b:a', '96k']],
  ])('becomes one clip for each side: %s', async (name, args) => {
    const file = withFile(name, (path) => {
      runFfmpeg(['-f', 'wav', '-i', '-', ...args, path], call);
      return new Uint8Array(readFileSync(path));
    });
    for (const [channel, own, other] of [
      [0, 300, 1200],
      [1, 1200, 300],
    ] as const) {
      // In pieces, since both sides have to be cut as well.
      const pieces = await piecesOf(file, { formats, channel, maxSeconds: 5 }, name);
      expect(pieces.length).toBeGreaterThan(2);
      for (const { bytes } of pieces) {
        const { sampleRate, planes } = planesOf(bytes);
        expect([sampleRate, planes.length]).toEqual([16_000, 1]);
        const [samples = noise(1)] = planes;
        expect(decibels(energyAt(samples, other) / energyAt(samples, own))).toBeLessThan(-25);
        expect(level(samples)).toBeGreaterThan(0.1);
      }
      expect(pieces.at(-1)?.endSeconds).toBeGreaterThan(11.9);
    }
  });

  it('has no third side', async () => {
    const error = await errorOf(piecesOf(call, { formats, channel: 2 }));
    expect(error.message).toMatch(/it has 2 channels, and channel 3 was asked for/);
  });
});

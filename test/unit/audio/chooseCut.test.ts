import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { chooseCut } from '../../../src/audio/analyse/chooseCut.js';
import { cutWindow, PieceCutter } from '../../../src/audio/pieceCutter.js';
import { ffmpegNote, hasFfmpeg, runFfmpeg, withFile } from './support/ffmpeg.js';
import { noise } from './support/signals.js';
import { piecesOf } from './support/sources.js';
import { cutsInWords, hasSynthesiser, layWords, sayNumbers } from './support/spokenWords.js';
import type { Synthesiser } from './support/spokenWords.js';
import { pcm16, wavFile } from './support/wavFiles.js';

const rate = 16_000;

function cutsOf(samples: Float32Array, limitSeconds: number): number[] {
  const limit = limitSeconds * rate;
  const cutter = new PieceCutter(limit);
  const cuts: number[] = [];
  let earliest = 0;
  const take = (steps: ReturnType<PieceCutter['push']>): void => {
    for (const step of steps) {
      if (step.type !== 'border') continue;
      expect(step.startSample).toBe(earliest);
      expect(step.endSample - step.startSample).toBeLessThanOrEqual(limit);
      earliest = step.endSample;
      cuts.push(step.endSample);
    }
  };
  for (let start = 0; start < samples.length; start += 10_000)
    take(cutter.push(samples.subarray(start, start + 10_000)));
  take(cutter.flush());
  expect(cuts.pop()).toBe(samples.length);
  return cuts;
}

/** A voice that says nothing: harmonics that swell and fade at once. */
function burst(seconds: number, pitch: number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * rate) }, (_, index) => {
    const envelope = Math.min(1, index / 400, (seconds * rate - index) / 400);
    let voice = 0;
    for (let harmonic = 1; harmonic < 12; harmonic++) {
      voice += Math.sin((2 * Math.PI * pitch * harmonic * index) / rate + harmonic) / harmonic;
    }
    return 0.2 * envelope * voice;
  });
}

describe('cutting', () => {
  it.each([1000, 16_000, 50_000, 400_000])('hands on every sample once, in blocks of %i', (blockLength) => {
    const samples = Float32Array.from(noise(400_000, 0.5));
    const cutter = new PieceCutter(7 * rate);
    const pieces: number[][] = [[]];
    const take = (steps: ReturnType<PieceCutter['push']>): void => {
      for (const step of steps) {
        if (step.type === 'border') pieces.push([]);
        // A view, valid until the next step.
        else pieces.at(-1)?.push(...step.samples);
      }
    };
    for (let start = 0; start < samples.length; start += blockLength) {
      const block = samples.slice(start, start + blockLength);
      take(cutter.push(block));
      block.fill(9);
    }
    take(cutter.flush());
    expect(pieces.length).toBeGreaterThan(3);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(7 * rate);
    expect(Float32Array.from(pieces.flat())).toEqual(samples);
  });
});

// Much speech, so that there are many borders.
describe('choosing where to cut', { timeout: 60_000 }, () => {
  const bursts = [0.12, 0.2, 0.33, 0.5, 0.7].flatMap((seconds) =>
    [110, 190, 240].map((pitch) => burst(seconds, pitch)),
  );

  it.each([0.0003, 0.003, 0.01, 0.02])('falls into none of the bursts of a voice in noise of %d', (amplitude) => {
    const speech = layWords(bursts, 700, amplitude, 7);
    const cuts = [...cutsOf(speech.samples, 20), ...cutsOf(speech.samples, 23)];
    expect(cuts.length).toBeGreaterThan(60);
    expect(cutsInWords(cuts, speech)).toEqual([]);
  });

  it.each<Synthesiser>(['flite', 'espeak-ng'])('falls into no word that %s says', (synthesiser) => {
    expect(hasSynthesiser(synthesiser), `npm run setup installs ${synthesiser}`).toBe(true);
    const numbers = sayNumbers(synthesiser);
    for (const amplitude of [0, 0.001, 0.01]) {
      const speech = layWords(numbers, 900, amplitude, 11);
      const cuts = [...cutsOf(speech.samples, 30), ...cutsOf(speech.samples, 41), ...cutsOf(speech.samples, 120)];
      expect(cuts.length).toBeGreaterThan(55);
      expect(cutsInWords(cuts, speech)).toEqual([]);
    }
  });

  it('is not driven into soft words by somebody who types in the pauses', () => {
    const softer = bursts.map((sound) => sound.map((sample) => 0.05 * sample));
    const speech = layWords(softer, 1200, 0.0005, 3);
    const { samples, words } = speech;
    words.forEach(({ end }, index) => {
      const next = words[index + 1]?.start ?? samples.length;
      for (let click = end + 320; click + 480 < next; click += 1120) samples.set(noise(240, 0.6, click), click);
    });
    const cuts = [...cutsOf(samples, 30), ...cutsOf(samples, 40)];
    expect(cuts.length).toBeGreaterThan(60);
    expect(cutsInWords(cuts, speech)).toEqual([]);
  });

  it('prefers the longer of two pauses, and of long ones the last', () => {
    const voice = burst(20, 140);
    const samples = noise(20 * rate, 0.001).map((sample, index) => sample + (voice[index] ?? 0));
    const pause = (from: number, to: number): void => {
      samples.set(noise(Math.round((to - from) * rate), 0.001), Math.round(from * rate));
    };
    pause(3, 3.9);
    pause(11, 11.4);
    expect(chooseCut(samples, 2 * rate, 18 * rate) / rate).toBeGreaterThan(3.2);
    expect(chooseCut(samples, 2 * rate, 18 * rate) / rate).toBeLessThan(3.7);
    pause(6, 8.5);
    pause(14, 16);
    expect(chooseCut(samples, 2 * rate, 18 * rate) / rate).toBeGreaterThan(14.4);
    expect(chooseCut(samples, 2 * rate, 18 * rate) / rate).toBeLessThan(15.6);
    expect(chooseCut(samples, 2 * rate, 12 * rate) / rate).toBeGreaterThan(6.4);
    expect(chooseCut(samples, 2 * rate, 12 * rate) / rate).toBeLessThan(8.1);
  });

  it('keeps to the window also where the pause reaches beyond it', () => {
    const samples = burst(12, 140);
    samples.fill(0, 5 * rate, 9 * rate);
    expect(chooseCut(samples, 2 * rate, 6 * rate)).toBe(6 * rate);
    expect(chooseCut(samples, 8.7 * rate, 11 * rate)).toBeGreaterThanOrEqual(8.7 * rate);
    expect(chooseCut(samples, 8.7 * rate, 11 * rate)).toBeLessThan(9 * rate);
  });

  it('cuts where it is quietest when nobody pauses', () => {
    const samples = noise(12 * rate, 0.5);
    samples.forEach((sample, index) => (samples[index] = sample * (index > 6 * rate && index < 6.3 * rate ? 0.6 : 1)));
    const place = chooseCut(samples, 2 * rate, 10 * rate) / rate;
    expect(place).toBeGreaterThan(6);
    expect(place).toBeLessThan(6.3);
  });

  it('finds its place in less sound than a frame', () => {
    expect(chooseCut(new Float32Array(100), 0, 50)).toBeGreaterThanOrEqual(0);
    expect(chooseCut(new Float32Array(100), 0, 50)).toBeLessThanOrEqual(50);
    expect(chooseCut(new Float32Array(0), 0, 0)).toBe(0);
  });

  it('looks at little of a long recording only', () => {
    expect(cutWindow(300 * rate)).toBe(20 * rate);
    expect(cutWindow(60 * rate)).toBe(12 * rate);
  });
});

describe.skipIf(!hasFfmpeg)(`cutting without decoding${ffmpegNote}`, { timeout: 60_000 }, () => {
  it.each([
    ['talk.m4a', ['-c:a', 'aac', '-b:a', '64k'], 'mp4'],
    ['talk.mp3', ['-b:a', '64k'], 'mp3'],
    ['talk.ogg', ['-c:a', 'libopus'], 'ogg'],
  ] as const)('falls into no word of %s', async (name, packing, format) => {
    const speech = layWords(sayNumbers('flite'), 500, 0.001, 5);
    const file = withFile(name, (path) => {
      runFfmpeg(['-f', 'wav', '-i', '-', ...packing, path], wavFile(pcm16(speech.samples)));
      return new Uint8Array(readFileSync(path));
    });
    const pieces = [
      ...(await piecesOf(file, { formats: [format], maxSeconds: 16 }, name)),
      ...(await piecesOf(file, { formats: [format], maxSeconds: 23 }, name)),
    ];
    const cuts = pieces.map(({ startSeconds }) => Math.round(startSeconds * rate)).filter((cut) => cut > rate);
    expect(cuts.length).toBeGreaterThanOrEqual(50);
    expect(cutsInWords(cuts, speech)).toEqual([]);
  });
});

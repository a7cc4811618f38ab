import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SpeechAnalyser } from '../../../src/audio/analyse/analyseSpeech.js';
import type { SpeechAnalysis } from '../../../src/audio/analyse/analyseSpeech.js';
import { ClippingCounter } from '../../../src/audio/analyse/clipping.js';
import { LoudnessMeter } from '../../../src/audio/analyse/loudness.js';
import { noise, tone } from './support/signals.js';
import { pcm16, wavFile } from './support/wavFiles.js';

function analyse(samples: Float32Array, blockLength = 5000): SpeechAnalysis {
  const analyser = new SpeechAnalyser();
  for (let start = 0; start < samples.length; start += blockLength) {
    analyser.push(samples.subarray(start, start + blockLength));
  }
  return analyser.finish();
}

/** Syllables: a voice's harmonics under a swelling envelope, four a second, with gaps as short as between words. */
function babble(seconds: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: seconds * 16_000 }, (_, index) => {
    const time = index / 16_000;
    const envelope = Math.max(0, Math.sin(2 * Math.PI * 2 * time)) ** 2;
    let voice = 0;
    for (let harmonic = 1; harmonic < 16; harmonic++) {
      voice += Math.sin(2 * Math.PI * 140 * harmonic * time + harmonic) / harmonic;
    }
    return (amplitude * envelope * voice) / 2;
  });
}

function mix(
  length: number,
  noiseAmplitude: number,
  ...parts: readonly [startSeconds: number, Float32Array][]
): Float32Array {
  const sound = noise(length * 16_000, noiseAmplitude);
  for (const [startSeconds, part] of parts) {
    part.forEach((sample, index) => {
      const place = Math.round(startSeconds * 16_000) + index;
      sound[place] = (sound[place] ?? 0) + sample;
    });
  }
  return sound;
}

function covered(ranges: SpeechAnalysis['silences'], from: number, to: number): number {
  return ranges.reduce(
    (sum, { startSeconds, endSeconds }) => sum + Math.max(0, Math.min(to, endSeconds) - Math.max(from, startSeconds)),
    0,
  );
}

describe('speech activity', () => {
  it.each([0.0005, 0.003, 0.01])('finds the pause between two sentences in noise of %d', (noiseAmplitude) => {
    const { silences, speechSeconds, isEffectivelySilent } = analyse(
      mix(20, noiseAmplitude, [2, babble(5, 0.3)], [10, babble(6, 0.2)]),
    );
    expect(covered(silences, 0.1, 1.9)).toBeGreaterThan(1.6);
    expect(covered(silences, 7.4, 9.9)).toBeGreaterThan(2.2);
    expect(covered(silences, 16.4, 20)).toBeGreaterThan(3.3);
    // Half of each beat of the babble is silent, and falls short of a pause only by the edges of the syllables.
    expect(covered(silences, 2.1, 6.8)).toBeLessThan(2.4);
    expect(speechSeconds).toBeGreaterThan(6);
    expect(isEffectivelySilent).toBe(false);
  });

  it('takes noise, hum and a tone that go on for no speech', () => {
    for (const sound of [noise(320_000, 0.03), tone(50, 16_000, 20, 0.3), tone(1000, 16_000, 20, 0.1)]) {
      const { isSpeech } = analyse(sound);
      expect(isSpeech.subarray(500).reduce((sum, frame) => sum + frame, 0)).toBeLessThan(20);
    }
  });

  it('passes over a click', () => {
    const { speechSeconds } = analyse(mix(5, 0.001, [2, noise(300, 0.9)]));
    expect(speechSeconds).toBeLessThan(0.05);
  });

  it('judges the first second by what comes after it', () => {
    const { isSpeech } = analyse(mix(6, 0.003, [0, babble(2, 0.3)]));
    expect(isSpeech.subarray(0, 30).some((frame) => frame === 1)).toBe(true);
  });

  it('does not depend on how the stream is cut into blocks', () => {
    const sound = mix(7, 0.003, [1, babble(3, 0.3)]);
    const whole = analyse(sound, sound.length);
    for (const blockLength of [1, 77, 160, 16_001]) expect(analyse(sound, blockLength)).toEqual(whole);
  });

  it('tells while the stream still runs, at most a second late', () => {
    const analyser = new SpeechAnalyser();
    analyser.push(mix(5, 0.001, [1, babble(2, 0.3)]));
    expect(analyser.activity.judgedCount).toBe(500);
    analyser.push(new Float32Array(8000));
    expect(analyser.activity.judgedCount).toBe(500);
  });
});

describe('effectively silent', () => {
  it.each<[string, Float32Array, boolean]>([
    ['digital silence', new Float32Array(80_000), true],
    ['a microphone that is off', noise(80_000, 0.0005), true],
    ['an empty room', noise(80_000, 0.006), true],
    ['a voice far away', mix(5, 0.0005, [1, babble(3, 0.01)]), false],
    ['a voice', mix(5, 0.003, [1, babble(3, 0.3)]), false],
  ])('%s', (_what, sound, expected) => {
    expect(analyse(sound).isEffectivelySilent).toBe(expected);
  });
});

describe('peaks', () => {
  it('shows the extremes and the level at every zoom', () => {
    const sound = tone(400, 16_000, 25, 0.5);
    sound[160_005] = -0.9;
    const { peaks, durationSeconds } = analyse(sound);
    expect(durationSeconds).toBe(25);
    expect(peaks.map((level) => level.secondsPerBin)).toEqual([0.01, 0.1, 1, 10]);
    expect(peaks.map((level) => level.rms.length)).toEqual([2500, 250, 25, 3]);
    for (const [zoom, { minimum, maximum, rms }] of peaks.entries()) {
      expect(minimum[Math.floor(1000 / 10 ** zoom)]).toBe(Math.round(-0.9 * 32_768));
      expect(maximum[0]).toBe(16_384);
      expect((rms[0] ?? 0) / 32_768).toBeCloseTo(0.5 / Math.SQRT2, 3);
    }
  });

  it('counts what is left at the end as a bin', () => {
    const { peaks } = analyse(new Float32Array(161).fill(0.25));
    expect(peaks[0]?.maximum).toEqual(Int16Array.of(8192, 8192));
    expect(peaks[0]?.rms).toEqual(Uint16Array.of(8192, 8192));
  });
});

describe('clipping', () => {
  it('counts flat tops at the end of the scale, and no single peak', () => {
    const counter = new ClippingCounter(2);
    counter.push([Float32Array.of(0, 1, 1, 1), Float32Array.of(1, 0, 0.99, -1)]);
    counter.push([Float32Array.of(1, 0, -1, 0.5), Float32Array.of(-1, -1, 0, 1)]);
    expect(counter.clippedSampleCount).toBe(4 + 3);
  });
});

describe('loudness', () => {
  const measure = (planes: readonly Float32Array[], sampleRate: number): number | undefined => {
    const meter = new LoudnessMeter(sampleRate, planes.length);
    for (let start = 0; start < (planes[0]?.length ?? 0); start += 7001) {
      meter.push(planes.map((plane) => plane.subarray(start, start + 7001)));
    }
    return meter.integrated;
  };

  it('gives the value of the standard: a stereo tone of 1 kHz at -23 dBFS has -23 LUFS', () => {
    const plane = tone(1000, 48_000, 20, 10 ** (-23 / 20));
    expect(measure([plane, plane], 48_000)).toBeCloseTo(-23, 1);
  });

  it('leaves out what is quiet (EBU Tech 3341, case 3)', () => {
    const plane = new Float32Array(80 * 48_000);
    const part = (fromSeconds: number, seconds: number, decibels: number): void => {
      plane.set(tone(1000, 48_000, seconds, 10 ** (decibels / 20)), fromSeconds * 48_000);
    };
    part(0, 10, -36);
    part(10, 60, -23);
    part(70, 10, -36);
    expect(Math.abs((measure([plane, plane], 48_000) ?? 0) + 23)).toBeLessThan(0.1);
  });

  it('has no value for silence', () => {
    expect(measure([new Float32Array(48_000)], 48_000)).toBeUndefined();
  });

  it.each([
    [8000, 1],
    [44_100, 2],
    [48_000, 6],
    [96_000, 2],
  ])('agrees with ffmpeg at %i Hz with %i channels', (sampleRate, channelCount) => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-loudness-'));
    try {
      const planes = Array.from({ length: channelCount }, (_, channel) =>
        noise(sampleRate * 12, 0.02 * (channel + 1), channel + 1).map(
          (sample, index) => sample * (index > sampleRate * 5 ? 2 : 1),
        ),
      );
      const path = join(folder, 'clip.wav');
      writeFileSync(path, wavFile(pcm16(...planes), { sampleRate, channels: channelCount }));
      let log: string;
      try {
        log = execFileSync('sh', [
          '-c',
          `ffmpeg -nostats -i ${path} -filter:a ebur128=framelog=verbose -f null - 2>&1`,
        ]).toString();
      } catch {
        return; // No ffmpeg here: the standard's own values above must do.
      }
      const expected = Number(/I:\s+(-?[\d.]+) LUFS\s+Threshold/.exec(log)?.[1]);
      expect(Math.abs((measure(planes, sampleRate) ?? 0) - expected)).toBeLessThanOrEqual(0.1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

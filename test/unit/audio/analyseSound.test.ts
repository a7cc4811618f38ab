import { describe, expect, it } from 'vitest';
import type { AnalyseOptions } from '../../../src/audio/engine.js';
import { ffmpegNote, hasFfmpeg, makeSound } from './support/ffmpeg.js';
import { noise, tone } from './support/signals.js';
import { aBytesSource, bytesEngine, CountingSource, engineOver, errorOf } from './support/sources.js';
import { layWords } from './support/spokenWords.js';
import { pcm16, wavFile } from './support/wavFiles.js';

const rate = 16_000;
const burst = tone(180, rate, 0.4, 0.3).map((sample, index) => sample * Math.sin((Math.PI * index) / 6400));

function analyse(bytes: Uint8Array, options?: AnalyseOptions) {
  return bytesEngine.analyse(aBytesSource(bytes), options);
}

/** Left and right in turn. */
function stereo(left: Float32Array, right: Float32Array): Float32Array {
  return Float32Array.from(
    { length: 2 * left.length },
    (_, index) => (index % 2 === 0 ? left : right)[index >> 1] ?? 0,
  );
}

describe('analysing a recording', { timeout: 30_000 }, () => {
  it('tells where somebody speaks, on the clock of the recording', async () => {
    const samples = noise(30 * rate, 0.001);
    const { samples: talk } = layWords([burst], 6, 0.001, 1);
    samples.set(talk, 10 * rate);
    const file = wavFile(pcm16(samples));
    const whole = await analyse(file);
    expect(whole.durationSeconds).toBe(30);
    expect(whole.speechSeconds).toBeGreaterThan(3);
    expect(whole.speechSeconds).toBeLessThan(6.5);
    expect(whole.speech[0]?.startSeconds).toBeGreaterThan(10);
    expect(whole.speech.at(-1)?.endSeconds).toBeLessThan(16.5);
    expect(whole.silences[0]).toEqual({ startSeconds: 0, endSeconds: whole.speech[0]?.startSeconds });
    expect(whole.silences.at(-1)?.endSeconds).toBe(30);
    expect(whole.isEffectivelySilent).toBe(false);

    const part = await analyse(file, { range: { startSeconds: 8, endSeconds: 20 } });
    expect(part.durationSeconds).toBe(12);
    expect(part.silences[0]?.startSeconds).toBe(8);
    expect(part.speech[0]?.startSeconds).toBeCloseTo(whole.speech[0]?.startSeconds ?? 0, 1);
  });

  it('measures level, loudness and clipping at the sound’s own rate and with all channels', async () => {
    const left = tone(1000, 48_000, 5, 10 ** (-23 / 20));
    const quiet = await analyse(wavFile(pcm16(stereo(left, left)), { sampleRate: 48_000, channels: 2 }));
    expect(quiet.integratedLoudness).toBeCloseTo(-23, 1);
    expect(quiet.samplePeakDecibels).toBeCloseTo(-23, 1);
    expect(quiet.clippedSampleCount).toBe(0);
    const loud = left.map((sample) => Math.max(-1, Math.min(1, 100 * sample)));
    const clipped = await analyse(wavFile(pcm16(stereo(left, loud)), { sampleRate: 48_000, channels: 2 }));
    expect(clipped.samplePeakDecibels).toBeCloseTo(0, 2);
    expect(clipped.clippedSampleCount).toBeGreaterThan(100_000);
  });

  it('draws the wave form at four zooms', async () => {
    const { peaks } = await analyse(wavFile(pcm16(tone(200, rate, 25, 0.5))));
    expect(peaks.map(({ secondsPerBin, maximum }) => [secondsPerBin, maximum.length])).toEqual([
      [0.01, 2500],
      [0.1, 250],
      [1, 25],
      [10, 3],
    ]);
    for (const { minimum, maximum } of peaks) {
      expect(Math.max(...maximum) / 32_768).toBeCloseTo(0.5, 2);
      expect(Math.min(...minimum) / 32_768).toBeCloseTo(-0.5, 2);
    }
  });

  it('listens to one side of a call when asked', async () => {
    const file = wavFile(pcm16(stereo(tone(300, rate, 4, 0.5), new Float32Array(4 * rate))), { channels: 2 });
    expect((await analyse(file, { channel: 0 })).samplePeakDecibels).toBeCloseTo(-6, 1);
    const right = await analyse(file, { channel: 1 });
    expect(right.samplePeakDecibels).toBe(-120);
    expect(right.integratedLoudness).toBeUndefined();
    expect(right.isEffectivelySilent).toBe(true);
    const error = await errorOf(analyse(file, { channel: 2 }));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toMatch(/^meeting\.wav has 2 channels, and channel 3 was asked for/);
  });

  it('hears a cancel, and closes the file', async () => {
    const file = wavFile(pcm16(noise(60 * rate)));
    const abort = new AbortController();
    const source = new CountingSource('talk.wav', file.byteLength, (start, end) => {
      if (start > file.byteLength / 3) abort.abort();
      return file.slice(start, end);
    });
    const engine = engineOver(() => Promise.resolve(source));
    expect((await errorOf(engine.analyse(aBytesSource(file), {}, abort.signal))).reason).toBe('cancelled');
    expect(source.closed).toBe(1);
  });

  it('says why when it is no recording', async () => {
    expect((await errorOf(analyse(new TextEncoder().encode('a shopping list')))).reason).toBe('unsupported-media');
  });

  it.skipIf(!hasFfmpeg)(`says how far a damaged file could be read${ffmpegNote}`, async () => {
    const file = makeSound('memo.m4a', ['-c:a', 'aac', '-movflags', '+faststart'], 20);
    const { problems, durationSeconds } = await analyse(file.slice(0, file.byteLength * 0.6));
    expect(problems.some(({ isEnd }) => isEnd)).toBe(true);
    expect(durationSeconds).toBeGreaterThan(9);
    expect(durationSeconds).toBeLessThan(15);
  });
});

describe('asking whether a recording is silent', { timeout: 30_000 }, () => {
  const isSilent = (bytes: Uint8Array, options?: AnalyseOptions) => bytesEngine.isSilent(aBytesSource(bytes), options);

  it('says yes for silence and for the noise of a room, no for speech', async () => {
    expect(await isSilent(wavFile(pcm16(new Float32Array(10 * rate))))).toBe(true);
    expect(await isSilent(wavFile(pcm16(noise(30 * rate, 0.003))))).toBe(true);
    expect(await isSilent(wavFile(pcm16(layWords([burst], 10, 0.001, 1).samples)))).toBe(false);
  });

  it('says no for music, and for a word at the very end', async () => {
    expect(await isSilent(wavFile(pcm16(tone(440, rate, 5, 0.3))))).toBe(false);
    const samples = noise(60 * rate, 0.001);
    samples.set(burst, 59.3 * rate);
    expect(await isSilent(wavFile(pcm16(samples)))).toBe(false);
  });

  it('looks at the side of a call, or the part, that it is asked for', async () => {
    const file = wavFile(pcm16(stereo(tone(300, rate, 4, 0.5), new Float32Array(4 * rate))), { channels: 2 });
    expect(await isSilent(file, { channel: 0 })).toBe(false);
    expect(await isSilent(file, { channel: 1 })).toBe(true);
    const late = new Float32Array(10 * rate);
    late.set(tone(300, rate, 2, 0.5), 8 * rate);
    expect(await isSilent(wavFile(pcm16(late)), { range: { startSeconds: 0, endSeconds: 7 } })).toBe(true);
  });

  it('stops at the first sound', async () => {
    const file = wavFile(pcm16(noise(600 * rate)));
    const source = new CountingSource('talk.wav', file.byteLength, (start, end) => file.slice(start, end));
    expect(await engineOver(() => Promise.resolve(source)).isSilent(aBytesSource(file))).toBe(false);
    expect(source.readByteLength).toBeLessThan(file.byteLength / 4);
    expect(source.closed).toBe(1);
  });

  it('does not claim to know what it cannot read', async () => {
    expect(await isSilent(new TextEncoder().encode('#!AMR\n and so on'))).toBe(false);
    expect(await isSilent(new TextEncoder().encode('a shopping list'))).toBe(false);
  });

  it.skipIf(!hasFfmpeg)(`does not call silent what is damaged behind its silence${ffmpegNote}`, async () => {
    const args = ['-af', 'volume=0', '-c:a', 'aac', '-b:a', '64k', '-movflags', '+faststart'];
    const file = makeSound('memo.m4a', args, 20);
    expect(await isSilent(file)).toBe(true);
    expect(await isSilent(file.slice(0, file.byteLength * 0.8))).toBe(false);
  });

  it('hears a cancel', async () => {
    const abort = new AbortController();
    abort.abort();
    const work = bytesEngine.isSilent(aBytesSource(wavFile(pcm16(noise(rate)))), {}, abort.signal);
    expect((await errorOf(work)).reason).toBe('cancelled');
  });
});

describe('planning through the engine', () => {
  it('says what prepare will do, and why it will not', async () => {
    const source = aBytesSource(wavFile(pcm16(noise(30 * rate))));
    expect(await bytesEngine.plan(source, { formats: ['wav'] })).toMatchObject({ reason: 'sent as it is' });
    expect(await bytesEngine.plan(source, { formats: ['mp3'], maxSeconds: 10 })).toMatchObject({
      way: 'split',
      reason: expect.stringMatching(/^converted to MP3 32 kbit\/s \(.*\), in about 4 parts$/) as unknown,
    });
    expect(await bytesEngine.plan(source, { formats: ['wma'] })).toMatchObject({ way: 'refuse' });
  });
});

import { describe, expect, it } from 'vitest';
import { planDelivery } from '../../../src/audio/delivery.js';
import type { Piece, PrepareOptions } from '../../../src/audio/engine.js';
import { mp3Frames } from './support/mp3Files.js';
import { decibels, level, noise, tone } from './support/signals.js';
import {
  aBytesSource,
  bytesEngine,
  collect,
  CountingSource,
  engineOver,
  errorOf,
  piecesOf,
} from './support/sources.js';
import { bytesOf, join, pcm16, samplesOf, wavFile } from './support/wavFiles.js';
import type { WavOptions } from './support/wavFiles.js';

const wav: PrepareOptions = { formats: ['wav'] };

/** A second of everything but exact zeros. */
const speech = pcm16(noise(16_000));

function onlyPiece(pieces: readonly Piece[]): Piece {
  expect(pieces).toHaveLength(1);
  const piece = pieces[0];
  if (piece === undefined) throw new Error('No piece.');
  return piece;
}

/** The pieces laid end to end, after checking that they leave neither gap nor overlap. */
function layEndToEnd(pieces: readonly Piece[]): Int16Array {
  let end = pieces[0]?.startSeconds ?? 0;
  for (const piece of pieces) {
    expect(piece.startSeconds).toBe(end);
    expect(piece.endSeconds - piece.startSeconds).toBeCloseTo(samplesOf(piece.bytes).length / 16_000, 4);
    end = piece.endSeconds;
  }
  return Int16Array.from(pieces.flatMap((piece) => [...samplesOf(piece.bytes)]));
}

describe('preparing WAV that needs no conversion', () => {
  it('hands out the very bytes of the file, tags and all', async () => {
    const file = wavFile(speech, { after: [['LIST', bytesOf('INFOIART', 4, 0, 0, 0, 'me', 0, 0)]] });
    const piece = onlyPiece(await piecesOf(file, wav));
    expect(piece).toEqual({ bytes: file, format: 'wav', startSeconds: 0, endSeconds: 1 });
  });

  it.each<[string, WavOptions, number]>([
    ['sizes of 0', { declaredDataByteLength: 0, declaredRiffByteLength: 0 }, 0],
    ['sizes of 0xFFFFFFFF', { declaredDataByteLength: 0xffff_ffff, declaredRiffByteLength: 0xffff_ffff }, 0],
    ['an RF64 header', { container: 'RF64' }, 0],
    ['an extensible header', { extensible: true }, 0],
    ['a size that promises more than there is', { declaredDataByteLength: 99_999 }, 0],
    ['half a sample at the end', {}, 1],
  ])('mends %s and keeps every sample', async (_, options, cutOff) => {
    const file = wavFile(speech, options);
    const piece = onlyPiece(await piecesOf(file.subarray(0, file.byteLength - cutOff), wav));
    expect(piece.bytes).toEqual(wavFile(speech.subarray(0, speech.byteLength - 2 * cutOff)));
  });
});

describe('preparing WAV that is converted', () => {
  it.each<[string, number, number]>([
    ['8 kHz mono', 8000, 1],
    ['44.1 kHz stereo', 44_100, 2],
    ['48 kHz with 6 channels', 48_000, 6],
    ['96 kHz stereo', 96_000, 2],
  ])('keeps pitch, level and length of %s', async (_, sampleRate, channels) => {
    const sound = tone(1000, sampleRate, 2);
    const file = wavFile(pcm16(...Array.from({ length: channels }, () => sound)), { sampleRate, channels });
    const piece = onlyPiece(await piecesOf(file, wav));
    expect(piece).toMatchObject({ format: 'wav', startSeconds: 0, endSeconds: 2 });
    const samples = samplesOf(piece.bytes);
    const ideal = tone(1000, 16_000, 2).map((sample) => sample * 32_767);
    expect(samples).toHaveLength(32_000);
    const rest = ideal.map((sample, index) => sample - (samples[index] ?? 0));
    expect(decibels(level(rest) / level(ideal))).toBeLessThan(-60);
  });

  it.each<[string, WavOptions, number]>([
    ['24 bits', { bitsPerSample: 24 }, 3],
    ['float', { bitsPerSample: 32, formatTag: 3 }, 4],
    ['A-law', { bitsPerSample: 8, formatTag: 6 }, 1],
  ])('converts %s', async (_, options, sampleByteLength) => {
    const piece = onlyPiece(
      await piecesOf(wavFile(new Uint8Array(8000 * sampleByteLength), { ...options, sampleRate: 8000 }), wav),
    );
    expect(samplesOf(piece.bytes)).toHaveLength(16_000);
  });

  it('takes a range exactly, on the clock of the recording', async () => {
    const samples = noise(160_000);
    const range = { startSeconds: 2.5, endSeconds: 4 };
    const piece = onlyPiece(await piecesOf(wavFile(pcm16(samples)), { ...wav, range }));
    expect(piece).toMatchObject(range);
    expect(samplesOf(piece.bytes)).toEqual(samplesOf(wavFile(pcm16(samples.subarray(40_000, 64_000)))));
  });

  it('clips a range to the recording', async () => {
    const piece = onlyPiece(await piecesOf(wavFile(speech), { ...wav, range: { startSeconds: 0.5, endSeconds: 60 } }));
    expect(piece).toMatchObject({ startSeconds: 0.5, endSeconds: 1 });
  });
});

describe('splitting', () => {
  /** Noise with pauses of 0.3 s where asked for. */
  function withPauses(pausesAtSeconds: readonly number[], seconds = 60, sampleRate = 16_000): Uint8Array {
    const samples = noise(seconds * sampleRate);
    for (const at of pausesAtSeconds) samples.fill(0.001, at * sampleRate, (at + 0.3) * sampleRate);
    return wavFile(pcm16(samples), { sampleRate });
  }

  it('loses nothing and doubles nothing, sample for sample', async () => {
    const file = withPauses([8.5, 17, 29]);
    const pieces = await piecesOf(file, { ...wav, maxSeconds: 10 });
    expect(pieces.length).toBeGreaterThan(5);
    expect(layEndToEnd(pieces)).toEqual(samplesOf(file));
    expect(pieces.at(-1)?.endSeconds).toBe(60);
  });

  it('gives after resampling the same samples in pieces as in one', async () => {
    const file = withPauses([9], 30, 22_050);
    const whole = onlyPiece(await piecesOf(file, wav));
    expect(layEndToEnd(await piecesOf(file, { ...wav, maxSeconds: 7 }))).toEqual(samplesOf(whole.bytes));
  });

  it('cuts within the pauses that lie in the last fifth before the limit', async () => {
    const pieces = await piecesOf(withPauses([5, 9.1, 17.2, 26.5], 35), { ...wav, maxSeconds: 10 });
    const cuts = pieces.slice(1).map((piece) => piece.startSeconds);
    [9.1, 17.2, 26.5].forEach((pause, index) => {
      expect(cuts[index]).toBeGreaterThan(pause + 0.05);
      expect(cuts[index]).toBeLessThan(pause + 0.25);
    });
  });

  it('prefers a pause to the short closure inside a word', async () => {
    const samples = noise(20 * 16_000);
    samples.fill(0, 8.4 * 16_000, 8.46 * 16_000);
    samples.fill(0.002, 9.2 * 16_000, 9.5 * 16_000);
    samples.fill(0, 9.8 * 16_000, 9.86 * 16_000);
    const [first] = await piecesOf(wavFile(pcm16(samples)), { ...wav, maxSeconds: 10 });
    expect(first?.endSeconds).toBeGreaterThan(9.25);
    expect(first?.endSeconds).toBeLessThan(9.45);
  });

  it.each<[string, Partial<PrepareOptions>]>([
    ['seconds', { maxSeconds: 7.3 }],
    ['bytes', { maxBytes: 200_001 }],
    ['both', { maxSeconds: 3, maxBytes: 200_000 }],
  ])('never exceeds a limit in %s', async (_, limits) => {
    const pieces = await piecesOf(withPauses([]), { ...wav, ...limits });
    for (const piece of pieces) {
      expect(piece.bytes.byteLength).toBeLessThanOrEqual(limits.maxBytes ?? Infinity);
      expect(piece.endSeconds - piece.startSeconds).toBeLessThanOrEqual(limits.maxSeconds ?? Infinity);
    }
    layEndToEnd(pieces);
  });

  it.each([10.001, 10.5, 10.99, 11.5])('leaves no scrap at the end of a recording of %f s', async (seconds) => {
    const pieces = await piecesOf(wavFile(pcm16(noise(Math.round(seconds * 16_000)))), { ...wav, maxSeconds: 10 });
    expect(pieces).toHaveLength(2);
    for (const piece of pieces) expect(piece.endSeconds - piece.startSeconds).toBeGreaterThanOrEqual(0.99);
  });

  it('sends what has exactly the limit in one piece', async () => {
    expect(await piecesOf(withPauses([], 10), { ...wav, maxSeconds: 10 })).toHaveLength(1);
    expect(await piecesOf(withPauses([], 10, 8000), { ...wav, maxSeconds: 10 })).toHaveLength(1);
  });

  it('agrees with the plan that the user was shown', async () => {
    for (const maxSeconds of [4, 9.99, 10, 33, 60]) {
      const file = withPauses([], 60, 8000);
      const probe = await bytesEngine.probe(aBytesSource(file));
      const plan = planDelivery(probe, { ...wav, maxSeconds });
      const pieces = await piecesOf(file, { ...wav, maxSeconds });
      if (plan.way === 'refuse') throw new Error(plan.reason);
      expect(plan.way).toBe(pieces.length > 1 ? 'split' : 'transcode');
      expect(Math.abs(plan.partCount - pieces.length)).toBeLessThanOrEqual(2);
    }
  });

  it('makes a piece before it has read the whole recording', async () => {
    const file = withPauses([], 300);
    const source = new CountingSource('a.wav', file.byteLength, (start, end) => file.subarray(start, end));
    const pieces = engineOver(() => Promise.resolve(source)).prepare(aBytesSource(file), { ...wav, maxSeconds: 10 });
    for await (const piece of pieces) {
      expect(piece.startSeconds).toBe(0);
      expect(source.readByteLength).toBeLessThan(file.byteLength / 2);
      break;
    }
    expect(source.closed).toBe(1);
  });
});

describe('preparing MP3', () => {
  const file = join([mp3Frames(200)]);

  it('hands it out as it is where MP3 is taken', async () => {
    const piece = onlyPiece(await piecesOf(file, { formats: ['wav', 'mp3'] }, 'song.mp3'));
    expect(piece).toMatchObject({ bytes: file, format: 'mp3', startSeconds: 0 });
    expect(piece.endSeconds).toBeCloseTo((200 * 1152) / 44_100, 1);
  });

  it('recognises it under the name of a WAV', async () => {
    expect(onlyPiece(await piecesOf(file, { formats: ['mp3'] }, 'song.wav')).format).toBe('mp3');
  });

  it('refuses with the name, the reason and the next step where it cannot be sent', async () => {
    const error = await errorOf(piecesOf(file, { formats: ['aiff'] }, 'song.mp3'));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toBe(
      'song.mp3: it can be converted to WAV, MP3, Ogg and FLAC only, and the receiver takes AIFF. ' +
        'Select a model that takes WAV or MP3, or convert the recording first.',
    );
  });
});

describe('flat memory', () => {
  it('reads a recording of 3 GB by small ranges and hands out pieces one by one', async () => {
    const header = wavFile(new Uint8Array(0), {
      sampleRate: 384_000,
      channels: 8,
      declaredDataByteLength: 3_000_000_000,
    });
    const source = new CountingSource('huge.wav', 3_000_000_044, (start, end) => {
      const bytes = new Uint8Array(end - start);
      if (start < 44) bytes.set(header.subarray(start, end));
      return bytes;
    });
    const engine = engineOver(() => Promise.resolve(source));
    const range = { startSeconds: 400, endSeconds: 460 };
    const pieces = await collect(engine.prepare(aBytesSource(header), { ...wav, maxSeconds: 30, range }));
    expect(pieces.at(0)?.startSeconds).toBe(400);
    expect(pieces.at(-1)?.endSeconds).toBe(460);
    expect(source.largestRead).toBeLessThanOrEqual(1 << 20);
    expect(source.readByteLength).toBeLessThan(60 * 384_000 * 16 + 1_000_000);
  });
});

describe('cancelling', () => {
  it.each(['probe', 'prepare', 'sha256'] as const)('ends %s and closes the file', async (verb) => {
    const file = wavFile(new Uint8Array(8_000_000), { sampleRate: 8000 });
    const abort = new AbortController();
    const source = new CountingSource('a.wav', file.byteLength, (start, end) => {
      if (verb === 'probe' || start > 500_000) abort.abort();
      return file.subarray(start, end);
    });
    const engine = engineOver(() => Promise.resolve(source));
    const work =
      verb === 'prepare'
        ? collect(engine.prepare(aBytesSource(file), wav, abort.signal))
        : engine[verb](aBytesSource(file), abort.signal);
    expect((await errorOf(work)).reason).toBe('cancelled');
    expect(source.closed).toBe(1);
    expect(source.readByteLength).toBeLessThan(file.byteLength / 2);
  });

  it('is heard while everything is read from memory', async () => {
    const file = wavFile(new Uint8Array(200_000_000), { sampleRate: 384_000 });
    const abort = new AbortController();
    const work = collect(bytesEngine.prepare(aBytesSource(file), wav, abort.signal));
    const started = performance.now();
    setTimeout(() => {
      abort.abort();
    }, 20);
    expect((await errorOf(work)).reason).toBe('cancelled');
    expect(performance.now() - started).toBeLessThan(150);
  });
});

describe('digesting', () => {
  it('gives the SHA-256 of the bytes', async () => {
    expect(await bytesEngine.sha256(aBytesSource(bytesOf('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });

  it('reads block by block', async () => {
    const source = new CountingSource('big.wav', 20_000_000, (start, end) => new Uint8Array(end - start));
    await engineOver(() => Promise.resolve(source)).sha256(aBytesSource(new Uint8Array(0)));
    expect(source.readByteLength).toBe(20_000_000);
    expect(source.largestRead).toBeLessThanOrEqual(1 << 20);
  });
});

describe('bad luck', () => {
  it('uses what is left of a file that shrinks while it is read', async () => {
    const file = wavFile(pcm16(noise(480_000)), { sampleRate: 8000 });
    let reads = 0;
    const source = new CountingSource('a.wav', file.byteLength, (start, end) =>
      file.subarray(start, ++reads > 4 ? start + 100_001 : end),
    );
    const pieces = await collect(engineOver(() => Promise.resolve(source)).prepare(aBytesSource(file), wav));
    const piece = onlyPiece(pieces);
    expect(piece.endSeconds).toBeLessThan(60);
    expect(piece.endSeconds).toBeCloseTo(samplesOf(piece.bytes).length / 16_000, 9);
  });
});

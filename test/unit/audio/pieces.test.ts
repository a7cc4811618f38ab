import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Piece, PrepareOptions } from '../../../src/audio/engine.js';
import { pieceFileName } from '../../../src/workflows/clipJob.js';
import { ffmpegNote, hasFfmpeg, makeSound, runFfmpeg, withFile } from './support/ffmpeg.js';
import {
  aBytesSource,
  bytesEngine,
  CountingSource,
  engineOver,
  errorOf,
  collect,
  piecesOf,
} from './support/sources.js';

// What a receiver decodes, laid end to end, is the recording: ffmpeg made the files, and decodes the pieces.

const rate = 16_000;
const seconds = 24;

/** As a receiver hears it. */
function decode(bytes: Uint8Array, name: string): Float32Array {
  const pcm = withFile(name, (path) => {
    writeFileSync(path, bytes);
    return runFfmpeg(['-i', path, '-ac', '1', '-ar', String(rate), '-f', 'f32le', '-']);
  });
  return new Float32Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength));
}

/** Times in WebM are whole milliseconds, and its beginning is told in two ways: 10 ms are let pass. */
function bestCorrelation(heard: Float32Array, whole: Float32Array): number {
  let best = correlation(heard, whole);
  for (let lag = 1; lag <= rate / 100 && best < 0.99; lag++) {
    best = Math.max(best, correlation(heard, whole.subarray(lag)), correlation(heard.subarray(lag), whole));
  }
  return best;
}

function correlation(left: Float32Array, right: Float32Array): number {
  let product = 0;
  let leftEnergy = 0;
  let rightEnergy = 0;
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    product += (left[index] ?? 0) * (right[index] ?? 0);
    leftEnergy += (left[index] ?? 0) ** 2;
    rightEnergy += (right[index] ?? 0) ** 2;
  }
  return product / Math.sqrt(leftEnergy * rightEnergy);
}

/** Puts each piece where it says that it begins, after checking that it is as long as it says. */
function layOut(pieces: readonly Piece[], length: number): Float32Array {
  const all = new Float32Array(length);
  pieces.forEach((piece, index) => {
    expect(piece.startSeconds, 'no gap, no overlap').toBeCloseTo(
      pieces[index - 1]?.endSeconds ?? piece.startSeconds,
      6,
    );
    const samples = decode(piece.bytes, pieceFileName('piece', piece.format));
    expect(Math.abs(samples.length / rate - (piece.endSeconds - piece.startSeconds))).toBeLessThan(0.02);
    const start = Math.round(piece.startSeconds * rate);
    all.set(samples.subarray(0, Math.max(0, length - start)), start);
  });
  return all;
}

type Case = readonly [
  name: string,
  args: readonly string[],
  formats: PrepareOptions['formats'],
  way: string,
  least: number,
];

const cases: readonly Case[] = [
  ['song.mp3', ['-b:a', '128k'], ['mp3'], 'cut', 0.99],
  ['voice.mp3', ['-ac', '1', '-ar', '22050', '-q:a', '6'], ['mp3'], 'cut', 0.99],
  ['bare.mp3', ['-b:a', '64k', '-write_xing', '0'], ['mp3'], 'cut', 0.99],
  ['memo.m4a', ['-c:a', 'aac', '-b:a', '96k'], ['mp4'], 'cut', 0.99],
  ['memo.m4a', ['-c:a', 'aac', '-b:a', '96k'], ['aac'], 're-packed', 0.99],
  ['memo.aac', ['-c:a', 'aac', '-b:a', '96k'], ['aac'], 'cut', 0.99],
  ['call.ogg', ['-c:a', 'libopus', '-b:a', '48k'], ['ogg'], 'cut', 0.99],
  ['call.webm', ['-c:a', 'libopus', '-b:a', '48k'], ['ogg'], 're-packed', 0.99],
  ['call.webm', ['-c:a', 'libopus', '-b:a', '48k'], ['webm'], 'cut', 0.99],
  ['talk.ogg', ['-c:a', 'libvorbis'], ['ogg'], 'cut', 0.99],
  ['disc.flac', [], ['flac'], 'cut', 0.99],
  ['memo.m4a', ['-c:a', 'aac', '-b:a', '128k'], ['mp3'], 'converted', 0.99],
  ['studio.wav', [], ['mp3'], 'converted', 0.99],
  ['studio.wav', [], ['flac'], 'converted', 0.99],
  ['song.mp3', ['-b:a', '128k'], ['wav'], 'converted', 0.99],
  // Opus keeps what one hears, not the shape of the wave.
  ['disc.flac', [], ['ogg'], 'converted', 0.7],
];

describe.skipIf(!hasFfmpeg)(`pieces laid end to end${ffmpegNote}`, { timeout: 60_000 }, () => {
  it.each(cases)('%s %j to %j is %s and stays the same', async (name, args, formats, _, least) => {
    const file = makeSound(name, args, seconds);
    const whole = decode(file, name);
    const pieces = await piecesOf(file, { formats, maxSeconds: 7 }, name);
    expect(pieces.length).toBeGreaterThanOrEqual(4);
    for (const piece of pieces) {
      expect(formats).toContain(piece.format);
      expect(piece.endSeconds - piece.startSeconds).toBeLessThanOrEqual(7 + 1e-6);
    }
    expect(pieces[0]?.startSeconds).toBeCloseTo(0, 2);
    expect(Math.abs((pieces.at(-1)?.endSeconds ?? 0) - whole.length / rate)).toBeLessThan(0.03);
    const heard = layOut(pieces, whole.length);
    if (!name.endsWith('webm')) expect(correlation(heard, whole)).toBeGreaterThan(least);
    for (const { startSeconds, endSeconds } of name.endsWith('webm') ? pieces : []) {
      const [from, to] = [Math.round(startSeconds * rate), Math.round(endSeconds * rate)];
      expect(bestCorrelation(heard.subarray(from, to), whole.subarray(from, to))).toBeGreaterThan(least);
    }
  });

  it.each<Case>([
    ['song.mp3', ['-b:a', '128k'], ['mp3'], 'cut', 0.99],
    ['memo.m4a', ['-c:a', 'aac', '-b:a', '96k'], ['mp4'], 'cut', 0.99],
    ['memo.m4a', ['-c:a', 'aac', '-b:a', '96k'], ['mp3'], 'converted', 0.99],
  ])('a range of %s %j as %j', async (name, args, formats, _, least) => {
    const file = makeSound(name, args, seconds);
    const whole = decode(file, name);
    const range = { startSeconds: 5.3, endSeconds: 15.1 };
    const pieces = await piecesOf(file, { formats, maxSeconds: 6, range }, name);
    const [first, last] = [pieces[0]?.startSeconds ?? 0, pieces.at(-1)?.endSeconds ?? 0];
    expect(Math.abs(first - range.startSeconds)).toBeLessThan(0.03);
    expect(Math.abs(last - range.endSeconds)).toBeLessThan(0.03);
    const [from, to] = [Math.round(first * rate), Math.round(last * rate)];
    const heard = layOut(pieces, whole.length).subarray(from, to);
    expect(correlation(heard, whole.subarray(from, to))).toBeGreaterThan(least);
  });

  it.each([210_000, 333_333])('never makes a piece of more than %i bytes', async (maxBytes) => {
    const sources: readonly Case[] = cases.filter(([name]) => /mp3|m4a|webm|wav/.test(name));
    for (const [name, args, formats] of sources) {
      const file = makeSound(name, args, seconds);
      for (const bytesCountAs of ['raw', 'base64'] as const) {
        const limit = bytesCountAs === 'raw' ? maxBytes : Math.ceil(maxBytes / 3) * 4;
        for (const piece of await piecesOf(file, { formats, maxBytes: limit, bytesCountAs }, name)) {
          expect(piece.bytes.byteLength).toBeLessThanOrEqual(maxBytes + 3);
        }
      }
    }
  });

  it('hands out the first piece before it has read half of the recording', async () => {
    for (const [name, args, formats] of [cases[0], cases[3], cases[11]] as readonly Case[]) {
      const file = makeSound(name, args, 120);
      const source = new CountingSource(name, file.byteLength, (start, end) => file.slice(start, end));
      const pieces = engineOver(() => Promise.resolve(source)).prepare(aBytesSource(file), { formats, maxSeconds: 10 });
      for await (const piece of pieces) {
        expect(piece.startSeconds).toBeCloseTo(0, 2);
        expect(source.readByteLength, name).toBeLessThan(file.byteLength / 2 + (1 << 20));
        break;
      }
      expect(source.closed).toBe(1);
    }
  });

  it('stops and closes the file at any moment of a cancel', async () => {
    for (const [name, args, formats] of [cases[0], cases[7], cases[11]] as readonly Case[]) {
      const file = makeSound(name, args, 60);
      for (const afterReads of [1, 2, 3, 5, 8]) {
        const abort = new AbortController();
        let reads = 0;
        const source = new CountingSource(name, file.byteLength, (start, end) => {
          if (++reads === afterReads) abort.abort();
          return file.slice(start, end);
        });
        const engine = engineOver(() => Promise.resolve(source));
        const work = collect(engine.prepare(aBytesSource(file), { formats, maxSeconds: 5 }, abort.signal));
        if (abort.signal.aborted || reads < afterReads) await work.catch(() => undefined);
        else expect((await errorOf(work)).reason).toBe('cancelled');
        expect(source.closed).toBe(1);
      }
    }
  });

  it('takes one side of a call', async () => {
    const file = makeSound('call.wav', [], 5);
    const [left, right] = await Promise.all(
      [0, 1].map((channel) => piecesOf(file, { formats: ['wav'], channel }, 'call.wav')),
    );
    expect(left?.[0]?.bytes).not.toEqual(right?.[0]?.bytes);
    expect((await bytesEngine.probe(aBytesSource(left?.[0]?.bytes ?? file))).channels).toBe(1);
  });
});

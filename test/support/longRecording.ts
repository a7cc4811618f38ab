import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A recording of any length, made in seconds, of which every place is unlike every other near it. */
export interface LongRecording {
  readonly path: string;
  readonly durationSeconds: number;
  /** What ffmpeg decodes from it, 16 kHz mono, so many samples from a place; fewer at the end. */
  read(startSample: number, count: number): Float32Array;
  close(): void;
}

const sampleRate = 16_000;
const partCount = 12;
const partSeconds = 30;

/** Sounds that glide over two octaves every second, differently each time, with pauses to cut at. */
const glides =
  "aevalsrc='(0.4*sin(2*PI*(250*mod(t,0.83)+(900+7*floor(t/3))*mod(t,0.83)*mod(t,0.83)))+0.15*sin(2*PI*(2300*mod(t,1.27)-500*mod(t,1.27)*mod(t,1.27)))+0.004*(random(0)-0.5))*lt(mod(t,4.9),4.3)'";

/**
 * Encodes a few minutes, and lays copies of its parts behind each other in an order that does not repeat: AAC frames
 * stand for themselves. 24 kHz mono. The joins are rough, in the same way for everybody who decodes them.
 * @param folder where it and its decoded sound are written
 */
export function makeLongM4a(folder: string, minutes: number, name = 'recording.m4a'): LongRecording {
  mkdirSync(folder, { recursive: true });
  const ffmpeg = (...args: string[]): void => {
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);
  };
  const source = `${glides}:s=24000:d=${partCount * partSeconds}`;
  const segments = ['-f', 'segment', '-segment_time', String(partSeconds), '-segment_format', 'adts'];
  ffmpeg('-f', 'lavfi', '-i', source, '-c:a', 'aac', '-b:a', '96k', ...segments, join(folder, 'part%02d.aac'));
  const parts = Array.from({ length: partCount }, (_, index) =>
    readFileSync(join(folder, `part${String(index).padStart(2, '0')}.aac`)),
  );
  const stream = join(folder, 'stream.aac');
  writeFileSync(stream, Buffer.concat(order((minutes * 60) / partSeconds).map((index) => parts[index] ?? Buffer.of())));
  const path = join(folder, name);
  ffmpeg('-i', stream, '-c:a', 'copy', path);
  const decoded = join(folder, 'decoded.raw');
  ffmpeg('-i', path, '-ac', '1', '-ar', String(sampleRate), '-f', 's16le', decoded);
  const file = openSync(decoded, 'r');
  return {
    path,
    durationSeconds: statSync(decoded).size / 2 / sampleRate,
    read(startSample, count) {
      const samples = new Int16Array(count);
      const length = Math.floor(readSync(file, samples, 0, count * 2, startSample * 2) / 2);
      return Float32Array.from(samples.subarray(0, length), (value) => value / 32_768);
    },
    close: () => {
      closeSync(file);
    },
  };
}

/** Numbers of parts, neither two the same in a row nor any period. */
function order(count: number): number[] {
  const numbers: number[] = [];
  let state = 12_345;
  while (numbers.length < count) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const number = Math.floor((state / 2 ** 32) * partCount);
    if (number !== numbers.at(-1)) numbers.push(number);
  }
  return numbers;
}

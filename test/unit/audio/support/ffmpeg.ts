import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** ffmpeg makes the files that are read, and says what is in them: no code under test takes part. */
export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;

/** For the name of a suite, so that a run without ffmpeg shows what it did not test. */
export const ffmpegNote = hasFfmpeg ? '' : ' (SKIPPED: ffmpeg is not installed)';

/** Two voices' worth of harmonics that come and go, a little noise, and another right channel than left. */
export const syntheticVoices =
  'aevalsrc=' +
  "'0.25*sin(2*PI*140*t+3*sin(2*PI*0.7*t))*(0.6+0.4*sin(2*PI*3*t))+0.12*sin(2*PI*840*t)*(0.5+0.5*sin(2*PI*2.3*t))+0.05*sin(2*PI*2700*t)+0.01*random(0)" +
  "|0.2*sin(2*PI*200*t+2*sin(2*PI*0.9*t))*(0.6+0.4*cos(2*PI*2*t))+0.1*sin(2*PI*1300*t)*(0.5+0.5*cos(2*PI*1.7*t))+0.01*random(1)'";

export function runFfmpeg(args: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { maxBuffer: 1 << 30, ...(input && { input }) });
}

/** Makes a file of the synthetic voices, or of what a formula of `aevalsrc` says, and gives its bytes. */
export function makeSound(
  name: string,
  args: readonly string[],
  seconds: number,
  sampleRate = 44_100,
  sound?: string,
): Uint8Array {
  return withFile(name, (path) => {
    const heard = sound === undefined ? syntheticVoices : `aevalsrc='${sound}'`;
    const source = `${heard}:s=${sampleRate}:d=${seconds}`;
    runFfmpeg(['-f', 'lavfi', '-i', source, ...args, '-bitexact', path]);
    return new Uint8Array(readFileSync(path));
  });
}

/** Lets a tool write a file that the tool cannot write to a pipe. */
export function withFile<Result>(name: string, work: (path: string) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-readers-'));
  try {
    return work(join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What ffmpeg hears in the first sound track, channels interleaved. */
export function decodeByFfmpeg(path: string, args: readonly string[]): Float32Array {
  return floats(runFfmpeg(['-i', path, '-map', '0:a:0', ...args, '-f', 'f32le', '-']));
}

export function resampleByFfmpeg(samples: Float32Array, sampleRate: number, channelCount: number): Float32Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const input = ['-f', 'f32le', '-ar', String(sampleRate), '-ac', String(channelCount), '-i', '-'];
  return floats(runFfmpeg([...input, '-ar', '16000', '-ac', '1', '-f', 'f32le', '-'], bytes));
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

import { spawnSync } from 'node:child_process';

export const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
if (!hasFfmpeg) console.warn('ffmpeg is missing: comparisons with it are skipped.');

/** Runs ffmpeg on what it reads from its standard input, and gives what it writes to its output. */
export function ffmpeg(options: readonly string[], input: Uint8Array): Uint8Array {
  const { stdout, status, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...options], { input, maxBuffer: 2 ** 30 });
  if (status !== 0) throw new Error(stderr.toString());
  return new Uint8Array(stdout);
}

/** What ffmpeg hears in ADTS frames: one array per channel, or a mix. */
export function decodedByFfmpeg(frames: readonly Uint8Array[], channelCount: number): Float32Array[] {
  const bytes = ffmpeg(
    ['-f', 'aac', '-i', 'pipe:0', '-ac', `${channelCount}`, '-f', 'f32le', 'pipe:1'],
    joined(frames),
  );
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return Array.from({ length: channelCount }, (_, channel) =>
    Float32Array.from(
      { length: all.length / channelCount },
      (_unused, index) => all[index * channelCount + channel] ?? 0,
    ),
  );
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, withTemporaryFolder } from './programs.ts';
import type { Pcm } from './wav.ts';
import { DamagedAudio, decodeWav } from './wav.ts';

export function hasFfmpeg(): boolean {
  return findProgram('ffmpeg') !== undefined;
}

/** Decodes whatever ffmpeg reads, at its own rate, and throws `DamagedAudio` at anything that ffmpeg complains of. */
export async function decodeByFfmpeg(bytes: Uint8Array): Promise<Pcm> {
  return withTemporaryFolder(async (folder) => {
    const [input, output] = [join(folder, 'received'), join(folder, 'decoded.wav')];
    await writeFile(input, bytes);
    const complaints = await complaintsOf(['-v', 'error', '-nostdin', '-i', input, '-map', '0:a:0', output]);
    if (complaints !== '') throw new DamagedAudio(`ffmpeg says: ${complaints.slice(0, 500)}`);
    return decodeWav(await readFile(output));
  });
}

function complaintsOf(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(findProgram('ffmpeg') ?? 'ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const parts: Buffer[] = [];
    child.stderr.on('data', (part: Buffer) => parts.push(part));
    child.on('error', reject);
    child.on('close', (code) => {
      const said = Buffer.concat(parts).toString('utf8').trim();
      resolve(code === 0 || said !== '' ? said : `it ended with code ${String(code)}`);
    });
  });
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, run, withTemporaryFolder } from '../openaiServer/programs.ts';
import type { Sniffed } from '../openaiServer/sniff.ts';
import { decodeWav, type Pcm } from '../openaiServer/wav.ts';
import { refuse } from './refuse.ts';

/** Decodes what only ffmpeg reads here; undefined where it is not installed. Damage is a breach of the rules. */
export async function decodeOther(bytes: Uint8Array, format: Sniffed): Promise<Pcm | undefined> {
  const ffmpeg = findProgram('ffmpeg');
  if (ffmpeg === undefined) return undefined;
  return withTemporaryFolder(async (folder) => {
    const input = join(folder, 'clip');
    const output = join(folder, 'clip.wav');
    await writeFile(input, bytes);
    try {
      await run(ffmpeg, ['-v', 'error', '-xerror', '-f', format, '-i', input, '-c:a', 'pcm_s16le', output]);
    } catch {
      throw refuse('audio-damaged', `ffmpeg cannot decode this ${format}`);
    }
    return decodeWav(await readFile(output));
  });
}

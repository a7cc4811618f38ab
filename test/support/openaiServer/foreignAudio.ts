import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, run, withTemporaryFolder } from './programs.ts';
import type { Pcm } from './wav.ts';
import { DamagedAudio, decodeWav } from './wav.ts';

/** Decodes what the bench does not read by itself, with ffmpeg: at its own rate, all channels. */
export async function decodeForeign(bytes: Uint8Array): Promise<Pcm> {
  const ffmpeg = findProgram('ffmpeg');
  if (ffmpeg === undefined) throw new Error('ffmpeg is not installed');
  return withTemporaryFolder(async (folder) => {
    const input = join(folder, 'received');
    const output = join(folder, 'decoded.wav');
    await writeFile(input, bytes);
    try {
      await run(ffmpeg, [
        '-v',
        'error',
        '-xerror',
        '-i',
        input,
        '-map',
        '0:a:0',
        '-c:a',
        'pcm_s16le',
        '-bitexact',
        output,
      ]);
    } catch (error) {
      throw new DamagedAudio(`ffmpeg cannot decode it: ${String(error)}`);
    }
    return decodeWav(await readFile(output));
  });
}

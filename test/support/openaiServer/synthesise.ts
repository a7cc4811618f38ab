import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, run, withTemporaryFolder } from './programs.ts';
import { mixToMono, resample } from './signal.ts';
import { toneWordList, toneWords } from './tones.ts';
import type { Pcm } from './wav.ts';
import { decodeWav } from './wav.ts';

/** `tones`: the words in tones, those without a tone as `zero`. `auto`: a speech program if installed, else tones. */
export type Synthesiser = 'auto' | 'tones' | 'flite' | 'espeak-ng';

/** The rate of everything that OpenAI's models say. */
export const spokenRate = 24_000;

/** Says a text; mono at 24 kHz. */
export async function synthesise(text: string, synthesiser: Synthesiser, voice: string, speed: number): Promise<Pcm> {
  const flite = synthesiser === 'auto' || synthesiser === 'flite' ? findProgram('flite') : undefined;
  if (flite !== undefined) {
    const flags = ['-voice', fliteVoice(voice), '--setf', `duration_stretch=${1 / speed}`];
    return speakWith(flite, text, (input, output) => [...flags, '-f', input, '-o', output]);
  }
  const espeak = synthesiser === 'auto' || synthesiser === 'espeak-ng' ? findProgram('espeak-ng') : undefined;
  if (espeak !== undefined) {
    const rate = String(Math.round(160 * speed));
    return speakWith(espeak, text, (input, output) => ['-s', rate, '-f', input, '-w', output]);
  }
  if (synthesiser === 'flite' || synthesiser === 'espeak-ng') throw new Error(`${synthesiser} is not installed`);
  const words = text.toLowerCase().match(/[a-z]+/g) ?? [];
  const known = words.map((word) => (toneWordList.includes(word) ? word : 'zero'));
  return toneWords(known, { sampleRate: spokenRate }).pcm;
}

function fliteVoice(voice: string): string {
  return ['ash', 'cedar', 'echo', 'onyx', 'verse'].includes(voice) ? 'rms' : 'slt';
}

async function speakWith(
  program: string,
  text: string,
  args: (input: string, output: string) => readonly string[],
): Promise<Pcm> {
  return withTemporaryFolder(async (folder) => {
    const input = join(folder, 'said.txt');
    const output = join(folder, 'said.wav');
    await writeFile(input, text);
    await run(program, args(input, output));
    const pcm = decodeWav(await readFile(output));
    return { sampleRate: spokenRate, channels: [resample(mixToMono(pcm), pcm.sampleRate, spokenRate)] };
  });
}

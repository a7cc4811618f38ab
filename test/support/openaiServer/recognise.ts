import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, run, withTemporaryFolder } from './programs.ts';
import { describeSignal, mixToMono, resample } from './signal.ts';
import type { TimedWord } from './tones.ts';
import { hearTones } from './tones.ts';
import type { Pcm } from './wav.ts';
import { encodeWav } from './wav.ts';

/**
 * `tones`: words of pure tones, fast and exact. `pocketsphinx`: speech. `signal`: length, level and pitch in words.
 * `auto`: tones where the audio is made of them, else speech where the recogniser is installed, else signal.
 */
export type Recogniser = 'auto' | 'tones' | 'pocketsphinx' | 'signal';

export interface Heard {
  readonly text: string;
  readonly words: readonly TimedWord[];
  readonly by: Exclude<Recogniser, 'auto'>;
}

const sphinxProgram = 'pocketsphinx_continuous';
const sphinxRate = 16_000;

export function hasSpeechRecogniser(): boolean {
  return findProgram(sphinxProgram) !== undefined;
}

export async function recognise(pcm: Pcm, recogniser: Recogniser): Promise<Heard> {
  const samples = mixToMono(pcm);
  if (recogniser === 'tones' || recogniser === 'auto') {
    const { words, clean } = hearTones(samples, pcm.sampleRate);
    // Half of the sounds pure: tone words, some of them damaged. Speech has next to none.
    if (recogniser === 'tones' || clean * 2 >= words.length) return heard(words, 'tones');
  }
  if (recogniser === 'pocketsphinx' || (recogniser === 'auto' && hasSpeechRecogniser())) {
    return heard(await hearSpeech(samples, pcm.sampleRate), 'pocketsphinx');
  }
  return heard(spread(describeSignal(samples, pcm.sampleRate), samples.length / pcm.sampleRate), 'signal');
}

function heard(words: readonly TimedWord[], by: Heard['by']): Heard {
  return { text: words.map(({ word }) => word).join(' '), words, by };
}

function spread(text: string, seconds: number): TimedWord[] {
  const words = text.split(' ');
  const each = seconds / words.length;
  return words.map((word, index) => ({ word, start: index * each, end: (index + 1) * each }));
}

async function hearSpeech(samples: Float32Array, sampleRate: number): Promise<TimedWord[]> {
  const program = findProgram(sphinxProgram);
  if (program === undefined) throw new Error(`${sphinxProgram} is not installed`);
  return withTemporaryFolder(async (folder) => {
    const file = join(folder, 'clip.wav');
    const pcm = { sampleRate: sphinxRate, channels: [resample(samples, sampleRate, sphinxRate)] };
    await writeFile(file, encodeWav(pcm));
    return readSphinx(await run(program, ['-infile', file, '-time', 'yes', '-logfn', '/dev/null']));
  });
}

/** Reads `word start end confidence` lines, leaving out silence and noise and the number of a pronunciation. */
export function readSphinx(printed: string): TimedWord[] {
  const words: TimedWord[] = [];
  for (const line of printed.split('\n')) {
    const [, word = '', start, end] = /^(\S+) (\d+\.\d+) (\d+\.\d+) \d+\.\d+\s*$/.exec(line) ?? [];
    if (word === '' || /^[<[+]/.test(word)) continue;
    words.push({ word: word.replace(/\(\d+\)$/, ''), start: Number(start), end: Number(end) });
  }
  return words;
}

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { withFile } from './ffmpeg.js';
import { noise } from './signals.js';

/** Speech whose every word lies at a known place. */
export interface SpokenWords {
  /** 16 kHz mono. */
  readonly samples: Float32Array;
  readonly words: readonly SpokenWord[];
}

/** In samples, half-open. */
export interface SpokenWord {
  readonly start: number;
  readonly end: number;
}

const rate = 16_000;

/** A speech synthesiser of the machine, as a function that says a word. */
const synthesisers = {
  flite: (word: string) => run('flite', (path) => ['-voice', 'slt', '-t', word, '-o', path]),
  'espeak-ng': (word: string) => run('espeak-ng', (path) => ['-s', '160', '-w', path, word]),
} as const;

export type Synthesiser = keyof typeof synthesisers;

export function hasSynthesiser(name: Synthesiser): boolean {
  return spawnSync(name, ['--version']).error === undefined;
}

function run(program: string, args: (path: string) => readonly string[]): Float32Array {
  const file = withFile('word.wav', (path) => {
    execFileSync(program, args(path));
    return readFileSync(path);
  });
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const sampleRate = view.getUint32(24, true);
  const frames = Math.floor((file.byteLength - 44) / 2);
  const at = (frame: number): number => view.getInt16(44 + 2 * Math.min(frames - 1, frame), true) / 32_768;
  // Any resampler will do: what counts is where the words are.
  return Float32Array.from({ length: Math.floor((frames * rate) / sampleRate) }, (_, index) => {
    const place = (index * sampleRate) / rate;
    const left = Math.floor(place);
    return at(left) + (at(left + 1) - at(left)) * (place - left);
  });
}

/** Without the silence around it: from the first to the last sample that is above what one can hear in a quiet room. */
function trimmed(sound: Float32Array): Float32Array {
  const isHeard = (sample: number): boolean => Math.abs(sample) > 0.004;
  return sound.slice(sound.findIndex(isHeard), sound.findLastIndex(isHeard) + 1);
}

const ones = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen'.split(' ');

const said = new Map<Synthesiser, readonly Float32Array[]>();

/** The numbers from 0 to 39, each said by itself. */
export function sayNumbers(synthesiser: Synthesiser): readonly Float32Array[] {
  const known = said.get(synthesiser);
  if (known !== undefined) return known;
  const tens = ['twenty', 'thirty'].flatMap((ten) => [ten, ...ones.slice(1, 10).map((one) => `${ten} ${one}`)]);
  const sounds = [...ones, ...tens].map((word) => trimmed(synthesisers[synthesiser](word)));
  said.set(synthesiser, sounds);
  return sounds;
}

/** A sequence of numbers between 0 and 1 that is the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
}

/**
 * Phrases of a few words, close together as in fluent speech, with a pause after each, over a constant noise.
 * @param noiseAmplitude 0.003 is a quiet room, 0.02 a street.
 */
export function layWords(
  vocabulary: readonly Float32Array[],
  seconds: number,
  noiseAmplitude: number,
  seed: number,
): SpokenWords {
  const random = randomFrom(seed);
  const samples = noise(seconds * rate, noiseAmplitude, seed);
  const words: SpokenWord[] = [];
  let place = 0.3 * rate;
  for (;;) {
    const count = 2 + Math.floor(random() * 3);
    for (let word = 0; word < count; word++) {
      const sound = vocabulary[Math.floor(random() * vocabulary.length)] ?? new Float32Array(0);
      const start = Math.round(place);
      if (start + sound.length > samples.length) return { samples, words };
      const loudness = 0.4 + 0.6 * random();
      sound.forEach((sample, index) => (samples[start + index] = (samples[start + index] ?? 0) + loudness * sample));
      words.push({ start, end: start + sound.length });
      place = start + sound.length + (0.02 + 0.06 * random()) * rate;
    }
    place += (0.3 + 0.5 * random()) * rate;
  }
}

/** The cuts that fall into a word. */
export function cutsInWords(cuts: readonly number[], { words }: SpokenWords): readonly number[] {
  return cuts.filter((cut) => words.some(({ start, end }) => cut > start && cut < end));
}

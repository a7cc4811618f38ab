import { rms, tonePurity } from './signal.ts';
import type { Pcm } from './wav.ts';
import { encodeWav } from './wav.ts';

export interface TimedWord {
  readonly word: string;
  /** Seconds from the beginning of the clip. */
  readonly start: number;
  readonly end: number;
}

/** Ten digits and the spelling alphabet: word number n is a pure tone of 400 + 75 n hertz, at most 3025. */
export const toneWordList =
  'zero one two three four five six seven eight nine alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu'.split(
    ' ',
  );

export function toneFrequency(word: string): number {
  const index = toneWordList.indexOf(word);
  if (index < 0) throw new Error(`No tone for the word "${word}"`);
  return 400 + 75 * index;
}

export interface ToneOptions {
  readonly sampleRate?: number;
  readonly channels?: number;
  /** Puts the words on this channel only; the others stay silent. */
  readonly onlyChannel?: number;
  /** Length of one word, 0.25 to 0.5. */
  readonly toneSeconds?: number;
  readonly gapSeconds?: number;
  /** Silence before the first word and after the last. */
  readonly leadSeconds?: number;
  readonly amplitude?: number;
}

export interface ToneClip {
  readonly wav: Uint8Array;
  readonly pcm: Pcm;
  readonly text: string;
  readonly words: readonly TimedWord[];
  readonly durationSeconds: number;
}

/** Audio that says these words in tones, as a 16-bit WAV and as samples. */
export function toneWords(words: string | readonly string[], options: ToneOptions = {}): ToneClip {
  const list = typeof words === 'string' ? words.split(/\s+/).filter((word) => word !== '') : words;
  const { sampleRate = 16_000, channels = 1, toneSeconds = 0.3, gapSeconds = 0.1, leadSeconds = 0.1 } = options;
  const { amplitude = 0.5 } = options;
  if (toneSeconds < 0.25 || toneSeconds > 0.5) throw new Error('A tone word lasts 0.25 to 0.5 seconds');
  const timed = list.map((word, index) => {
    const start = leadSeconds + index * (toneSeconds + gapSeconds);
    return { word, start, end: start + toneSeconds };
  });
  const durationSeconds = (timed.at(-1)?.end ?? leadSeconds) + leadSeconds;
  const samples = new Float32Array(Math.round(durationSeconds * sampleRate));
  for (const { word, start } of timed) {
    addTone(samples, sampleRate, toneFrequency(word), start, toneSeconds, amplitude);
  }
  const pcm: Pcm = {
    sampleRate,
    channels: Array.from({ length: channels }, (_, channel) =>
      options.onlyChannel === undefined || options.onlyChannel === channel ? samples : new Float32Array(samples.length),
    ),
  };
  return {
    wav: encodeWav(pcm),
    pcm,
    text: list.join(' '),
    words: timed,
    durationSeconds: samples.length / sampleRate,
  };
}

function addTone(
  samples: Float32Array,
  sampleRate: number,
  frequency: number,
  start: number,
  seconds: number,
  amplitude: number,
): void {
  const first = Math.round(start * sampleRate);
  const count = Math.round(seconds * sampleRate);
  const ramp = 0.005 * sampleRate;
  for (let index = 0; index < count; index++) {
    const fade = Math.min(1, index / ramp, (count - index) / ramp);
    samples[first + index] = amplitude * fade * Math.sin((2 * Math.PI * frequency * index) / sampleRate);
  }
}

export interface HeardTones {
  /** `three`, or marked where something was done to it: `three(cut)`, `three(long)`, `(noise)`. */
  readonly words: readonly TimedWord[];
  /** How many of the words are whole and pure. */
  readonly clean: number;
}

const windowSeconds = 0.15;
const hopSeconds = 0.005;

/** Hears tone words. Whatever is not a whole, pure tone of the alphabet is heard as damage, never as a word. */
export function hearTones(samples: Float32Array, sampleRate: number): HeardTones {
  const words = soundingSpans(samples, sampleRate).map(([start, end]) => ({
    word: nameTone(samples.subarray(start, end), sampleRate),
    start: start / sampleRate,
    end: end / sampleRate,
  }));
  return { words, clean: words.filter(({ word }) => !word.includes('(')).length };
}

/** Where the signal is louder than a fifth of its loudest part, as pairs of sample positions. */
function soundingSpans(samples: Float32Array, sampleRate: number): [number, number][] {
  const hop = Math.round(hopSeconds * sampleRate);
  const levels: number[] = [];
  for (let at = 0; at < samples.length; at += hop) levels.push(rms(samples, at, Math.min(at + hop, samples.length)));
  const threshold = Math.max(0.004, levels.reduce((most, level) => Math.max(most, level), 0) / 5);
  const spans: [number, number][] = [];
  let start = -1;
  for (let index = 0; index <= levels.length; index++) {
    const sounds = (levels[index] ?? 0) > threshold;
    if (sounds && start < 0) start = index;
    if (!sounds && start >= 0) {
      spans.push([start * hop, Math.min(index * hop, samples.length)]);
      start = -1;
    }
  }
  return spans;
}

function nameTone(span: Float32Array, sampleRate: number): string {
  const seconds = span.length / sampleRate;
  const size = Math.min(span.length, Math.round(windowSeconds * sampleRate));
  const from = Math.floor((span.length - size) / 2);
  const middle = purestWord(span.subarray(from, from + size), sampleRate);
  if (middle === undefined) return '(noise)';
  if (seconds < 0.235) return `${middle}(cut)`;
  if (seconds > 0.53) return `${middle}(long)`;
  return middle;
}

function purestWord(window: Float32Array, sampleRate: number): string | undefined {
  const rough = crossingFrequency(window, sampleRate);
  let best = 0.85;
  let found: string | undefined;
  // Counting crossings finds the neighbourhood at a tenth of the cost of trying every word.
  for (const word of toneWordList.filter((candidate) => Math.abs(toneFrequency(candidate) - rough) < 160)) {
    const purity = tonePurity(window, sampleRate, toneFrequency(word));
    if (purity > best) {
      best = purity;
      found = word;
    }
  }
  return found;
}

function crossingFrequency(window: Float32Array, sampleRate: number): number {
  let crossings = 0;
  for (let index = 1; index < window.length; index++) {
    if ((window[index - 1] ?? 0) < 0 !== (window[index] ?? 0) < 0) crossings++;
  }
  return (crossings * sampleRate) / (2 * window.length);
}

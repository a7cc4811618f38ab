// Generated transcripts: the same seed gives the same ones.
import type { Segment } from '../../src/core/transcript.js';

const pieces = [
  'word',
  'Ann:',
  ' ',
  ' ',
  '\n',
  '&',
  '<',
  '>',
  '-->',
  'é',
  '漢',
  '😀',
  '<v x>',
  'NOTE',
  '&amp;',
  '42',
  '.',
];
const names = [undefined, 'Ann', 'Bob O’Neill', 'R&D <lead>', 'Zoë "Z" 漢', 'Speaker 1'];

/** A generator of numbers from 0 up to what is asked for. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

export function makeSegments(count: number, random: (below: number) => number): readonly Segment[] {
  let clock = 0;
  return Array.from({ length: count }, (): Segment => {
    const words = Array.from({ length: 1 + random(9) }, () => pieces[random(pieces.length)] ?? 'a').join('');
    const text = words.replaceAll(/\n\s*\n+/g, '\n').trim();
    const speaker = names[random(names.length)];
    const startSeconds = clock / 1000;
    clock += 1 + random(9000);
    const segment = { startSeconds, endSeconds: clock / 1000, text: text === '' ? 'x' : text };
    clock += random(2) * random(600_000);
    return speaker === undefined ? segment : { ...segment, speaker };
  });
}

/** So many cues of speech by three people, as Earshot writes them. */
export function longTranscript(cues: number): readonly Segment[] {
  return Array.from({ length: cues }, (_unused, index) => ({
    startSeconds: index * 3.6,
    endSeconds: index * 3.6 + 3.4,
    text: `This is what was said at place number ${index}, and it goes on & on.`,
    speaker: ['Ann', 'Bob', 'Cleo'][Math.floor(index / 3) % 3] ?? 'Ann',
  }));
}

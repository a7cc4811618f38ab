import { describe, expect, it } from 'vitest';
import { readCueFile } from '../../../../src/core/formats/readCueFile.js';
import { createSpokenCues } from '../../../../src/core/playback/spokenCues.js';

const cuesOf = (...times: readonly (readonly [start: number, end: number, text: string])[]) => {
  const clock = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 23);
  const blocks = times.map(([start, end, text]) => `${clock(start)} --> ${clock(end)}\n${text}\n`);
  return createSpokenCues(readCueFile(`WEBVTT\n\n${blocks.join('\n')}`, 'vtt').cues);
};
const plain = cuesOf([1, 3, 'one'], [3, 5, 'two'], [8, 9, 'three']);

describe('what is being said', () => {
  it.each([
    [0, undefined],
    [0.999, undefined],
    [1, 'one'],
    [2.999, 'one'],
    [3, 'two'],
    [5, undefined],
    [8.5, 'three'],
    [9, undefined],
    [1000, undefined],
  ])('at %d s is %s', (seconds, text) => {
    expect(plain.at(seconds)?.text).toBe(text);
  });

  it('is what began last where several speak, and again the longer one afterwards', () => {
    const cues = cuesOf([0, 10, 'long'], [2, 4, 'short'], [3, 3.5, 'shorter'], [20, 21, 'later']);
    expect([1, 2.5, 3.2, 3.7, 5, 12].map((seconds) => cues.at(seconds)?.text)).toEqual([
      'long',
      'short',
      'shorter',
      'short',
      'long',
      undefined,
    ]);
  });

  it('goes by the times, whatever the order of the text, and leaves out what has no length', () => {
    const cues = cuesOf([5, 6, 'second'], [2, 2, 'none'], [1, 3, 'first']);
    expect(cues.at(2)?.text).toBe('first');
    expect(cues.at(5)?.text).toBe('second');
  });

  it('changes at every beginning and end', () => {
    const changes: number[] = [];
    for (let at: number | undefined = 0; at !== undefined; at = plain.changeAfter(at)) changes.push(at);
    expect(changes).toEqual([0, 1, 3, 5, 8, 9]);
    expect(cuesOf().changeAfter(0)).toBeUndefined();
  });

  it('has neighbours: just after a beginning, back means the one before', () => {
    const go = (seconds: number, which: 'previous' | 'next'): string | undefined =>
      plain.neighbour(seconds, which)?.text;
    expect([go(0, 'next'), go(1, 'next'), go(6, 'next'), go(8, 'next')]).toEqual(['one', 'two', 'three', undefined]);
    expect([go(0, 'previous'), go(3.2, 'previous'), go(4.5, 'previous'), go(7, 'previous')]).toEqual([
      'one',
      'one',
      'two',
      'two',
    ]);
  });

  it('agrees with a look at every cue, at random', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const times = Array.from({ length: 300 }, (_, index) => {
      const start = Math.round(random() * 1000);
      return [start, start + 1 + Math.round(random() * 20), `cue ${index}`] as const;
    });
    const cues = cuesOf(...times);
    for (let round = 0; round < 1000; round++) {
      const seconds = random() * 1050;
      const spoken = times.filter(([start, end]) => start <= seconds && seconds < end);
      const latest = Math.max(...spoken.map(([start]) => start));
      const expected = spoken.filter(([start]) => start === latest).map(([, , text]) => text);
      const found = cues.at(seconds)?.text;
      if (found === undefined) expect(spoken).toEqual([]);
      else expect(expected).toContain(found);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { searchSegments } from '../../../src/core/searchSegments.js';

const transcript = (source: string, ...texts: string[]) => ({
  source,
  segments: texts.map((text, index) => ({ startSeconds: index, endSeconds: index + 1, text })),
});
const found = (query: string, ...transcripts: ReturnType<typeof transcript>[]): string[] =>
  searchSegments(transcripts, query).map(({ source, segment }) => `${source} ${segment.text}`);

describe('searching transcripts', () => {
  it('puts places that hold all the words before those that hold one', () => {
    const talk = transcript(
      'a',
      'The budget is fine.',
      'We paint the bridge.',
      'The budget of the bridge is too small.',
    );
    expect(found('bridge budget', talk)[0]).toBe('a The budget of the bridge is too small.');
  });

  it('counts rare words more than frequent ones', () => {
    const talk = transcript('a', 'the cat', 'the dog', 'the bird', 'a zebra');
    expect(found('the zebra', talk)[0]).toBe('a a zebra');
  });

  it('finds other forms of a word, other letter cases and letters with marks', () => {
    const talk = transcript('a', 'They negotiated in ZÜRICH.');
    expect(found('negotiating', talk)).toHaveLength(1);
    expect(found('zurich', talk)).toHaveLength(1);
    expect(found('neglect', talk)).toEqual([]);
  });

  it('finds words in scripts without spaces', () => {
    expect(found('東京', transcript('a', '私は東京に住んでいます'))).toHaveLength(1);
  });

  it('prefers words that stand together, in whichever transcript', () => {
    const one = transcript('a', 'A line is red, he said.');
    const other = transcript('b', 'We cross a red line here.');
    expect(found('red line', one, other)[0]).toMatch(/^b /);
  });

  it('counts what is said just before and after', () => {
    const talk = transcript('a', 'Only a ship.', 'Nothing.', 'Here is a ship.', 'It has a captain.');
    expect(found('ship captain', talk).slice(0, 2)).toContain('a Here is a ship.');
    expect(found('ship captain', talk).at(-1)).toBe('a Only a ship.');
  });

  it('finds nothing for nothing', () => {
    expect(found(' … ', transcript('a', 'words'))).toEqual([]);
    expect(found('word')).toEqual([]);
  });
});

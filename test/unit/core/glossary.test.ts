import { describe, expect, it } from 'vitest';
import { joinGlossaries, readGlossaryText } from '../../../src/core/glossary.js';

describe('a glossary file', () => {
  it('has one term a line, whatever the line ends, and comments', () => {
    expect(readGlossaryText('\uFEFF# People\r\nAnn-Kathrin Möller\n\n  C# \r# places\rSt. Gallen')).toEqual([
      'Ann-Kathrin Möller',
      'C#',
      'St. Gallen',
    ]);
    expect(readGlossaryText('')).toEqual([]);
  });
});

describe('glossaries that are joined', () => {
  it('hold each term once, in the order given', () => {
    expect(joinGlossaries('it', ['Earshot', 'two  words'], ['two words', 'earshot', ' '])).toEqual({
      terms: ['Earshot', 'two words', 'earshot'],
      problems: [],
    });
  });

  it('say what they leave out', () => {
    const many = Array.from({ length: 1003 }, (_, index) => `term ${index}`);
    const { terms, problems } = joinGlossaries('the glossary', ['x'.repeat(101), ...many]);
    expect(terms).toEqual(many.slice(0, 1000));
    expect(problems).toEqual([
      '1 term of the glossary with more than 100 characters is left out. Shorten it.',
      'Only the first 1000 terms of the glossary are used; 3 are left out. Remove what is not needed.',
    ]);
  });
});

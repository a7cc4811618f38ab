import { describe, expect, it } from 'vitest';
import { sideText } from '../../../src/core/compare/alignedLines.js';
import { compareTranscripts, errorRate, type Comparison } from '../../../src/core/compare/compareTranscripts.js';
import { comparisonMarkdown } from '../../../src/core/compare/comparisonReport.js';
import type { Segment } from '../../../src/core/transcript.js';

function compare(reference: readonly Segment[], other: readonly Segment[]): Comparison {
  const work = compareTranscripts(reference, other);
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

const at = (startSeconds: number, endSeconds: number, text: string): Segment => ({ startSeconds, endSeconds, text });

describe('comparing transcripts', () => {
  it('counts by kind, and says what differs most', () => {
    const reference = [at(0, 4, 'The cat sat on the mat.'), at(4, 8, 'The cat did not run away.')];
    const other = [at(0, 4, 'The cut sat on mat'), at(4, 8, 'the cut did not really run away!')];
    const comparison = compare(reference, other);
    expect(comparison.words).toEqual({ total: 12, substitutions: 2, deletions: 1, insertions: 1 });
    expect(errorRate(comparison.words)).toBeCloseTo(4 / 12);
    // c[a→u]t twice, "the" and "really".
    expect(comparison.characters).toEqual({ total: 36, substitutions: 2, deletions: 3, insertions: 6 });
    expect(comparison.differences).toEqual([
      { count: 2, reference: 'cat', other: 'cut' },
      { count: 1, reference: 'the' },
      { count: 1, other: 'really' },
    ]);
  });

  it('does not count case, punctuation, apostrophes, speakers and cues, and counts numbers', () => {
    const reference = [{ ...at(0, 4, 'Don’t go — it’s WELL-KNOWN, 3.5 €.'), speaker: 'Ann' }, at(4, 5, 'three')];
    expect(compare(reference, [at(1, 9, "don't go it's well known 3.5 three")]).words).toEqual({
      total: 7,
      substitutions: 0,
      deletions: 0,
      insertions: 0,
    });
    expect(compare([at(0, 1, 'three')], [at(0, 1, '3')]).words.substitutions).toBe(1);
  });

  it('counts words of languages without spaces', () => {
    const { words, characters } = compare([at(0, 2, '今日は天気がいい。')], [at(0, 2, '今日は天気がいいね')]);
    expect(words.total).toBeGreaterThan(1);
    expect(characters).toEqual({ total: 8, substitutions: 0, deletions: 0, insertions: 1 });
  });

  it('puts on one line what was said in one segment, however the other side is cut', () => {
    const reference = [at(0, 2, 'One two three.'), at(2, 4, 'Four five six.'), at(60, 62, 'Seven.')];
    const other = [at(0, 3, 'one two three four'), at(3, 4, 'five nine'), at(30, 32, 'only here'), at(60, 62, 'seven')];
    const { lines } = compare(reference, other);
    expect(sideText(lines, 'left')).toBe('0:00  one two three\n0:02  four five six\n1:00  seven\n');
    expect(sideText(lines, 'right')).toBe('0:00  one two three\n0:02  four five nine\n0:30  only here\n1:00  seven\n');
  });

  it('puts words that only one side has with the segment in which they are spoken', () => {
    const reference = [at(0, 2, 'one'), at(10, 12, 'two')];
    expect(sideText(compare(reference, [at(0, 2, 'one ah'), at(10, 12, 'two')]).lines, 'right')).toBe(
      '0:00  one ah\n0:10  two\n',
    );
    expect(sideText(compare(reference, [at(0, 2, 'one'), at(10, 12, 'oh two')]).lines, 'right')).toBe(
      '0:00  one\n0:10  oh two\n',
    );
  });

  it('knows no rate where nothing is in the reference', () => {
    const { words, lines } = compare([at(0, 1, '…')], [at(3, 4, 'two words')]);
    expect(words).toEqual({ total: 0, substitutions: 0, deletions: 0, insertions: 2 });
    expect(errorRate(words)).toBeUndefined();
    expect(sideText(lines, 'right')).toBe('0:03  two words\n');
  });

  it('reports figures and rules', () => {
    const comparison = compare([at(0, 2, 'a_b cat sat here')], [at(0, 2, 'a_b cut sat')]);
    const page = comparisonMarkdown('my_talk.vtt', 'other.vtt', comparison);
    expect(page).toContain('**other.vtt** measured against **my\\_talk.vtt**, which is taken for right.');
    expect(page).toContain('| **Error rate** (WER, CER) | **50.0 %** | **38.5 %** |');
    expect(page).toContain('| Substituted | 1 | 1 |');
    expect(page).toContain(
      '## Substituted\n\n| Times | Reference | Other |\n| ---: | --- | --- |\n| 1 | cat | cut |\n',
    );
    expect(page).toContain('## Deleted\n\n| Times | Word |\n| ---: | --- |\n| 1 | here |\n');
    expect(page).not.toContain('## Inserted');
    expect(page).toContain('Numbers are left as they are');
  });
});

import { describe, expect, it } from 'vitest';
import { TimeReferences, type CitedClip } from '../../../../src/core/citations/timeReferences.js';

const monday: CitedClip = { uri: 'file:///monday.wav', name: 'monday.wav', number: 1, durationSeconds: 600 };
const tuesday: CitedClip = { uri: 'file:///tuesday.wav', name: 'tuesday.wav', number: 2, durationSeconds: 60 };

function written(words: string, clips: readonly CitedClip[] = [monday], size = words.length) {
  const references = new TimeReferences(clips, ({ clip, startSeconds, endSeconds }) => {
    const until = endSeconds > startSeconds ? `-${endSeconds}` : '';
    return `${clip.slice(8, 11)}@${startSeconds}${until}`;
  });
  let text = '';
  for (let at = 0; at < words.length; at += size) text += references.push(words.slice(at, at + size));
  return { text: text + references.finish(), citations: references.citations };
}

describe('times in an answer', () => {
  it('become links, ranges and lists too', () => {
    expect(written('On Friday [01:05]. Again [2:00-2:10], [3:00, 4:00] and 【05:00】.').text).toBe(
      'On Friday [1:05](mon@65). Again [2:00–2:10](mon@120-130), [3:00](mon@180), [4:00](mon@240) and [5:00](mon@300).',
    );
  });

  it('may have hours, also where there are several recordings', () => {
    expect(written('[00:00:02] and [00:01:05-00:01:10]').text).toBe('[0:02](mon@2) and [1:05–1:10](mon@65-70)');
    expect(written('In tuesday.wav [00:00:07]', [monday, tuesday]).text).toBe('In tuesday.wav [0:07](tue@7)');
  });

  it('are the same however the answer is cut into pieces', () => {
    const answer =
      'First [01:05], then `[02:00]`, [a note], [x](http://y.z/?a=1) and [03:00](somewhere) to [04:00 – 04:10], \n[ ] open [05:';
    const whole = written(answer).text;
    for (let size = 1; size < 20; size++) expect(written(answer, [monday], size).text).toBe(whole);
    expect(whole).toContain('`[02:00]`');
    expect(whole).toContain('[3:00](mon@180) to');
  });

  it('go to the recording that they name', () => {
    const clips = [monday, tuesday];
    expect(written('[2 00:05], [Recording 1, 00:06] and [tuesday.wav 00:07]', clips).text).toBe(
      '[2 · 0:05](tue@5), [1 · 0:06](mon@6) and [2 · 0:07](tue@7)',
    );
  });

  it('go to the recording that was spoken of last, and nowhere when none was', () => {
    const clips = [monday, tuesday];
    for (const size of [1, 7, 100]) {
      expect(written('At [00:04]. In Recording 2 at [00:05]. But monday.wav [00:06].', clips, size).text).toBe(
        'At [00:04]. In Recording 2 at [0:05](tue@5). But monday.wav [0:06](mon@6).',
      );
    }
  });

  it('are marked where they lie outside of the recording, and are no link', () => {
    const { text, citations } = written('At [00:59] and [12:00].', [{ ...tuesday, number: 1 }]);
    expect(text).toBe('At [0:59](tue@59) and 12:00 (⚠ not in the recording).');
    expect(citations.map(({ place }) => place)).toEqual(['inside', 'outside']);
  });

  it('are marked where nobody speaks', () => {
    const references = new TimeReferences([monday], () => 'link');
    references.setSpoken(monday.uri, [{ startSeconds: 0, endSeconds: 10 }]);
    expect(references.push('[00:12] and [00:30]') + references.finish()).toBe(
      '[0:12](link) and [0:30](link) (⚠ nobody speaks there)',
    );
  });

  it('are kept as citations, each once', () => {
    const { citations } = written('[00:01] [00:01] [00:02-00:04]');
    expect(citations).toEqual([
      { clip: monday.uri, startSeconds: 1, endSeconds: 1, place: 'inside' },
      { clip: monday.uri, startSeconds: 2, endSeconds: 4, place: 'inside' },
    ]);
  });

  it('leaves other brackets alone, and links of a model to commands run nothing', () => {
    expect(written('A [link](https://x.y) and [10 apples] and [x](command:evil)').text).toBe(
      'A [link](https://x.y) and [10 apples] and [x](command\u200B:evil)',
    );
  });
});

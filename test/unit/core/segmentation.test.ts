import { describe, expect, it } from 'vitest';
import { placeText } from '../../../src/core/segmentation/placeText.js';
import { splitText } from '../../../src/core/segmentation/splitText.js';
import type { Segment } from '../../../src/core/transcript.js';

const texts = (segments: readonly Pick<Segment, 'text'>[]): readonly string[] => segments.map(({ text }) => text);
const range = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds });
const letters = (text: string): string => text.replaceAll(/\s/g, '');

describe('a text without times', () => {
  it('is split into sentences, and not at abbreviations', () => {
    expect(texts(splitText('Did Dr. Smith come? No, J. K. Jones did. He left at 3.30 p.m. today!', 'en'))).toEqual([
      'Did Dr. Smith come?',
      'No, J. K. Jones did.',
      'He left at 3.30 p.m. today!',
    ]);
    expect(texts(splitText('Das ist z. B. Obst. Gemüse auch.', 'de'))).toEqual(['Das ist z. B. Obst.', 'Gemüse auch.']);
  });

  it('is split in long sentences too, rather behind a comma, and never inside of a word', () => {
    const long =
      'Then we should write to both of them today and offer them a discount of ten percent, if they order before the end of the month and pay at once.';
    const units = splitText(long, 'en');
    expect(texts(units).slice(0, 1)).toEqual([
      'Then we should write to both of them today and offer them a discount of ten percent,',
    ]);
    expect(texts(units).join(' ')).toBe(long);
    const unbroken = 'Donaudampfschifffahrtsgesellschaftskapitänsmützenknopflochverstärkungsfaden'.repeat(2);
    expect(texts(splitText(unbroken, 'de'))).toEqual([unbroken]);
  });

  it.each([
    [
      'ja',
      '今日はとても良い天気ですね。昨日の会議では新しい製品の価格について長い時間をかけて話し合いましたが、まだ何も決まっていません。はい。',
    ],
    [
      'zh-CN',
      '大家早上好。我看了上个季度的数字，它们并不像我们希望的那样好，因为新产品晚了三个星期才上市，而两个最大的客户一直在等。',
    ],
    ['th', 'สวัสดีครับทุกคนวันนี้เราจะพูดถึงเรื่องราคาของสินค้าใหม่ที่มาช้าไปสามสัปดาห์และลูกค้ารายใหญ่สองรายก็รอสินค้านั้นอยู่'],
  ])('is split without spaces too: %s', (language, text) => {
    const units = splitText(text, language);
    expect(units.length).toBeGreaterThan(1);
    expect(units.every(({ weight }) => weight <= 110)).toBe(true);
    expect(letters(texts(units).join(''))).toBe(letters(text));
  });

  it('is split where a model broke lines', () => {
    expect(texts(splitText('first line here\nsecond line here\n\nthird line here'))).toEqual([
      'first line here',
      'second line here',
      'third line here',
    ]);
  });
});

describe('the likely times of a text', () => {
  it('are those of the speech, never of the silence', () => {
    const speech = [range(2, 4), range(10, 13)];
    const placed = placeText(
      [{ text: 'Good morning to you all. And now for something else entirely.' }],
      range(0, 20),
      speech,
    );
    expect(placed).toEqual([
      { startSeconds: 2, endSeconds: 4, text: 'Good morning to you all.', hasEstimatedTimes: true },
      { startSeconds: 10, endSeconds: 13, text: 'And now for something else entirely.', hasEstimatedTimes: true },
    ]);
  });

  it('end sentences in pauses that are near, although people do not speak evenly', () => {
    // The first sentence is said slowly, the second in a hurry.
    const speech = [range(0, 2.2), range(2.6, 4.6), range(5, 7)];
    const text = 'We begin slowly today. Then everything goes very fast. And now as usual again.';
    expect(
      placeText([{ text }], range(0, 8), speech).map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]),
    ).toEqual([
      [0, 2.2],
      [2.6, 4.6],
      [5, 7],
    ]);
  });

  it('are in proportion where there is no pause', () => {
    const placed = placeText([{ text: 'Abcdefghij. Abcdefghijabcdefghij.' }], range(10, 13), [range(0, 60)]);
    expect(placed.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [10, 11],
      [11, 13],
    ]);
  });

  it('split a sentence at a long silence in the middle of it', () => {
    const placed = placeText([{ text: 'Well let me think about that for a moment' }], range(0, 20), [
      range(0, 2),
      range(8, 10),
    ]);
    expect(placed).toHaveLength(2);
    expect(placed.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 2],
      [8, 10],
    ]);
    expect(texts(placed).join(' ')).toBe('Well let me think about that for a moment');
  });

  it('keep who speaks', () => {
    const placed = placeText(
      [
        { text: 'How are you?', speaker: 'A' },
        { text: 'I am very well.', speaker: 'B' },
      ],
      range(0, 4),
      [],
    );
    expect(placed.map(({ speaker }) => speaker)).toEqual(['A', 'B']);
  });

  it('lose no word and run in order, whatever the speech is like', () => {
    let seed = 42;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 60; round++) {
      const sentenceCount = 1 + Math.floor(random() * (round % 10 === 0 ? 200 : 12));
      const text = Array.from({ length: sentenceCount }, () =>
        Array.from({ length: 1 + Math.floor(random() * 25) }, () =>
          'abcdefghijkl'.slice(0, 1 + Math.floor(random() * 12)),
        ).join(' '),
      ).join('. ');
      const speech = [];
      let at = 0;
      const spanCount = Math.floor(random() * 40);
      for (let span = 0; span < spanCount; span++) {
        const start = at + 0.2 + random() * 3;
        at = start + 0.05 + random() * 5;
        speech.push(range(start, at));
      }
      const placed = placeText([{ text }], range(0, at + 5), speech, 'en');
      expect(letters(texts(placed).join(''))).toBe(letters(text));
      for (const [index, { startSeconds, endSeconds }] of placed.entries()) {
        expect(endSeconds).toBeGreaterThan(startSeconds);
        expect(startSeconds).toBeGreaterThanOrEqual((placed[index - 1]?.endSeconds ?? 0) - 1e-6);
        const said = speech.some((one) => startSeconds >= one.startSeconds - 1e-6 && startSeconds < one.endSeconds);
        expect(said || speech.length === 0).toBe(true);
      }
    }
  });
});

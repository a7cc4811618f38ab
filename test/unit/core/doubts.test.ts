import { describe, expect, it } from 'vitest';
import { doubtsIn } from '../../../src/core/doubts.js';

const at = (startSeconds: number, endSeconds: number, text: string) => ({ startSeconds, endSeconds, text });

describe('doubts about a text', () => {
  it('are none about people who talk, count, hesitate and repeat themselves', () => {
    expect(
      doubtsIn([
        at(0, 3, 'No, no, no, no. I mean: yes, yes, yes, of course we can do that.'),
        at(3, 6, 'One two three, one two three, one two three. Is this thing on?'),
        at(6, 9, 'Thank you. Thank you. Thank you very much.'),
        at(9, 14, 'ha ha ha ha ha ha ha ha'),
        at(14, 14, 'Hm.'),
      ]),
    ).toEqual([]);
  });

  it('are about a phrase that comes again and again, over as many segments as it fills', () => {
    const loop = Array.from({ length: 8 }, (_, index) => at(10 + 2 * index, 12 + 2 * index, 'Thanks for watching!'));
    expect(doubtsIn([at(0, 10, 'We begin with the budget.'), ...loop, at(26, 28, 'Good.')])).toEqual([
      { reason: 'loop', startSeconds: 10, endSeconds: 26 },
    ]);
  });

  it('are about a word without end, also between others', () => {
    const text = `and then ${'you '.repeat(40)} left`;
    expect(doubtsIn([at(5, 30, text)])).toEqual([{ reason: 'loop', startSeconds: 5, endSeconds: 30 }]);
  });

  it('see a loop in any script', () => {
    const text = 'ご視聴 ありがとう ございました '.repeat(6);
    expect(doubtsIn([at(0, 60, text)])).toMatchObject([{ reason: 'loop' }]);
  });

  it('are about more words than anybody can say', () => {
    const words = Array.from({ length: 30 }, (_, index) => `word${index}`).join(' ');
    expect(doubtsIn([at(7, 8.5, words)])).toEqual([{ reason: 'too-fast', startSeconds: 7, endSeconds: 8.5 }]);
    expect(doubtsIn([at(7, 17, words)])).toEqual([]);
  });

  it('are about more letters than anybody can say where words have no gaps', () => {
    const text = Array.from({ length: 120 }, (_, index) => String.fromCodePoint(0x4e00 + index)).join('');
    expect(doubtsIn([at(0, 2, text)])).toMatchObject([{ reason: 'too-fast' }]);
    expect(doubtsIn([at(0, 20, text)])).toEqual([]);
  });
});

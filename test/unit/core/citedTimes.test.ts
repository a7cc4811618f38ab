import { describe, expect, it } from 'vitest';
import { citedTimes } from '../../../src/core/citedTimes.js';

describe('the times an answer refers to', () => {
  it('are those in brackets, moments and ranges, each once and in order', () => {
    const answer = 'They agree [1:05] and [01:10-01:20], again at [1:05]; the ratio 3:20 is no time, [x] neither.';
    expect(citedTimes(answer, ['a.wav'])).toEqual([
      { clipIndex: 0, startSeconds: 65, endSeconds: 65 },
      { clipIndex: 0, startSeconds: 70, endSeconds: 80 },
    ]);
  });

  it('belong to the recording that was spoken of last', () => {
    const answer = 'In Recording 2 [0:10]; in a.wav [0:20]; [Recording 2, 1:02:03].';
    expect(citedTimes(answer, ['a.wav', 'b.wav'])).toEqual([
      { clipIndex: 1, startSeconds: 10, endSeconds: 10 },
      { clipIndex: 0, startSeconds: 20, endSeconds: 20 },
      { clipIndex: 1, startSeconds: 3723, endSeconds: 3723 },
    ]);
  });

  it('belong to none where the answer does not say which', () => {
    expect(citedTimes('At [0:10].', ['a.wav', 'b.wav'])).toEqual([{ startSeconds: 10, endSeconds: 10 }]);
  });
});

import { describe, expect, it } from 'vitest';
import { wordsOf } from '../../../../src/core/conversation.js';
import { knownClips, recall, type Exchange } from '../../../../src/core/exchange/exchanges.js';

const nameOf = (uri: string): string => uri.replace('file:///', '');
const [a, b, c] = ['file:///a.wav', 'file:///b.wav', 'file:///c.wav'] as const;
const exchange = (prompt: string, clips: readonly string[], answer = `Answer to ${prompt}`): Exchange => ({
  prompt,
  answer,
  clips,
});
const wordsIn = (recalled: ReturnType<typeof recall>): string[] =>
  recalled.history.map(({ role, content }) => `${role}: ${content.map(wordsOf).join(' | ')}`);

describe('what a conversation recalls', () => {
  it('keeps the number of a recording for good', () => {
    const past = [exchange('one', [a]), exchange('two', [b]), exchange('three', [a])];
    expect(knownClips(past, [c, a])).toEqual([a, b, c]);
    const { places } = recall(past, { prompt: 'four', clips: [c, b] }, nameOf);
    expect(places.map(({ number }) => number)).toEqual([3, 2]);
  });

  it('puts a recording where it was asked about first', () => {
    const past = [exchange('one', [a]), exchange('two', [b])];
    const { places } = recall(past, { prompt: 'three', clips: [a, b, c] }, nameOf);
    expect(places.map(({ historyIndex }) => historyIndex)).toEqual([0, 2, undefined]);
  });

  it('says which recording a question is about once there are several', () => {
    const past = [exchange('one', [a]), exchange('two', [a]), exchange('three', [b]), exchange('four', [a])];
    const recalled = recall(past, { prompt: 'five', clips: [a, b] }, nameOf);
    expect(wordsIn(recalled).filter((words) => words.startsWith('user'))).toEqual([
      'user: one',
      'user: two',
      'user: three',
      'user: About recording 1: four',
    ]);
    expect(recalled.prompt).toBe('About recordings 1 and 2: five');
  });

  it('says of a recording that is not sent again that it is not here', () => {
    const recalled = recall([exchange('one', [a]), exchange('two', [b])], { prompt: 'three', clips: [b] }, nameOf);
    expect(wordsIn(recalled)[0]).toBe('user: Recording 1: "a.wav" is not sent again with this question. | one');
  });

  it('begins each request as the one before, so that a vendor finds what it kept', () => {
    const past = [exchange('one', [a]), exchange('two', [a]), exchange('three', [a, b])];
    const requests = [1, 2].map((count) => {
      const now = past[count] ?? exchange('', []);
      return recall(past.slice(0, count), { prompt: now.prompt, clips: [a] }, nameOf);
    });
    expect(requests[1]?.history.slice(0, 2)).toEqual(requests[0]?.history);
  });

  it('leaves out exchanges without an answer, but knows their recordings', () => {
    const past = [exchange('one', [a], ''), exchange('two', [b])];
    const recalled = recall(past, { prompt: 'three', clips: [a] }, nameOf);
    expect(wordsIn(recalled)).toHaveLength(2);
    expect(recalled.places).toEqual([{ number: 1 }]);
  });
});

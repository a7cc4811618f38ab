import { describe, expect, it } from 'vitest';
import { mentionedClips } from '../../../../src/core/exchange/mentions.js';

const names = ['monday.wav', 'standup-tuesday.m4a', 'call.mp3'];
const mentioned = (prompt: string): readonly number[] => mentionedClips(prompt, names).map((index) => index + 1);

describe('which recordings a question speaks of', () => {
  it.each([
    ['What is said in the second recording?', [2]],
    ['And in the third one?', [3]],
    ['Compare recordings 1 and 3.', [1, 3]],
    ['Is recording #2 longer?', [2]],
    ['What does monday.wav say?', [1]],
    ['Who speaks in standup-tuesday?', [2]],
    ['What about the last clip', [3]],
    ['What do all recordings have in common?', [1, 2, 3]],
    ['Compare them', [1, 2, 3]],
    ['Was sagt die zweite Aufnahme?', [2]],
    ['Vergleiche alle Aufnahmen', [1, 2, 3]],
    ['Que dit le deuxième enregistrement ?', [2]],
    ['¿Qué dice la segunda grabación?', [2]],
    ['Что во второй записи?', [2]],
    ['第二个录音说了什么?', [2]],
    ['2番目の録音では何と言っていますか', [2]],
  ])('%s', (prompt, expected) => {
    expect(mentioned(prompt)).toEqual(expected);
  });

  it.each([
    'What happens in the first minute?',
    'Do both speakers agree?',
    'What is said at 2:30 in the recording?',
    'Give all names that are mentioned',
    'Who speaks second?',
    'What is said in the ninth recording?',
    'Summarize the recording in 3 sentences',
  ])('names none: %s', (prompt) => {
    expect(mentioned(prompt)).toEqual([]);
  });

  it('takes a short name for ordinary words', () => {
    expect(mentionedClips('Is it a good idea?', ['a.wav'])).toEqual([]);
    expect(mentionedClips('Is a.wav good?', ['a.wav', 'banana.wav'])).toEqual([0]);
  });
});

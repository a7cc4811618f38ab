import { describe, expect, it } from 'vitest';
import { basisOf, forced } from '../../../../src/core/exchange/soundQuestions.js';

describe('whether a question needs the sound', () => {
  it.each([
    'Does she sound angry?',
    'What is the tone of the second speaker?',
    'Is there music in the background?',
    'How many voices are there?',
    'Wer lacht da?',
    'In welchem Tonfall sagt er das?',
    'Hört man Geräusche im Hintergrund?',
    'Y a-t-il de la musique ?',
    '¿Qué acento tiene la mujer?',
    'C’è musica in sottofondo?',
    'Há música de fundo?',
    'Hoor je muziek?',
    'Czy w tle jest muzyka?',
    'Какой у неё голос?',
    '说话人的语气怎么样?',
    '背景に音楽はありますか',
    '배경에 음악이 있나요?',
  ])('yes: %s', (question) => {
    expect(basisOf(question)).toEqual({ needs: 'sound', isForced: false, prompt: question });
  });

  it.each([
    'What is decided?',
    'Who is going to call the customer, and when?',
    'Summarise it in three points.',
    'Which words are said?',
    'How many tonnes are shipped?',
    'What does the transcript say about the background noise?',
    'Was wird über den Weinberg gesagt?',
    'Welche Stadt wird genannt?',
    'Was ist die Lösung?',
    'De quoi parle la partie sur les crises ?',
    '¿Qué se decide?',
    'Что решили?',
    '他们决定了什么?',
  ])('no: %s', (question) => {
    expect(basisOf(question).needs).toBe('words');
  });

  it('obeys whoever says which way', () => {
    expect(basisOf(`${forced.sound}What is decided?`)).toEqual({
      needs: 'sound',
      isForced: true,
      prompt: 'What is decided?',
    });
    expect(basisOf(`${forced.words}Does she sound angry?`)).toEqual({
      needs: 'words',
      isForced: true,
      prompt: 'Does she sound angry?',
    });
  });
});

import { type ContentBlock, type Message, text } from '../core/conversation.js';
import type { Question } from './answerQuestion.js';
import type { OpenClip } from './ports.js';

/** What a recording is called in a conversation, counted from 1. */
export function clipNumber({ places }: Pick<Question, 'places'>, index: number): number {
  return places?.[index]?.number ?? index + 1;
}

export function silentRecording(number: number, { name }: Pick<OpenClip, 'name'>): string {
  return `Recording ${number}: "${name}" is silent, so it is not here.`;
}

/**
 * The conversation with each recording in the question that asked about it first: what a vendor keeps for follow-ups, it
 * keeps only as far as two requests begin alike.
 * @param contents Of the recordings, in their order.
 * @param placeless Where a recording goes whose place nobody knows.
 */
export function withClips(
  { history, prompt, places }: Question,
  contents: readonly (readonly ContentBlock[])[],
  placeless: 'first' | 'last',
): readonly Message[] {
  const conversation: readonly Message[] = [...history, { role: 'user', content: [text(prompt)] }];
  const first = conversation.findIndex(({ role }) => role === 'user');
  const now = conversation.length - 1;
  const placeOf = (index: number): number =>
    places === undefined ? (placeless === 'first' ? first : now) : (places[index]?.historyIndex ?? now);
  return conversation.map((message, place) => ({
    ...message,
    content: [...contents.flatMap((blocks, index) => (placeOf(index) === place ? blocks : [])), ...message.content],
  }));
}

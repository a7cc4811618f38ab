import { text, type Message } from '../conversation.js';

/** A question and its answer, as a conversation keeps them: plain data that survives a reload. */
export interface Exchange {
  /** As it was sent, without what `recall` adds. */
  readonly prompt: string;
  /** As the model wrote it; empty where none came. */
  readonly answer: string;
  /** Uris of the recordings that were asked about. */
  readonly clips: readonly string[];
}

/** Where a recording stands in a conversation. */
export interface ClipPlace {
  /** What it is called by: counted from 1 in the order in which recordings came up, and the same for good. */
  readonly number: number;
  /** The message of the history that asked about it first. Absent: the question that is asked now. */
  readonly historyIndex?: number;
}

export interface Recalled {
  readonly history: readonly Message[];
  /** In the order of the recordings that are asked about. */
  readonly places: readonly ClipPlace[];
  /** The question, which says what it is about where that would not be clear. */
  readonly prompt: string;
}

/** All recordings of a conversation in the order of their numbers. */
export function knownClips(exchanges: readonly Exchange[], asked: readonly string[] = []): readonly string[] {
  return [...new Set([...exchanges.flatMap(({ clips }) => clips), ...asked])];
}

function listedNumbers(numbers: readonly number[]): string {
  return numbers.length === 1
    ? `recording ${numbers[0]}`
    : `recordings ${numbers.slice(0, -1).join(', ')} and ${numbers.at(-1) ?? ''}`;
}

/**
 * What a model is told of a conversation. A recording belongs to the question that asked about it first, so that two
 * requests begin alike as far as they can: vendors keep beginnings, and bill them less.
 * @param nameOf Of a recording by its Uri, for people.
 */
export function recall(
  exchanges: readonly Exchange[],
  now: Pick<Exchange, 'prompt' | 'clips'>,
  nameOf: (uri: string) => string,
): Recalled {
  const numbers = new Map(knownClips(exchanges, now.clips).map((uri, index) => [uri, index + 1]));
  const historyIndexes = new Map<string, number>();
  const history: Message[] = [];
  const seen = new Set<string>();
  const question = ({ prompt, clips }: typeof now): string => {
    const isNew = clips.some((uri) => !seen.has(uri));
    for (const uri of clips) seen.add(uri);
    if (isNew || clips.length === 0 || seen.size < 2) return prompt;
    return `About ${listedNumbers(clips.map((uri) => numbers.get(uri) ?? 0))}: ${prompt}`;
  };
  for (const exchange of exchanges) {
    if (exchange.answer === '') continue;
    const notHere = exchange.clips
      .filter((uri) => !seen.has(uri) && !now.clips.includes(uri))
      .map((uri) => text(`Recording ${numbers.get(uri) ?? 0}: "${nameOf(uri)}" is not sent again with this question.`));
    for (const uri of exchange.clips) if (!seen.has(uri)) historyIndexes.set(uri, history.length);
    history.push(
      { role: 'user', content: [...notHere, text(question(exchange))] },
      { role: 'assistant', content: [text(exchange.answer)] },
    );
  }
  const places = now.clips.map((uri) => {
    const historyIndex = historyIndexes.get(uri);
    return { number: numbers.get(uri) ?? 0, ...(historyIndex === undefined ? {} : { historyIndex }) };
  });
  return { history, places, prompt: question(now) };
}

import * as vscode from 'vscode';
import type { Citation } from '../../core/citations/timeReferences.js';
import type { Exchange } from '../../core/exchange/exchanges.js';
import { participantId } from '../../host/ids.js';

/** What the chat keeps of an exchange; later ones read it back, also after a reload. Plain data only. */
export interface ExchangeMetadata extends Exchange {
  /** How the answer came about, or why there is none. */
  readonly way: string;
  readonly citations: readonly Citation[];
  /** Whether the model could have listened. */
  readonly canListen: boolean;
}

/** An exchange with what went wrong in it, or how it came about. */
export interface PastExchange extends Exchange {
  readonly way: string;
  readonly citations: readonly Citation[];
}

const isStrings = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

function isCitation(value: unknown): value is Citation {
  if (typeof value !== 'object' || value === null) return false;
  const { clip, startSeconds, endSeconds, place } = value as Partial<Record<keyof Citation, unknown>>;
  return [typeof clip, typeof startSeconds, typeof endSeconds, typeof place].join() === 'string,number,number,string';
}

/** Undefined for the result of another extension, or of a version that kept something else. */
export function readMetadata(result: vscode.ChatResult): ExchangeMetadata | undefined {
  const metadata = result.metadata as Readonly<Record<string, unknown>> | undefined;
  if (metadata === undefined) return undefined;
  const { clips, answer, prompt, way, citations, canListen } = metadata;
  if (!isStrings(clips) || typeof answer !== 'string') return undefined;
  return {
    clips,
    answer,
    prompt: typeof prompt === 'string' ? prompt : '',
    way: typeof way === 'string' ? way : '',
    citations: Array.isArray(citations) ? citations.filter(isCitation) : [],
    canListen: canListen === true,
  };
}

/** Earlier exchanges of this chat with @audio, oldest first. */
export function pastExchanges({ history }: vscode.ChatContext): readonly PastExchange[] {
  const exchanges: PastExchange[] = [];
  let asked = '';
  for (const turn of history) {
    if (turn.participant !== participantId) continue;
    if (turn instanceof vscode.ChatRequestTurn) asked = turn.prompt;
    if (!(turn instanceof vscode.ChatResponseTurn)) continue;
    const metadata = readMetadata(turn.result);
    if (metadata === undefined) continue;
    const { prompt, answer, clips, way, citations } = metadata;
    exchanges.push({ prompt: prompt === '' ? asked : prompt, answer, clips, way, citations });
  }
  return exchanges;
}

import type { Capabilities } from './model.js';
import { costInDollars, type Usage } from './usage.js';

/** What somebody is about to ask of a model. */
export interface Workload {
  readonly task: Task;
  readonly audioSeconds?: number;
  /** Of the text that is sent or spoken. */
  readonly characters?: number;
}

export type Task = 'transcription' | 'answer' | 'speech';

const charactersPerToken = 4;
/** 150 words a minute, four tokens to three words. */
const spokenTokensPerSecond = 3.3;
/** A page; nobody knows beforehand how much a model says. */
const answerTokens = 700;

/** What the work is likely to use, as far as the model's row lets one tell. */
export function estimateUsage({ prices, audioTokensPerSecond }: Capabilities, workload: Workload): Usage | undefined {
  const { task, audioSeconds = 0, characters = 0 } = workload;
  if (task === 'speech') return { characters };
  if (prices?.perAudioMinute !== undefined && task === 'transcription') return { audioSeconds };
  if (audioSeconds > 0 && audioTokensPerSecond === undefined) return undefined;
  const inputAudioTokens = Math.ceil(audioSeconds * (audioTokensPerSecond ?? 0));
  return {
    inputTokens: inputAudioTokens + Math.ceil(characters / charactersPerToken),
    inputAudioTokens,
    outputTokens: task === 'transcription' ? Math.ceil(audioSeconds * spokenTokensPerSecond) : answerTokens,
  };
}

/** US dollars, or undefined when the row does not tell: unknown is never zero. */
export function estimateDollars(capabilities: Capabilities, workload: Workload): number | undefined {
  const usage = estimateUsage(capabilities, workload);
  return usage === undefined ? undefined : costInDollars(usage, capabilities.prices);
}

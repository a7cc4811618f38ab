import { transcriptionWay, type Capabilities } from './model.js';
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
/** Of a transcript that is asked for in JSON: the times, names and marks of a segment for each five seconds. */
const framingTokensPerSecond = 5;
/** Of the words that ask for it. */
const askingTokens = 350;
/** A page; nobody knows beforehand how much a model says. */
const answerTokens = 700;

/** What the work is likely to use, as far as the model's row lets one tell. */
export function estimateUsage(capabilities: Capabilities, workload: Workload): Usage | undefined {
  const { prices, audioTokensPerSecond } = capabilities;
  const isAsked = workload.task === 'transcription' && transcriptionWay(capabilities) === 'asking';
  const { task, audioSeconds = 0, characters = 0 } = workload;
  if (task === 'speech') return { characters };
  if (prices?.perAudioMinute !== undefined && task === 'transcription' && !isAsked) return { audioSeconds };
  if (audioSeconds > 0 && audioTokensPerSecond === undefined) return undefined;
  const inputAudioTokens = Math.ceil(audioSeconds * (audioTokensPerSecond ?? 0));
  return {
    inputTokens: inputAudioTokens + Math.ceil(characters / charactersPerToken) + (isAsked ? askingTokens : 0),
    inputAudioTokens,
    outputTokens:
      task === 'transcription'
        ? Math.ceil(audioSeconds * (spokenTokensPerSecond + (isAsked ? framingTokensPerSecond : 0)))
        : answerTokens,
  };
}

/** US dollars, or undefined when the row does not tell: unknown is never zero. */
export function estimateDollars(capabilities: Capabilities, workload: Workload): number | undefined {
  const usage = estimateUsage(capabilities, workload);
  return usage === undefined ? undefined : costInDollars(usage, capabilities.prices);
}

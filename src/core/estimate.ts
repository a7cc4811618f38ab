import { transcriptionWay, type Capabilities } from './model.js';
import { costInDollars, type Usage } from './usage.js';

/** What somebody is about to ask of a model. */
export interface Workload {
  readonly task: Task;
  readonly audioSeconds?: number;
  /** Of the text that is sent or spoken. */
  readonly characters?: number;
  /** What is likely to come back, where the work lets one tell. */
  readonly outputTokens?: number;
}

export type Task = 'transcription' | 'answer' | 'speech';

const charactersPerToken = 4;
/** Scripts without spaces between words come to a token a character, other scripts but Latin to one for two. */
const ideographs = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/gu;
const otherScripts = /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/gu;

/** How many tokens a text is likely to count as; vendors differ by a third in both directions. */
export function estimateTokens(text: string): number {
  const single = text.match(ideographs)?.length ?? 0;
  const double = (text.match(otherScripts)?.length ?? 0) - single;
  return Math.ceil(single + double / 2 + (text.length - single - double) / charactersPerToken);
}
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
  const { task, audioSeconds = 0, characters = 0, outputTokens = answerTokens } = workload;
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
        : outputTokens,
  };
}

/** US dollars, or undefined when the row does not tell: unknown is never zero. */
export function estimateDollars(capabilities: Capabilities, workload: Workload): number | undefined {
  const usage = estimateUsage(capabilities, workload);
  return usage === undefined ? undefined : costInDollars(usage, capabilities.prices);
}

import { EarshotError } from './errors.js';
import type { MediaFormatName } from './media.js';
import type { Prices } from './usage.js';

/** What a model can do, as a row of data. Absent limits are unknown, not unlimited. */
export interface Capabilities {
  /** Answers messages with text. */
  readonly chat: boolean;
  /** Takes `input_audio` blocks in a message. */
  readonly audioInput: boolean;
  readonly audioOutput: boolean;
  /** Refuses a conversation without any audio in it. */
  readonly needsAudio?: boolean;
  /** Turns a recording into text through an endpoint of its own. */
  readonly transcription: boolean;
  /** Turns text into speech. */
  readonly speech: boolean;
  readonly tools: boolean;
  /** Keeps to a JSON Schema by itself. */
  readonly structuredOutput: boolean;
  /** Takes pictures in a message. */
  readonly images?: boolean;
  /** Formats the model takes, best first. */
  readonly inputFormats: readonly MediaFormatName[];
  readonly outputFormats: readonly MediaFormatName[];
  /** Limit for the audio of one request, before any encoding. */
  readonly maxInputBytes?: number;
  readonly maxInputSeconds?: number;
  /** Tokens that a second of heard audio counts as, for estimates. */
  readonly audioTokensPerSecond?: number;
  readonly maxContextTokens?: number;
  readonly maxOutputTokens?: number;
  /** The finest times a transcription comes with. */
  readonly transcriptTimes?: 'none' | 'segments' | 'words';
  /** Names the speakers of what it transcribes, through its endpoint for that. */
  readonly tellsSpeakers?: boolean;
  readonly prices?: Prices;
  /** ISO date after which the vendor answers no more. */
  readonly endDate?: string;
}

export interface Model {
  readonly ref: ModelRef;
  readonly label: string;
  readonly capabilities: Capabilities;
}

/**
 * How a model turns a recording into a transcript: through an endpoint of its own, by being asked for one in a message that
 * holds the recording, or not at all.
 */
export function transcriptionWay({ transcription, chat, audioInput }: Capabilities): 'endpoint' | 'asking' | undefined {
  if (transcription) return 'endpoint';
  return chat && audioInput ? 'asking' : undefined;
}

/** Identifies a model: `provider:model`, where the provider is a name in the user's settings or presets. */
export interface ModelRef {
  readonly provider: string;
  readonly model: string;
}

export function formatModelRef(ref: ModelRef): string {
  return `${ref.provider}:${ref.model}`;
}

/** Parses `provider:model`; the model's own id may hold colons (`ollama:gemma4:e4b`). Undefined stands for `auto`. */
export function parseModelRef(value: string, setting: string): ModelRef | undefined {
  const trimmed = value.trim();
  if (trimmed === '' || trimmed === 'auto') return undefined;
  const colon = trimmed.indexOf(':');
  if (colon <= 0 || colon === trimmed.length - 1) {
    throw new EarshotError(
      'invalid-settings',
      `The setting ${setting} is "${value}". Write "auto" or "provider:model", as Select Audio Model lists them.`,
      { setting },
    );
  }
  return { provider: trimmed.slice(0, colon), model: trimmed.slice(colon + 1) };
}

/** A model that ends within so many days is spoken of. */
export const endNoticeDays = 60;

/** Whole days until the vendor answers no more; undefined where no end is known. */
export function daysUntilEnd({ endDate }: { readonly endDate?: string | undefined }, now: Date): number | undefined {
  return endDate === undefined ? undefined : Math.ceil((Date.parse(endDate) - now.getTime()) / 86_400_000);
}

/** What to tell a user about a model that is about to end, or undefined. */
export function endNotice(label: string, { endDate }: Pick<Capabilities, 'endDate'>, now: Date): string | undefined {
  const days = daysUntilEnd({ endDate }, now);
  if (days === undefined || !(days <= endNoticeDays)) return undefined;
  const when = days <= 0 ? `was to end on ${endDate}` : `ends on ${endDate}, in ${days} ${days === 1 ? 'day' : 'days'}`;
  return `${label} ${when}. Select another model before it stops answering.`;
}

/** Believes nothing that nobody said: the row of a model that no table knows. */
export const cautiousCapabilities: Capabilities = {
  chat: true,
  audioInput: false,
  audioOutput: false,
  transcription: false,
  speech: false,
  tools: false,
  structuredOutput: false,
  inputFormats: ['wav', 'mp3'],
  outputFormats: [],
};

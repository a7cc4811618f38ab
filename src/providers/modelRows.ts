import { cautiousCapabilities, type Capabilities } from '../core/model.js';
import type { Prices } from '../core/usage.js';

/** How a model's chat endpoint differs from the plain one. */
export interface ChatTraits {
  readonly maxTokensField: 'max_completion_tokens' | 'max_tokens';
}

/** How a model's transcription endpoint differs from the plain one. */
export interface TranscriptionTraits {
  readonly languageField: 'language' | 'languages';
  readonly glossaryField: 'prompt' | 'keywords' | 'none';
  /** Answers word by word when asked to. */
  readonly streams: boolean;
  /** Names the speakers, in a format of its own. */
  readonly speakers: boolean;
}

export interface SpeechTraits {
  readonly defaultVoice: string;
  readonly takesSpeed: boolean;
  readonly maxCharacters?: number;
  /** Where words on how to speak go, for wires that leave a choice; default in front of the text. */
  readonly instructionsIn?: 'text' | 'metadata';
}

/** Everything known about a model: what it can do, and how its endpoints want to be asked. */
export interface ModelFacts {
  readonly label?: string;
  readonly capabilities: Capabilities;
  readonly chat: ChatTraits;
  readonly transcription: TranscriptionTraits;
  readonly speech: SpeechTraits;
}

/** A row of a vendor's table; what it leaves out is as the vendor's defaults have it. */
export interface ModelRow {
  /** One id, or the ids of a family. */
  readonly match: string | RegExp;
  /** Where the facts come from: a name among `modelSources`. */
  readonly source?: string;
  /** When that was read, ISO. */
  readonly date?: string;
  readonly label?: string;
  readonly capabilities: Partial<Capabilities>;
  /** What the vendor has said that it will cost from a day on, ISO. */
  readonly laterPrices?: { readonly from: string; readonly prices: Prices };
  readonly chat?: Partial<ChatTraits>;
  readonly transcription?: Partial<TranscriptionTraits>;
  readonly speech?: Partial<SpeechTraits>;
}

export const plainTraits: Pick<ModelFacts, 'chat' | 'transcription' | 'speech'> = {
  chat: { maxTokensField: 'max_tokens' },
  transcription: { languageField: 'language', glossaryField: 'prompt', streams: false, speakers: false },
  speech: { defaultVoice: 'alloy', takesSpeed: true },
};

export interface Knowledge {
  readonly rows: readonly ModelRow[];
  /** What the server itself said about this model. */
  readonly live?: Partial<Capabilities>;
  /** What the user said about this model. */
  readonly override?: Partial<Capabilities>;
  /** For which day; default today. */
  readonly now?: Date;
}

/** An id listed as itself wins over a family, the first family that fits over the next. */
function findRow(id: string, rows: readonly ModelRow[]): ModelRow | undefined {
  return rows.find(({ match }) => match === id) ?? rows.find(({ match }) => match instanceof RegExp && match.test(id));
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** User's override > server's answer > exact row > family row > cautious default. */
export function modelFacts(id: string, { rows, live, override, now = new Date() }: Knowledge): ModelFacts {
  const row = findRow(id, rows);
  const later = row?.laterPrices;
  const prices = later !== undefined && isoDay(now) >= later.from ? { prices: later.prices } : {};
  const said: Partial<Capabilities> = { ...row?.capabilities, ...prices, ...live, ...override };
  const hasOwnEndpoint = said.transcription === true || said.speech === true;
  const label = row?.label;
  return {
    ...(label === undefined ? {} : { label }),
    // A model said to transcribe or to speak, with nothing said about chat, has an endpoint of its own and no other.
    capabilities: { ...cautiousCapabilities, chat: !hasOwnEndpoint, ...said },
    chat: { ...plainTraits.chat, ...row?.chat },
    transcription: { ...plainTraits.transcription, ...row?.transcription },
    speech: { ...plainTraits.speech, ...row?.speech },
  };
}

/** Whether the vendor still answers for a model on this day. */
export function isAlive(capabilities: Capabilities, now: Date): boolean {
  return capabilities.endDate === undefined || isoDay(now) < capabilities.endDate;
}

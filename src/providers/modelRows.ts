import type { MediaFormatName } from '../core/media.js';
import { cautiousCapabilities, type Capabilities } from '../core/model.js';
import type { Prices } from '../core/usage.js';

/** How a model's chat endpoint differs from the plain one. */
export interface ChatTraits {
  readonly maxTokensField: 'max_completion_tokens' | 'max_tokens';
  /** Sent when nobody says how long the answer may be, where the server's own default would cut it short. */
  readonly defaultMaxTokens?: number;
  /** `bare`: the base64 alone, without a format beside it. */
  readonly audioBlock: 'object' | 'bare';
  /** What `input_audio` can name, whatever the model behind it could decode. */
  readonly audioFormats: readonly MediaFormatName[];
  /** Whether the usage of a streamed answer has to be asked for; some send it anyway and refuse the question. */
  readonly asksForUsage: boolean;
  /** Whether earlier spoken replies can be named by their id instead of being said again in text. */
  readonly keepsSpokenReplies: boolean;
  /** For spoken replies. */
  readonly defaultVoice: string;
}

/** How a model's transcription endpoint differs from the plain one. */
export interface TranscriptionTraits {
  /** `json`: base64 in a JSON body. `job`: handed in, and asked for until it is done. */
  readonly request: 'form' | 'json' | 'job';
  readonly languageField: 'language' | 'languages';
  readonly glossaryField: 'prompt' | 'keywords' | 'context_bias' | 'none';
  /** Answers word by word when asked to. */
  readonly streams: boolean;
  /** Tells the speakers apart. */
  readonly speakers: boolean;
  /** How times and speakers are asked for: by OpenAI's response formats, or by fields of their own. */
  readonly detail: 'response_format' | 'fields';
  /** How a form says a list: `name[]` for each item, or `name`. */
  readonly listFields: 'brackets' | 'bare';
  /** Whether times can be asked for when the language is given. */
  readonly timesWithLanguage: boolean;
}

export interface SpeechTraits {
  /** Empty: none is named, and the model takes its own. */
  readonly defaultVoice: string;
  readonly takesSpeed: boolean;
  /** Says how to speak: accent, emotion, pace. */
  readonly takesInstructions: boolean;
  readonly maxCharacters?: number;
  /** Where words on how to speak go, for wires that leave a choice; default in front of the text. */
  readonly instructionsIn?: 'text' | 'metadata';
  /** Hertz of the bare samples it can send, which play soonest; absent: it sends files only. */
  readonly pcmSampleRate?: number;
}

/** What a vendor or a row says about its endpoints; the rest is as `plainTraits` has it. */
export interface ModelTraits {
  readonly chat?: Partial<ChatTraits>;
  readonly transcription?: Partial<TranscriptionTraits>;
  readonly speech?: Partial<SpeechTraits>;
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
export interface ModelRow extends ModelTraits {
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
}

export const plainTraits: Pick<ModelFacts, 'chat' | 'transcription' | 'speech'> = {
  chat: {
    maxTokensField: 'max_tokens',
    audioBlock: 'object',
    audioFormats: ['wav', 'mp3'],
    asksForUsage: true,
    keepsSpokenReplies: false,
    defaultVoice: 'alloy',
  },
  transcription: {
    request: 'form',
    languageField: 'language',
    glossaryField: 'prompt',
    streams: false,
    speakers: false,
    detail: 'response_format',
    listFields: 'brackets',
    timesWithLanguage: true,
  },
  speech: { defaultVoice: 'alloy', takesSpeed: true, takesInstructions: false },
};

/** What a server said about one of its models. */
export interface ListedModel {
  readonly capabilities: Partial<Capabilities>;
  /** The model behind a name that the server gave it, by which rows are found. */
  readonly like?: string;
}

export interface Knowledge {
  readonly rows: readonly ModelRow[];
  /** Of the vendor, for every model. */
  readonly traits?: ModelTraits;
  readonly live?: ListedModel;
  /** Models that are said to hear where they do not. */
  readonly falselyHearing?: RegExp;
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
export function modelFacts(id: string, knowledge: Knowledge): ModelFacts {
  const { rows, traits, live, falselyHearing, override, now = new Date() } = knowledge;
  const row = (live?.like === undefined ? undefined : findRow(live.like, rows)) ?? findRow(id, rows);
  const later = row?.laterPrices;
  const isDeaf = falselyHearing?.test(live?.like ?? id) === true;
  const said: Partial<Capabilities> = {
    ...row?.capabilities,
    ...(later !== undefined && isoDay(now) >= later.from ? { prices: later.prices } : {}),
    ...live?.capabilities,
    ...(isDeaf ? { audioInput: false } : {}),
    ...override,
  };
  const hasOwnEndpoint = said.transcription === true || said.speech === true;
  const label = row?.label;
  const transcription = { ...plainTraits.transcription, ...traits?.transcription, ...row?.transcription };
  const tellsSpeakers = transcription.speakers && said.transcription === true ? { tellsSpeakers: true } : {};
  return {
    ...(label === undefined ? {} : { label }),
    // A model said to transcribe or to speak, with nothing said about chat, has an endpoint of its own and no other.
    capabilities: { ...cautiousCapabilities, chat: !hasOwnEndpoint, ...tellsSpeakers, ...said },
    chat: { ...plainTraits.chat, ...traits?.chat, ...row?.chat },
    transcription,
    speech: { ...plainTraits.speech, ...traits?.speech, ...row?.speech },
  };
}

/** Whether the vendor still answers for a model on this day. */
export function isAlive(capabilities: Capabilities, now: Date): boolean {
  return capabilities.endDate === undefined || isoDay(now) < capabilities.endDate;
}

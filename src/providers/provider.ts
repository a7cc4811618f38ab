import type { Task } from '../core/estimate.js';
import type { Message, ToolCall } from '../core/conversation.js';
import type { MediaFormatName } from '../core/media.js';
import type { Model } from '../core/model.js';
import type { Segment } from '../core/transcript.js';
import type { Usage } from '../core/usage.js';

/** Whether a provider can be used now, and if not, what is in the way. The picker and the doctor show it as it is. */
export type Readiness =
  | { readonly state: 'ready'; readonly detail: string }
  | { readonly state: 'missing-key'; readonly detail: string }
  | { readonly state: 'not-set-up'; readonly detail: string }
  | { readonly state: 'program-missing'; readonly detail: string }
  /** A server on this machine that nobody has set up, and that is not there. */
  | { readonly state: 'not-running'; readonly detail: string };

export interface AudioPiece {
  readonly bytes: Uint8Array;
  readonly format: MediaFormatName;
  /** File name for servers that go by its extension, such as `interview.wav`. */
  readonly fileName: string;
  readonly durationSeconds?: number;
}

export interface TranscriptionRequest {
  readonly model: string;
  readonly audio: AudioPiece;
  /** BCP 47; absent: let the model detect it. */
  readonly language?: string;
  /** Names and terms the recording is likely to hold. */
  readonly glossary?: readonly string[];
}

/** Times are on the piece's own clock. */
export type TranscriptionEvent =
  | { readonly type: 'segment'; readonly segment: Segment }
  /** Came without any times. */
  | { readonly type: 'text'; readonly text: string }
  /** What was said of this piece so far does not hold; it comes once more, and better. What it used is used. */
  | { readonly type: 'restart' }
  | { readonly type: 'language'; readonly language: string }
  | { readonly type: 'usage'; readonly usage: Usage };

/** A function that the model may ask for. */
export interface Tool {
  /** Letters, digits, underscores and hyphens, at most 64. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: JsonSchema;
}

export type JsonSchema = Readonly<Record<string, unknown>>;

export interface AnswerRequest {
  readonly model: string;
  /** What it is for, as the ledger has it. Default `answer`. */
  readonly task?: Task;
  readonly messages: readonly Message[];
  readonly maxOutputTokens?: number;
  /** Only for a model whose row says `tools`. */
  readonly tools?: readonly Tool[];
  /** Default `auto`. */
  readonly toolChoice?: 'auto' | 'required' | 'none';
  /** The text of the answer is to be JSON of this shape. Only for a model whose row says `structuredOutput`. */
  readonly jsonSchema?: { readonly name: string; readonly schema: JsonSchema };
  /** The answer is to be spoken as well as written. Only for a model whose row says `audioOutput`. */
  readonly spokenReply?: { readonly voice?: string };
}

export type AnswerEvent =
  | { readonly type: 'text'; readonly text: string }
  /** Whole: parts of a streamed call are put together first. */
  | { readonly type: 'tool-call'; readonly call: ToolCall }
  /** Sound of a spoken reply, in order: 16-bit little-endian PCM, mono. Its words come as `text`. */
  | { readonly type: 'audio'; readonly pcm: Uint8Array; readonly sampleRate: number }
  /** Under which name the vendor keeps the spoken reply, and how long. */
  | { readonly type: 'spoken'; readonly id: string; readonly expiresAtSeconds?: number }
  /** The recording is on its way to a store of the vendor's. */
  | { readonly type: 'upload'; readonly sentBytes: number; readonly totalBytes: number }
  /** What the user should know about this answer, in a sentence, such as that the model is about to end. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly finish: 'stop' | 'length' | 'filtered' | 'tool-calls' };

export interface SpeechRequest {
  readonly model: string;
  readonly text: string;
  readonly voice?: string;
  readonly language?: string;
  /** How to speak: accent, emotion, pace. Ignored by voices that take none. */
  readonly instructions?: string;
  /** 1 is the voice's own pace. */
  readonly speed?: number;
  /** Of the whole, where the provider gives a choice. Absent: whatever it can play soonest. */
  readonly format?: MediaFormatName;
}

export type SpeechEvent =
  /** A file of this format, in pieces that join. */
  | { readonly type: 'bytes'; readonly bytes: Uint8Array; readonly format: MediaFormatName }
  /** 16-bit little-endian PCM, mono; a speech is either this or `bytes` throughout. */
  | { readonly type: 'audio'; readonly pcm: Uint8Array; readonly sampleRate: number }
  | { readonly type: 'usage'; readonly usage: Usage };

/**
 * Somebody who answers: a vendor's service, a server, or programs on this machine.
 * Methods that a provider cannot do are absent. Every method throws EarshotError only.
 */
export interface Provider {
  /** The name in the settings, such as `openai` or `my-server`. */
  readonly name: string;
  readonly label: string;
  /** True when programs of this machine do the work: nothing leaves it, nothing is billed. A server on loopback may pass both on. */
  readonly isLocal: boolean;
  /** True for a server that may or may not be on this machine, and that the user has not asked for: `auto` goes on without it. */
  readonly isOptional?: boolean;
  /** Where its requests go; absent for programs of this machine. */
  readonly destination?: {
    readonly origin: string;
    readonly isLoopback: boolean;
    /** Plain http to another machine, which the user has to allow. */
    readonly isUnencrypted?: boolean;
  };
  /** What a key would be kept for; absent where no key is used. */
  readonly key?: { readonly origin: string; readonly required: boolean; readonly page?: string };
  /** @throws EarshotError `insecure-address` where the user has not allowed an address without encryption. */
  readiness(signal?: AbortSignal): Promise<Readiness>;
  /**
   * Models that can be chosen: from tables and settings and, where only the server knows them, from its own list.
   * @throws EarshotError why the server could not be asked (`missing-key`, `invalid-key`, `unreachable`, …), unless the user's
   * settings name models for it: these are given then. `cancelled` when aborted.
   */
  models(signal?: AbortSignal): Promise<readonly Model[]>;
  /** What `models` would give as far as it is known already: asks nobody, searches nothing, loads nothing. */
  knownModels(): readonly Model[];
  /** The row of one model, also of one that `models()` does not list. */
  model(id: string): Promise<Model>;
  transcribe?(request: TranscriptionRequest, signal: AbortSignal): AsyncIterable<TranscriptionEvent>;
  converse?(request: AnswerRequest, signal: AbortSignal): AsyncIterable<AnswerEvent>;
  /** Plays while it comes. Texts longer than the row's `maxCharacters` are the caller's to split. */
  speak?(request: SpeechRequest, signal: AbortSignal): AsyncIterable<SpeechEvent>;
  /** Asks the server whether it takes this key, without keeping it. Throws `invalid-key`, `unreachable`, … */
  checkKey?(key: string, signal: AbortSignal): Promise<void>;
}

/** Everything of the outside that a provider may touch. The host makes it; tests fake it. */
export interface ProviderContext {
  readonly fetch: typeof fetch;
  /** The key kept for this provider at this origin, or undefined. Never logged, never stored by a provider. */
  readonly getKey: (provider: string, origin: string) => Promise<string | undefined>;
  readonly programs: ProgramRunner;
  readonly log: (line: string) => void;
  /** Whether the user lets this provider's requests go to this origin as plain http. Absent: none may. */
  readonly allowsUnencrypted?: (provider: string, origin: string) => boolean;
  /** From now on this text never appears in the log: a secret that stands in the settings, or a part of one. */
  readonly addSecret: (secret: string) => void;
}

export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last few thousand characters. */
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Takes what the program writes as bytes, and `stdout` stays empty. The program waits while this does; what it throws ends it. */
  readonly onBytes?: (bytes: Uint8Array) => Promise<void>;
  /** For its standard input. */
  readonly input?: string;
}

/** Programs on the machine, started with an argument vector and never through a shell. */
export interface ProgramRunner {
  readonly platform: 'linux' | 'darwin' | 'win32' | 'other';
  readonly homeFolder: string;
  /** The absolute path of the first of these names found on PATH (or given as an absolute path), or undefined. */
  find(names: readonly string[]): Promise<string | undefined>;
  /** Absolute paths of the files in a folder whose name ends so; empty when there is no such folder. */
  list(folder: string, suffix: string): Promise<readonly string[]>;
  /**
   * @throws EarshotError `program-missing` when it cannot be started, `program-failed` when it writes without end, `cancelled` when aborted (the program is ended first).
   */
  run(program: string, programArguments: readonly string[], options: ProgramOptions): Promise<ProgramRun>;
  /** Gives a private folder to work in and removes it afterwards. */
  withFolder<T>(work: (folder: WorkFolder) => Promise<T>): Promise<T>;
}

export interface WorkFolder {
  /** Absolute path of a file in the folder. */
  path(fileName: string): string;
  write(fileName: string, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is no such file. */
  read(fileName: string): Promise<Uint8Array | undefined>;
}

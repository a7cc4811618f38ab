import type { Message } from '../core/conversation.js';
import type { MediaFormatName } from '../core/media.js';
import type { Model } from '../core/model.js';
import type { Segment } from '../core/transcript.js';
import type { Usage } from '../core/usage.js';

/** Whether a provider can be used now, and if not, what is in the way. The picker and the doctor show it as it is. */
export type Readiness =
  | { readonly state: 'ready'; readonly detail: string }
  | { readonly state: 'missing-key'; readonly detail: string }
  | { readonly state: 'not-set-up'; readonly detail: string }
  | { readonly state: 'program-missing'; readonly detail: string };

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

/** Times are on the piece's own clock. A segment without times covers text that came without any. */
export type TranscriptionEvent =
  | { readonly type: 'segment'; readonly segment: Segment }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'language'; readonly language: string }
  | { readonly type: 'usage'; readonly usage: Usage };

export interface AnswerRequest {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly maxOutputTokens?: number;
}

export type AnswerEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'finish'; readonly finish: 'stop' | 'length' | 'filtered' | 'tool-calls' };

export interface SpeechRequest {
  readonly model: string;
  readonly text: string;
  readonly voice?: string;
  readonly language?: string;
  /** 1 is the voice's own pace. */
  readonly speed?: number;
}

export interface SpeechAnswer {
  readonly bytes: Uint8Array;
  readonly format: MediaFormatName;
  readonly usage: Usage;
}

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
  /** What a key would be kept for; absent where no key is used. */
  readonly key?: { readonly origin: string; readonly required: boolean; readonly page?: string };
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
  speak?(request: SpeechRequest, signal: AbortSignal): Promise<SpeechAnswer>;
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
  /** From now on this text never appears in the log: a secret that stands in the settings, or a part of one. */
  readonly addSecret: (secret: string) => void;
}

export interface ProgramRun {
  readonly exitCode: number;
  readonly stdout: string;
  /** The last few thousand characters. */
  readonly stderr: string;
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
  run(
    program: string,
    programArguments: readonly string[],
    options: { readonly signal: AbortSignal; readonly onLine?: (line: string) => void; readonly input?: string },
  ): Promise<ProgramRun>;
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

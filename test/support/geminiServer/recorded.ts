import type { Json } from '../openaiServer/json.ts';
import type { Outcome, Problem, ReceivedAudio } from '../openaiServer/recorded.ts';
import type { Sniffed } from '../openaiServer/sniff.ts';

export type { Problem };

export type HeardAudio = Omit<ReceivedAudio, 'format'> & { readonly format: Sniffed };

export interface GeminiRequest {
  readonly index: number;
  readonly method: string;
  /** Of a piece of an upload, with `#piece` at its end. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly json: Json | undefined;
  /** Every clip that could be decoded, in its order. */
  readonly audio: readonly HeardAudio[];
  readonly status: number | undefined;
  readonly outcome: Outcome;
}

export type OpenRequest = { -readonly [Name in keyof GeminiRequest]: GeminiRequest[Name] } & { audio: HeardAudio[] };

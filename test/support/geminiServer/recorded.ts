import type { Json } from '../openaiServer/json.ts';
import type { Outcome, Problem, ReceivedAudio } from '../openaiServer/recorded.ts';

export type { Problem };

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
  readonly audio: readonly ReceivedAudio[];
  readonly status: number | undefined;
  readonly outcome: Outcome;
}

export type OpenRequest = { -readonly [Name in keyof GeminiRequest]: GeminiRequest[Name] } & { audio: ReceivedAudio[] };

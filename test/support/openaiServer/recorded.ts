import type { Json } from './json.ts';
import type { Form } from './multipart.ts';
import type { AudioFormat } from './sniff.ts';
import type { Rule } from './wireError.ts';

/** Audio as the server received it, decoded. */
export interface ReceivedAudio {
  readonly format: AudioFormat;
  readonly bytes: Uint8Array;
  readonly sampleRate: number;
  readonly channels: number;
  readonly durationSeconds: number;
  /** All channels mixed to one. */
  readonly samples: Float32Array;
  readonly channelSamples: readonly Float32Array[];
}

/** `answered`: with the true answer or a refusal. `failed`: as the test ordered. `aborted`: the client went away first. */
export type Outcome = 'pending' | 'answered' | 'failed' | 'aborted';

export interface RecordedRequest {
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body of a JSON request. */
  readonly json: Json | undefined;
  /** The parts of a multipart request. */
  readonly form: Form | undefined;
  /** Every clip in the request, in its order. */
  readonly audio: readonly ReceivedAudio[];
  /** Status of the answer, once there is one. */
  readonly status: number | undefined;
  readonly outcome: Outcome;
  /** Milliseconds since the epoch. */
  readonly receivedAt: number;
}

/** A request while it is being worked on. */
export type OpenRequest = { -readonly [Name in keyof RecordedRequest]: RecordedRequest[Name] } & {
  audio: ReceivedAudio[];
};

/** Something a right client never sends. */
export interface Problem {
  readonly requestIndex: number;
  readonly method: string;
  readonly path: string;
  readonly rule: Rule;
  readonly message: string;
}

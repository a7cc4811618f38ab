import type { Endpoint } from './bench.ts';
import type { ErrorBody } from './errorBodies.ts';
import type { AudioFormat } from './sniff.ts';

/** How a server that speaks OpenAI's wire differs from OpenAI's own: strict about it, as the real one is. */
export interface VendorRules {
  /** What its API lies under. */
  readonly prefix: string;
  readonly keyHeader?: 'api-key';
  /** An address for each model, and a version that has to be named. */
  readonly deployments?: true;
  /** All that a chat request may hold. Absent: what OpenAI knows. */
  readonly chatFields?: ReadonlySet<string>;
  /** `bare`: `input_audio` is the base64 itself. */
  readonly audioBlock?: 'bare';
  /** What `input_audio.format` may name, and what the bytes then have to be. */
  readonly chatFormats?: Readonly<Record<string, AudioFormat>>;
  /** Tokens that an answer gets when nobody says how many. */
  readonly defaultMaxTokens?: number;
  /** The usage of a stream comes without being asked for. */
  readonly alwaysUsage?: true;
  /** Its own form of a refusal. */
  readonly shape: (error: ErrorBody) => ErrorBody;
  /** Paths that everybody may read, with or without a key. */
  readonly open?: readonly string[];
  /** Endpoints of its own, by method and whole path; instead of OpenAI's where both have one. */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** OpenAI's endpoints that it does not have, by their path under the prefix. */
  readonly lacks?: readonly string[];
}

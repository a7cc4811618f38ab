/**
 * The one error of Earshot. A reason says whose turn it is; the message says what happened in the user's words.
 * Texts of vendors go after ours, trimmed; status codes and bodies go into `detail`, which only the log sees.
 */

/** Who has to do something before the same request can succeed. */
export type Turn = 'user' | 'wait' | 'vendor' | 'nobody' | 'us';

/** The button that takes the user to the next step. */
export type ErrorAction =
  'set-key' | 'select-model' | 'open-settings' | 'allow-address' | 'retry' | 'show-log' | 'none';

export interface ErrorPolicy {
  readonly turn: Turn;
  /** Whether the very same request may be sent again without a change by anyone. */
  readonly retry: boolean;
  readonly action: ErrorAction;
}

export const errorPolicy = {
  'missing-key': { turn: 'user', retry: false, action: 'set-key' },
  'invalid-key': { turn: 'user', retry: false, action: 'set-key' },
  forbidden: { turn: 'user', retry: false, action: 'select-model' },
  'quota-exhausted': { turn: 'user', retry: false, action: 'select-model' },
  'no-model': { turn: 'user', retry: false, action: 'select-model' },
  'model-not-found': { turn: 'user', retry: false, action: 'select-model' },
  'model-lacks-capability': { turn: 'user', retry: false, action: 'select-model' },
  'invalid-settings': { turn: 'user', retry: false, action: 'open-settings' },
  'unsupported-media': { turn: 'user', retry: false, action: 'none' },
  'clip-too-large': { turn: 'user', retry: false, action: 'select-model' },
  'clip-too-long': { turn: 'user', retry: false, action: 'select-model' },
  'clip-unreadable': { turn: 'user', retry: false, action: 'retry' },
  'clip-empty': { turn: 'user', retry: false, action: 'none' },
  'clip-silent': { turn: 'user', retry: false, action: 'none' },
  'no-clip': { turn: 'user', retry: false, action: 'none' },
  'images-with-audio': { turn: 'user', retry: false, action: 'none' },
  'invalid-argument': { turn: 'user', retry: false, action: 'none' },
  'invalid-schema': { turn: 'user', retry: false, action: 'none' },
  'transcript-unreadable': { turn: 'user', retry: false, action: 'none' },
  'target-unwritable': { turn: 'user', retry: false, action: 'retry' },
  'program-missing': { turn: 'user', retry: false, action: 'select-model' },
  'program-failed': { turn: 'user', retry: false, action: 'show-log' },
  'local-only': { turn: 'user', retry: false, action: 'open-settings' },
  'consent-needed': { turn: 'user', retry: false, action: 'open-settings' },
  'over-budget': { turn: 'user', retry: false, action: 'open-settings' },
  'insecure-address': { turn: 'user', retry: false, action: 'allow-address' },
  'request-rejected': { turn: 'user', retry: false, action: 'show-log' },
  'rate-limited': { turn: 'wait', retry: true, action: 'retry' },
  overloaded: { turn: 'wait', retry: true, action: 'retry' },
  unreachable: { turn: 'wait', retry: true, action: 'retry' },
  timeout: { turn: 'wait', retry: true, action: 'retry' },
  'vendor-failure': { turn: 'wait', retry: true, action: 'retry' },
  'answer-cut-off': { turn: 'vendor', retry: true, action: 'retry' },
  'malformed-response': { turn: 'vendor', retry: false, action: 'show-log' },
  'no-speech': { turn: 'user', retry: false, action: 'none' },
  refused: { turn: 'vendor', retry: false, action: 'none' },
  cancelled: { turn: 'nobody', retry: false, action: 'none' },
  bug: { turn: 'us', retry: false, action: 'show-log' },
} as const satisfies Record<string, ErrorPolicy>;

export type ErrorReason = keyof typeof errorPolicy;

export interface ErrorContext {
  /** Name of the configured provider concerned, so that the button can act on it. */
  readonly provider?: string;
  /** The setting that is wrong, so that the button can open it. */
  readonly setting?: string;
  /** How long the other side asked us to wait. */
  readonly retryAfterSeconds?: number;
  /** Status, body, stack: for the log, never for the user. May hold other people's text; is redacted before it is logged. */
  readonly detail?: string;
  readonly cause?: unknown;
}

export class EarshotError extends Error {
  readonly reason: ErrorReason;
  readonly provider: string | undefined;
  readonly setting: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly detail: string | undefined;

  /** @param message Whole sentences: what is concerned (file, provider), why it failed, and the next step. */
  constructor(reason: ErrorReason, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = 'EarshotError';
    this.reason = reason;
    this.provider = context.provider;
    this.setting = context.setting;
    this.retryAfterSeconds = context.retryAfterSeconds;
    this.detail = context.detail;
  }
}

export function isCancelled(error: unknown): boolean {
  return error instanceof EarshotError && error.reason === 'cancelled';
}

export function cancelled(): EarshotError {
  return new EarshotError('cancelled', 'Cancelled.');
}

/** Only the two properties that a layer without any platform may know of an AbortSignal. */
export interface Abortable {
  readonly aborted: boolean;
}

/** Throws the `cancelled` error when the signal has been aborted. */
export function throwIfCancelled(signal: Abortable | undefined): void {
  if (signal?.aborted === true) throw cancelled();
}

/** Whatever was thrown, as an EarshotError: an unknown error is ours to mend (`bug`), with its stack kept for the log. */
export function toEarshotError(error: unknown): EarshotError {
  if (error instanceof EarshotError) return error;
  if (error instanceof Error) {
    if (error.name === 'AbortError') return cancelled();
    return new EarshotError('bug', `Earshot ran into an error of its own: ${error.message}`, {
      cause: error,
      ...(error.stack === undefined ? {} : { detail: error.stack }),
    });
  }
  return new EarshotError('bug', `Earshot ran into an error of its own: ${String(error)}`, { cause: error });
}

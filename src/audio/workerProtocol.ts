import type { Probe } from '../core/clip.js';
import { EarshotError, toEarshotError } from '../core/errors.js';
import type { ErrorContext, ErrorReason } from '../core/errors.js';
import type { SoundAnalysis } from './analyse/analyseSound.js';
import type { Delivery } from './delivery.js';
import type { AnalyseOptions, AudioSource, Piece, PrepareOptions } from './engine.js';

/** What crosses between the extension host and the audio worker. Every ask is settled by exactly one answer. */
export type AudioAsk =
  | { readonly type: 'probe'; readonly id: number; readonly source: AudioSource }
  | { readonly type: 'sha256'; readonly id: number; readonly source: AudioSource }
  | { readonly type: 'plan'; readonly id: number; readonly source: AudioSource; readonly options: PrepareOptions }
  | { readonly type: 'analyse'; readonly id: number; readonly source: AudioSource; readonly options: AnalyseOptions }
  | { readonly type: 'isSilent'; readonly id: number; readonly source: AudioSource; readonly options: AnalyseOptions }
  | { readonly type: 'prepare'; readonly id: number; readonly source: AudioSource; readonly options: PrepareOptions }
  /** For the next piece of a `prepare`: none is made before it is asked for. */
  | { readonly type: 'next'; readonly id: number }
  /** Ends a call early. Has no answer of its own. */
  | { readonly type: 'cancel'; readonly id: number }
  /** Asks for a sign of life, which is a `pong` with the same id. */
  | { readonly type: 'ping'; readonly id: number };

export type AudioAnswer =
  | { readonly type: 'probe'; readonly id: number; readonly probe: Probe }
  | { readonly type: 'sha256'; readonly id: number; readonly sha256: string }
  | { readonly type: 'plan'; readonly id: number; readonly plan: Delivery }
  /** The wave form is handed over, not copied. */
  | { readonly type: 'analyse'; readonly id: number; readonly analysis: SoundAnalysis }
  | { readonly type: 'isSilent'; readonly id: number; readonly isSilent: boolean }
  /** The bytes are handed over, not copied. */
  | { readonly type: 'piece'; readonly id: number; readonly piece: Piece }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'error'; readonly id: number; readonly error: SerializedError }
  | { readonly type: 'pong'; readonly id: number };

/** An EarshotError without its cause: the stack is in `detail` where it matters. */
export interface SerializedError {
  readonly reason: ErrorReason;
  readonly message: string;
  readonly detail?: string;
}

export function serializeError(error: EarshotError): SerializedError {
  const { reason, message, detail } = error;
  return { reason, message, ...(detail === undefined ? {} : { detail }) };
}

export function deserializeError({ reason, message, detail }: SerializedError): EarshotError {
  return new EarshotError(reason, message, detail === undefined ? {} : { detail });
}

export function outOfMemory(context: ErrorContext): EarshotError {
  return new EarshotError(
    'clip-unreadable',
    'Reading the recording took more memory than there is. Close other programs, or try a shorter recording.',
    context,
  );
}

/** V8 has no error of its own for a buffer that cannot be had. */
export function describeFailure(error: unknown): EarshotError {
  const isOutOfMemory = error instanceof RangeError && error.message.includes('allocation failed');
  return isOutOfMemory ? outOfMemory({ cause: error, detail: error.message }) : toEarshotError(error);
}

/** The end of a channel that a worker has: a `MessagePort` of Node or of the web behind two functions. */
export interface AudioPort {
  postMessage(answer: AudioAnswer, transfer: readonly ArrayBuffer[]): void;
  onMessage(listener: (ask: AudioAsk) => void): void;
}

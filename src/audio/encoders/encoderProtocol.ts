import type { SerializedError } from '../workerProtocol.js';
import type { Encoding } from './soundEncoder.js';

/** What crosses between the thread that decodes and the one that encodes. `id` tells apart recordings side by side. */
export type EncoderAsk =
  | { readonly type: 'open'; readonly id: number; readonly encoding: Encoding }
  /** The first so many of the samples, whose memory is handed over, not copied. */
  | {
      readonly type: 'encode';
      readonly id: number;
      readonly samples: Float32Array<ArrayBuffer>;
      readonly sampleCount: number;
    }
  | { readonly type: 'finish'; readonly id: number }
  /** What waits to be encoded is dropped. Has no answer. */
  | { readonly type: 'close'; readonly id: number };

export type EncoderAnswer =
  /** So many samples have been encoded; their memory is handed back, to be used again. */
  | {
      readonly type: 'encoded';
      readonly id: number;
      readonly samples: Float32Array<ArrayBuffer>;
      readonly sampleCount: number;
    }
  | { readonly type: 'file'; readonly id: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** Nothing more comes for this id. */
  | { readonly type: 'error'; readonly id: number; readonly error: SerializedError };

/** The end of the channel that the encoding thread has. */
export interface EncoderServerPort {
  postMessage(answer: EncoderAnswer, transfer: readonly ArrayBuffer[]): void;
  onMessage(listener: (ask: EncoderAsk) => void): void;
}

/** The end of the channel that the decoding thread has. */
export interface EncoderClientPort {
  postMessage(ask: EncoderAsk, transfer: readonly ArrayBuffer[]): void;
  onMessage(listener: (answer: EncoderAnswer) => void): void;
  /** Called once when the thread has ended by itself. */
  onEnd(listener: (error: unknown) => void): void;
}

import type { Probe, TimeRange } from '../core/clip.js';
import type { MediaFormatName } from '../core/media.js';
import type { PcmProblem } from './pcmReader.js';

/** A recording by the way the engine can reach it: by path in the engine's own thread, or as bytes handed over. */
export type AudioSource =
  | { readonly kind: 'file'; readonly name: string; readonly path: string }
  | { readonly kind: 'bytes'; readonly name: string; readonly bytes: Uint8Array };

export interface PrepareOptions {
  /** What the receiver takes, best first. */
  readonly formats: readonly MediaFormatName[];
  /** Hard limit for one piece, in bytes as `bytesCountAs` says. */
  readonly maxBytes?: number;
  /** `base64` where the limit is for what is sent, a third larger. Default `raw`. */
  readonly bytesCountAs?: 'raw' | 'base64';
  /** Hard limit for one piece. */
  readonly maxSeconds?: number;
  /** Only this part of the recording; times of pieces stay on the recording's own clock. */
  readonly range?: TimeRange;
  /** True when only 16 kHz mono PCM16 WAV will do, as for most speech programs. */
  readonly speechWav?: boolean;
  /** One channel by its number, as for calls with one speaker a side; absent: all mixed together. */
  readonly channel?: number;
}

/** A part of the recording, packed so that the receiver takes it. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly format: MediaFormatName;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** What was passed over or lost in this piece. With `isEnd`, nothing after it could be read: the whole is partial. */
  readonly problems?: readonly PcmProblem[];
}

export interface AudioEngine {
  /**
   * Looks at as little of the recording as will do.
   * @throws EarshotError `unsupported-media` naming what was found, `clip-empty`, `clip-unreadable`.
   */
  probe(source: AudioSource, signal?: AbortSignal): Promise<Probe>;
  /**
   * Yields the recording, each piece as soon as it is ready, in order and without gaps.
   * @throws EarshotError `unsupported-media` when it cannot become any of the formats, `clip-too-large`, `clip-unreadable`, `cancelled`.
   */
  prepare(source: AudioSource, options: PrepareOptions, signal?: AbortSignal): AsyncIterable<Piece>;
  /** Lower-case hex. */
  sha256(source: AudioSource, signal?: AbortSignal): Promise<string>;
}

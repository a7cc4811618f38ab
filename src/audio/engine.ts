import type { Probe, TimeRange } from '../core/clip.js';
import type { MediaFormatName } from '../core/media.js';
import type { SoundAnalysis } from './analyse/analyseSound.js';
import type { Delivery } from './delivery.js';
import type { PcmProblem } from './pcmReader.js';
import type { UrlAddress } from './url/urlRequest.js';

/** A recording by the way the engine can reach it: by path in the engine's own thread, as bytes handed over, or on a web server. */
export type AudioSource =
  | { readonly kind: 'file'; readonly name: string; readonly path: string }
  | { readonly kind: 'bytes'; readonly name: string; readonly bytes: Uint8Array }
  | ({ readonly kind: 'url' } & UrlAddress);

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
  /** WAV of another shape than 16 kHz mono, for who wants it. Nothing else is made then, so `formats` must have WAV. */
  readonly wav?: WavShape;
  /** One channel by its number, as for calls with one speaker a side; absent: all mixed together. */
  readonly channel?: number;
  /**
   * True for a player, which has no other wishes than where `range` starts: fragments of MP4 with FLAC, as many as are
   * asked for, the first of them short.
   */
  readonly playback?: boolean;
}

export interface WavShape {
  /** Hz, 4000 to 384000, or that of the recording. Default 16000. */
  readonly sampleRate?: number | 'native';
  /** True to keep the channels of the recording apart; else they are mixed to one. */
  readonly keepChannels?: boolean;
}

export interface AnalyseOptions {
  /** Only this part; times stay on the recording's own clock. */
  readonly range?: TimeRange;
  /** One channel by its number; absent: all of them. */
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
   * How `prepare` would go about the same options, with the reason in words, without reading the sound. What cannot be
   * delivered is a plan that says `refuse`.
   * @throws EarshotError as `probe` does.
   */
  plan(source: AudioSource, options: PrepareOptions, signal?: AbortSignal): Promise<Delivery>;
  /**
   * Listens to all of it: speech and silence, the wave form, loudness, clipping. Reads an hour at the speed of decoding.
   * @throws EarshotError `unsupported-media` also for a channel that it does not have, `clip-unreadable`, `cancelled`.
   */
  analyse(source: AudioSource, options?: AnalyseOptions, signal?: AbortSignal): Promise<SoundAnalysis>;
  /**
   * Whether there is nothing to transcribe in it. Stops at the first sound, so that only silence costs time. What cannot
   * be decoded is not known to be silent: false.
   */
  isSilent(source: AudioSource, options?: AnalyseOptions, signal?: AbortSignal): Promise<boolean>;
  /**
   * Yields the recording, each piece as soon as it is ready, in order and without gaps.
   * @throws EarshotError `unsupported-media` when it cannot become any of the formats, `clip-too-large`, `clip-unreadable`, `cancelled`.
   */
  prepare(source: AudioSource, options: PrepareOptions, signal?: AbortSignal): AsyncIterable<Piece>;
  /** Lower-case hex. */
  sha256(source: AudioSource, signal?: AbortSignal): Promise<string>;
}

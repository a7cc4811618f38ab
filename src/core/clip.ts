import type { MediaFormatName } from './media.js';

/** Half-open range on a clip's own clock. */
export interface TimeRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What a look at the beginning of a file tells. Absent: not known without reading everything. */
export interface Probe {
  readonly container: MediaFormatName;
  /** Such as `pcm-s16`, `pcm-f32`, `mp3`. */
  readonly codec: string;
  readonly byteLength: number;
  readonly durationSeconds?: number;
  /** True where only decoding everything would tell exactly. */
  readonly durationIsEstimate?: boolean;
  /** True when the file ends before the sound that its header promises; the duration is that of what is there. */
  readonly isTruncated?: boolean;
  /** Hz. */
  readonly sampleRate?: number;
  readonly channels?: number;
  readonly bitsPerSample?: number;
}

/** Audio the user points at, whatever it is stored on. */
export interface Clip {
  /** Where it is, as a Uri string of any scheme. */
  readonly uri: string;
  /** For people: the file's name without its folder. */
  readonly name: string;
  readonly probe: Probe;
  /** Set when the file name promises another format than the bytes hold. */
  readonly nameContradicts?: MediaFormatName;
}

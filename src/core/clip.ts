import type { MediaFormatName } from './media.js';

/** Half-open range on a clip's own clock. */
export interface TimeRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** What a recording says of itself in words, as it was written. */
export interface ClipTags {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  /** As precise as it is known: `2026`, `2026-11-21`. */
  readonly date?: string;
  readonly comment?: string;
  /** Of what is spoken: a code of two or three letters, or a word. */
  readonly language?: string;
}

export interface Chapter {
  readonly startSeconds: number;
  /** May be empty. */
  readonly title: string;
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
  readonly tags?: ClipTags;
  /** In the order of time. */
  readonly chapters?: readonly Chapter[];
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

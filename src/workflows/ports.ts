import type { AudioEngine, AudioSource } from '../audio/engine.js';
import type { Segment } from '../core/transcript.js';
import type { Gate } from './gate.js';

/** A recording that somebody pointed at, opened but not yet read. */
export interface OpenClip {
  /** Where it is, as a Uri string of any scheme. */
  readonly uri: string;
  /** For people: the file's name without its folder. */
  readonly name: string;
  readonly source: AudioSource;
}

/** Transcripts that already exist, so that nobody pays for one twice. */
export interface TranscriptShelf {
  /** Segments of a whole transcript of exactly these bytes, or undefined. */
  find(clip: OpenClip, sha256: string): Promise<readonly Segment[] | undefined>;
  keep(clip: OpenClip, sha256: string, segments: readonly Segment[]): Promise<void>;
}

/** What the verbs need of the outside. The host implements it, tests fake it. */
export interface WorkflowPorts {
  readonly engine: AudioEngine;
  readonly now: () => Date;
  /** Asked once for a whole piece of work before anything of it is sent; see `Gate`. */
  readonly permit: Gate['permit'];
}

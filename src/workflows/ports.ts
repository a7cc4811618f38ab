import type { AudioEngine, AudioSource } from '../audio/engine.js';
import type { TimeRange } from '../core/clip.js';
import type { Doubt } from '../core/doubts.js';
import type { Segment } from '../core/transcript.js';
import type { Usage } from '../core/usage.js';
import type { Provider } from '../providers/provider.js';
import type { Gate } from './gate.js';
import type { RequestLimit } from './requestLimits.js';

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

/** What one part of a recording came to. Times are on the recording's clock. */
export interface FinishedPart extends TimeRange {
  /** Empty where nothing was said. */
  readonly segments: readonly Segment[];
  readonly usage: Usage;
  /** As detected; BCP 47. */
  readonly language?: string;
  /** What in it is hardly the truth, after it was asked for once more. */
  readonly doubts?: readonly Doubt[];
}

/** All of a recording is there. */
export interface FinishedJob {
  /** Those of the parts that make up the transcript, in order. */
  readonly parts: readonly TimeRange[];
  readonly warnings: readonly string[];
  /** Where the readable sound ends before the recording does. */
  readonly completeUntilSeconds?: number;
}

/** What is known of one transcription, also from a time when the window was closed in the middle of it. */
export interface JobJournal {
  /** When it was begun the first time; ISO 8601, UTC. */
  readonly startedAt: string;
  readonly parts: readonly FinishedPart[];
  readonly finished: FinishedJob | undefined;
  /** Resolves when it is safe from the end of this process. */
  readonly addPart: (part: FinishedPart) => Promise<void>;
  readonly finish: (job: FinishedJob) => Promise<void>;
  /** Forgets all of it, also what was added. */
  readonly forget: () => Promise<void>;
  /** Must be called once nothing more is added; room for others is made from now on. */
  readonly close: () => Promise<void>;
}

export interface JobJournals {
  /** @param key everything that the text of a part depends on; equal keys, equal text */
  readonly open: (key: string, now: Date) => Promise<JobJournal>;
}

/** What the verbs need of the outside. The host implements it, tests fake it. */
export interface WorkflowPorts {
  readonly engine: AudioEngine;
  readonly now: () => Date;
  /** Asked once for a whole piece of work before anything of it is sent; see `Gate`. */
  readonly permit: Gate['permit'];
  /** Absent: nothing is kept, and every transcription begins at its beginning. */
  readonly journals?: JobJournals;
  /** How many requests a provider gets at once, whoever asks. Absent: one for each recording. */
  readonly requestLimit?: (provider: Provider) => RequestLimit;
}

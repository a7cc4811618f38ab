import type { Chapter } from './clip.js';
import type { Usage } from './usage.js';

export interface Word {
  readonly text: string;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** 0 to 1, when the recogniser says how sure it is. */
  readonly confidence?: number;
}

/** The smallest timed text with one speaker. */
export interface Segment {
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** May hold line breaks, never an empty line. */
  readonly text: string;
  readonly speaker?: string;
  readonly words?: readonly Word[];
  /** The words are somewhere between these times; nobody said where. */
  readonly hasEstimatedTimes?: boolean;
}

/** Where a transcript comes from; enough to tell whether it is still the transcript of this recording. */
export interface Provenance {
  readonly sourceName: string;
  /** Lower-case hex of the recording's bytes. */
  readonly sourceSha256: string;
  readonly durationSeconds?: number;
  /** Those that the recording itself names, in the order of time. */
  readonly chapters?: readonly Chapter[];
  /** `provider:model`. */
  readonly model: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** As asked for or detected; BCP 47. */
  readonly language?: string;
  readonly usage?: Usage;
  /** Set where times of segments are estimated, because the model gave none that can be right. */
  readonly estimatedTimes?: 'all' | 'some';
  /** Set where each channel was transcribed by itself and stands for a speaker. */
  readonly speakersFrom?: 'channels';
  /** Set when the work stopped early: everything before this time is there, nothing after. */
  readonly completeUntilSeconds?: number;
}

/** Everything said in one clip. */
export interface Transcript {
  readonly segments: readonly Segment[];
  readonly provenance: Provenance;
}

/** The words alone, one segment a line, speakers in front where they change. */
export function transcriptText(segments: readonly Segment[]): string {
  const lines: string[] = [];
  let speaker: string | undefined;
  for (const segment of segments) {
    const text = segment.text.replaceAll('\n', ' ');
    lines.push(segment.speaker !== undefined && segment.speaker !== speaker ? `${segment.speaker}: ${text}` : text);
    speaker = segment.speaker;
  }
  return lines.join('\n');
}

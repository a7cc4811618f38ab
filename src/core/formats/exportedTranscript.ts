import type { Segment } from '../transcript.js';

/** Where a transcript comes from, as far as its file says so. */
export interface TranscriptOrigin {
  readonly sourceName?: string;
  /** Lower-case hex. */
  readonly sourceSha256?: string;
  readonly durationSeconds?: number;
  /** `provider:model`. */
  readonly model?: string;
  /** BCP 47. */
  readonly language?: string;
  /** ISO 8601, UTC. */
  readonly createdAt?: string;
  /** Set when the work stopped early. */
  readonly completeUntilSeconds?: number;
}

/** A transcript that was read from a file and is about to become another one. */
export interface ExportedTranscript {
  /** Name of the file that it was read from, without extension. */
  readonly name: string;
  readonly segments: readonly Segment[];
  /** Texts of the NOTE blocks in front of the first cue. */
  readonly notes: readonly string[];
  readonly origin: TranscriptOrigin;
}

/** Makes the address that plays the recording from a time on. */
export type TimeLink = (seconds: number) => string;

/** Seconds to the millisecond, without the noise of binary fractions: `12.5`. */
export const toMilliseconds = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** A transcript's text on one line. */
export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

function secondsOf(timecode: string | undefined): number | undefined {
  if (timecode === undefined || !/^\d+:\d{2}:\d{2}(\.\d+)?$/.test(timecode)) return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = timecode.split(':').map(Number);
  return toMilliseconds(hours * 3600 + minutes * 60 + seconds);
}

/** Reads back what stands in the NOTE of a transcript that Earshot wrote. */
export function originOf(notes: readonly string[]): TranscriptOrigin {
  const note = notes.find((candidate) => /^source: /m.test(candidate)) ?? '';
  const field = (key: string): string | undefined => new RegExp(`^${key}: (.*)$`, 'm').exec(note)?.[1]?.trim();
  const found = {
    sourceName: field('source'),
    sourceSha256: field('source-sha256'),
    durationSeconds: secondsOf(field('duration')),
    model: field('model'),
    language: field('language'),
    createdAt: field('date'),
    completeUntilSeconds: secondsOf(field('partial')?.replace('stopped at ', '')),
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined));
}

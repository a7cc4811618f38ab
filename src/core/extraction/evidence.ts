import type { TimeRange } from '../clip.js';
import { formatDuration } from '../timecode.js';
import { isJsonObject } from './json.js';
import { formatPointer, parsePointer, valueAt } from './jsonPointer.js';

/** Where a field of the data is said. */
export interface Evidence extends TimeRange {
  /** JSON Pointer into the data. */
  readonly pointer: string;
  /** Which of the recordings, from 0. */
  readonly clipIndex: number;
}

export interface EvidenceClip {
  readonly name: string;
  /** Absent: not known, and not checked. */
  readonly durationSeconds?: number;
}

export interface CheckedEvidence {
  readonly evidence: readonly Evidence[];
  /** Whole sentences, one for each that was dropped for a reason that a user should know. */
  readonly warnings: readonly string[];
}

/** Clocks of models are coarse. */
const toleranceSeconds = 1;
/** A moment without length is shown as so long. */
const momentSeconds = 1;

const secondsOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/**
 * Keeps what can be true: the field is in the data and the time is in the recording. Whether anything is to be heard there is
 * for the caller to find out.
 */
export function checkEvidence(given: unknown, value: unknown, clips: readonly EvidenceClip[]): CheckedEvidence {
  const evidence: Evidence[] = [];
  const warnings: string[] = [];
  const seen = new Set<string>();
  for (const item of Array.isArray(given) ? given : []) {
    if (!isJsonObject(item)) continue;
    const path = typeof item['pointer'] === 'string' ? parsePointer(item['pointer']) : undefined;
    // Some point from the whole answer, of which the data is a part.
    const inner = path?.[0] === 'data' && valueAt(value, path) === undefined ? path.slice(1) : path;
    if (inner === undefined || valueAt(value, inner) === undefined) continue;
    const pointer = formatPointer(inner);
    const clipIndex = clips.length > 1 ? Number(item['recording']) - 1 : 0;
    const clip = clips[clipIndex];
    const start = secondsOf(item['startSeconds']);
    const end = secondsOf(item['endSeconds']);
    if (clip === undefined || start === undefined || end === undefined || end < start) {
      warnings.push(`The place of ${pointer} is none: ${JSON.stringify(item)}. It was left out.`);
      continue;
    }
    const { durationSeconds = Infinity, name } = clip;
    if (start >= durationSeconds || end > durationSeconds + toleranceSeconds) {
      warnings.push(
        `${pointer} is said to be at ${formatDuration(start)}–${formatDuration(end)} of ${name}, which has only ${formatDuration(durationSeconds)}. This place was left out.`,
      );
      continue;
    }
    const endSeconds = Math.min(durationSeconds, end === start ? end + momentSeconds : end);
    const key = [pointer, clipIndex, start, endSeconds].join(' ');
    if (!seen.has(key)) evidence.push({ pointer, clipIndex, startSeconds: start, endSeconds });
    seen.add(key);
  }
  return { evidence, warnings };
}

import type { FinishedJob, FinishedPart } from '../workflows/ports.js';

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTimed(value: unknown): value is Fields {
  return isFields(value) && Number.isFinite(value['startSeconds']) && Number.isFinite(value['endSeconds']);
}

function isOptional(value: unknown, type: 'string' | 'number' | 'boolean'): boolean {
  return value === undefined || typeof value === type;
}

function isSegment(value: unknown): boolean {
  return (
    isTimed(value) &&
    typeof value['text'] === 'string' &&
    isOptional(value['speaker'], 'string') &&
    isOptional(value['hasEstimatedTimes'], 'boolean') &&
    (value['words'] === undefined ||
      (Array.isArray(value['words']) &&
        value['words'].every((word) => isTimed(word) && typeof word['text'] === 'string')))
  );
}

function isDoubt(value: unknown): boolean {
  return isTimed(value) && typeof value['reason'] === 'string';
}

/** The first record of a journal. */
export function isStart(value: unknown): value is { readonly startedAt: string } {
  return isFields(value) && typeof value['startedAt'] === 'string' && !Number.isNaN(Date.parse(value['startedAt']));
}

export function isFinishedPart(value: unknown): value is FinishedPart {
  return (
    isTimed(value) &&
    Array.isArray(value['segments']) &&
    value['segments'].every(isSegment) &&
    isFields(value['usage']) &&
    Object.values(value['usage']).every((amount) => typeof amount === 'number') &&
    isOptional(value['language'], 'string') &&
    (value['doubts'] === undefined || (Array.isArray(value['doubts']) && value['doubts'].every(isDoubt)))
  );
}

export function isFinishedJob(value: unknown): value is FinishedJob {
  return (
    isFields(value) &&
    Array.isArray(value['parts']) &&
    value['parts'].every(isTimed) &&
    Array.isArray(value['warnings']) &&
    value['warnings'].every((warning) => typeof warning === 'string') &&
    isOptional(value['completeUntilSeconds'], 'number')
  );
}

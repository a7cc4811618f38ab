import type { TimeRange } from '../clip.js';
import type { Usage } from '../usage.js';
import type { JsonObject } from './json.js';
import type { Violation } from './refusedNulls.js';

/** What stands beside extracted data: where it comes from, and on what it rests. The data itself is the schema's value alone. */
export interface ExtractionProvenance {
  readonly source: string;
  /** Lower-case hex, of the recording. */
  readonly sourceSha256: string;
  /** `provider:model`, or the label of a model that is not ours. */
  readonly model: string;
  /** What the model was given. */
  readonly from: 'audio' | 'transcript';
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly isValid: boolean;
  readonly errors: readonly Violation[];
  readonly attempts: number;
  readonly usage: Usage;
  /** US dollars; absent where a part of it has no known price. */
  readonly cost?: number;
  readonly warnings: readonly string[];
  /** By JSON Pointer into the data. */
  readonly evidence: Readonly<Record<string, readonly TimeRange[]>>;
  /** What was asked for beyond the schema. */
  readonly prompt?: string;
  /** Of the data as it was written, by which a later look tells whether a person edited it. */
  readonly dataSha256: string;
  readonly schemaName: string;
  readonly schema: JsonObject;
}

/** Evidence as an object: each field with its ranges, in order. */
export function evidenceByPointer(
  evidence: readonly (TimeRange & { readonly pointer: string })[],
): Readonly<Record<string, readonly TimeRange[]>> {
  const fields = new Map<string, TimeRange[]>();
  for (const { pointer, startSeconds, endSeconds } of evidence) {
    fields.set(pointer, [...(fields.get(pointer) ?? []), { startSeconds, endSeconds }]);
  }
  return Object.fromEntries(fields);
}

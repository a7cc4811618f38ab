import type { Provenance, Segment } from '../core/transcript.js';
import type { PartsWork } from './transcribeParts.js';

/** The beginning of a transcript that is being made. */
export interface TextSoFar {
  /** Final. The same list each time, which grows. */
  readonly settled: readonly Segment[];
  /** What has been heard after them, and may still change. */
  readonly open: readonly Segment[];
  /** As of a transcript that stopped here. */
  readonly provenance: Provenance;
}

/** Puts parts together as they become final. */
export function textTeller(
  begun: Provenance,
  language: string | undefined,
  onText: ((text: TextSoFar) => void) | undefined,
): PartsWork['onText'] {
  if (onText === undefined) return undefined;
  const settled: Segment[] = [];
  let detected = language;
  return (parts, open) => {
    for (const part of parts) settled.push(...part.segments);
    detected ??= parts.find((part) => part.language !== undefined)?.language;
    const last = open.at(-1) ?? settled.at(-1);
    if (last === undefined) return;
    onText({
      settled,
      open,
      provenance: {
        ...begun,
        ...(detected === undefined ? {} : { language: detected }),
        completeUntilSeconds: last.endSeconds,
      },
    });
  };
}

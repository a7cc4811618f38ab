import { estimateTokens } from '../core/estimate.js';
import { formatTimecode } from '../core/timecode.js';
import { transcriptText, type Segment } from '../core/transcript.js';

/** `[00:01:15] Ann: Hello.` What is said must not look like the end of what it stands in. */
export function timedLine(segment: Segment): string {
  const line = `[${formatTimecode(segment.startSeconds).slice(0, 8)}] ${transcriptText([segment])}`;
  return line.replaceAll(/<(?=\/?(?:transcript|notes))/gi, '‹');
}

/** How good a place before a segment is for a cut: the larger the better. A change of speaker is worth a long pause. */
function cutWorth(before: Segment, after: Segment): number {
  const changesSpeaker = before.speaker !== after.speaker ? 4 : 0;
  return changesSpeaker + Math.max(0, Math.min(4, after.startSeconds - before.endSeconds));
}

/** Where a cut may be looked for: the last third of a part. */
const searchedShare = 1 / 3;

/**
 * Cuts what was said into parts of about the same length, none estimated above `maxTokens`, where the speaker changes or pauses.
 * A single segment that is longer is a part of its own.
 */
export function partsWithin(segments: readonly Segment[], maxTokens: number): readonly (readonly Segment[])[] {
  const sizes = segments.map((segment) => estimateTokens(timedLine(segment)) + 1);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= maxTokens) return segments.length === 0 ? [] : [segments];
  // A cut may come early by a third, and the parts must still fit.
  const target = Math.min(maxTokens, (total / Math.ceil(total / maxTokens)) * (1 + searchedShare / 2));
  const parts: Segment[][] = [];
  let first = 0;
  while (first < segments.length) {
    let end = first;
    let size = 0;
    let best = -1;
    let bestWorth = -1;
    while (end < segments.length && (end === first || size + (sizes[end] ?? 0) <= target)) {
      const [before, after] = [segments[end - 1], segments[end]];
      if (end > first && size >= target * (1 - searchedShare) && before !== undefined && after !== undefined) {
        const worth = cutWorth(before, after);
        if (worth >= bestWorth) [best, bestWorth] = [end, worth];
      }
      size += sizes[end] ?? 0;
      end += 1;
    }
    const next = end === segments.length || best === -1 ? end : best;
    parts.push(segments.slice(first, next));
    first = next;
  }
  return parts;
}

/** Puts texts together in groups, in order, none estimated above `maxTokens` unless a single text is. */
export function groupsWithin(texts: readonly string[], maxTokens: number): readonly (readonly string[])[] {
  const groups: string[][] = [];
  let size = Infinity;
  for (const text of texts) {
    const tokens = estimateTokens(text) + 1;
    if (size + tokens > maxTokens) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)?.push(text);
    size += tokens;
  }
  return groups;
}

import { spanText } from '../../core/formats/cueFile.js';
import { readCueText } from '../../core/formats/cueText.js';
import { readCueFile } from '../../core/formats/readCueFile.js';
import { parseWebVtt } from '../../core/formats/webVtt.js';
import type { Segment } from '../../core/transcript.js';

/** A text may hold empty lines in a file; in a segment they would say nothing. */
function withoutEmptyLines(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, '\n').trim();
}

/**
 * Reads SubRip, whatever state it is in. A line with an arrow that gives no times is a part of what was said before it: in an
 * editor it is a fault to be mended, in the output of a program nobody would ever see it.
 */
export function parseSrt(content: string): readonly Segment[] {
  const { cues, malformed } = readCueFile(content, 'srt');
  const segments: Segment[] = [];
  for (const item of [...cues, ...malformed].sort((left, right) => left.span.start - right.span.start)) {
    if ('startSeconds' in item) {
      const { startSeconds, endSeconds, text } = item;
      segments.push({ startSeconds, endSeconds: Math.max(startSeconds, endSeconds), text });
      continue;
    }
    const before = segments.pop();
    if (before === undefined) continue;
    const more = readCueText(spanText(content, item.span), item.span.start, 'srt').text;
    segments.push({ ...before, text: `${before.text}\n${more}` });
  }
  return segments.flatMap((segment) => {
    const text = withoutEmptyLines(segment.text);
    return text === '' ? [] : [{ ...segment, text }];
  });
}

/** Undefined when it is no WebVTT. */
export function parseVtt(content: string): readonly Segment[] | undefined {
  return parseWebVtt(content)?.cues.filter(({ text }) => text.trim() !== '');
}

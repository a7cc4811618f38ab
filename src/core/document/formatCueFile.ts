import type { CueFile, Span, TextEdit } from '../formats/cueFile.js';
import { lineBreakOf, spanText } from '../formats/cueFile.js';
import { formatTiming } from '../formats/cueTiming.js';

/**
 * Writes the times of every cue in one way, puts one empty line between blocks and one line break at the end. Never touches
 * a word, a number or an identifier; formatting what is formatted changes nothing.
 */
export function formatCueFile(file: CueFile): readonly TextEdit[] {
  const { content, syntax } = file;
  const lineBreak = lineBreakOf(content);
  const edits: TextEdit[] = [];
  const replace = (span: Span, text: string): void => {
    if (spanText(content, span) !== text) edits.push({ start: span.start, end: span.end, text });
  };
  for (const cue of file.cues) replace(cue.timing, formatTiming(cue, syntax));
  for (const { timing, mended, isNegative } of file.malformed) {
    if (mended !== undefined && !isNegative) replace(timing, mended);
  }
  const parts = [...file.blocks, ...file.cues, ...file.malformed]
    .map(({ span }) => span)
    .sort((one, other) => one.start - other.start);
  parts.forEach((part, index) => {
    const next = parts[index + 1];
    if (next === undefined) replace({ start: part.end, end: content.length }, lineBreak);
    else replace({ start: part.end, end: next.start }, lineBreak + lineBreak);
  });
  return edits.sort((one, other) => one.start - other.start || one.end - other.end);
}

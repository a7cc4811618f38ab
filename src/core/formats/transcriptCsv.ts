import { csvTable } from './csv.js';
import { oneLine, toMilliseconds, type ExportedTranscript } from './exportedTranscript.js';

/** RFC 4180: a line for each segment, times in seconds. */
export function writeCsv({ segments }: ExportedTranscript): string {
  return csvTable([
    ['startSeconds', 'endSeconds', 'speaker', 'text'],
    ...segments.map(({ startSeconds, endSeconds, speaker, text }) => [
      toMilliseconds(startSeconds),
      toMilliseconds(endSeconds),
      speaker,
      oneLine(text),
    ]),
  ]);
}

import type { ExportedTranscript, TimeLink } from './exportedTranscript.js';
import { writeMarkdown } from './markdown.js';
import { writePlainText } from './plainText.js';
import { writeSrt } from './srt.js';
import { writeCsv } from './transcriptCsv.js';
import { writeJson } from './transcriptJson.js';
import { serialiseCues, serialiseWebVtt } from './webVtt.js';

type Write = (transcript: ExportedTranscript, linkTo: TimeLink) => string;

interface ExportFormat {
  readonly label: string;
  readonly description: string;
  /** Absent for what is no text. */
  readonly write?: Write;
}

/** By the extension of the file. The same transcript always gives the same text. */
export const exportFormats = {
  srt: { label: 'SubRip', description: 'subtitles for players and editors of video', write: writeSrt },
  vtt: {
    label: 'WebVTT',
    description: 'subtitles with speakers, the format Earshot works in',
    write: ({ notes, segments }) => serialiseWebVtt(notes, serialiseCues(segments)),
  },
  md: { label: 'Markdown', description: 'a page to read, with times that play', write: writeMarkdown },
  txt: { label: 'Plain text', description: 'the words and who says them', write: writePlainText },
  docx: { label: 'Word document', description: 'a page to read and to print' },
  csv: { label: 'CSV', description: 'a spreadsheet with a row for each segment', write: writeCsv },
  json: { label: 'JSON', description: 'for programs, with a schema', write: writeJson },
} as const satisfies Readonly<Record<string, ExportFormat>>;

export type ExportFormatName = keyof typeof exportFormats;

export function isExportFormat(name: string): name is ExportFormatName {
  return Object.hasOwn(exportFormats, name);
}

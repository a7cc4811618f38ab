import type { EarshotError } from '../core/errors.js';
import { escapeMarkdown } from '../core/formats/markdown.js';
import { formatDuration } from '../core/timecode.js';
import { formatCost } from '../core/usage.js';

/** What came of many recordings, for a page. Names are paths from the folder on. */
export interface BatchReport {
  readonly folder: string;
  readonly model: string;
  readonly done: readonly {
    readonly name: string;
    /** Plays it. Pages have no links to files: VS Code shows none of them. */
    readonly playAddress: string;
    readonly transcriptName: string;
    readonly durationSeconds?: number;
    readonly warnings: readonly string[];
  }[];
  readonly failed: readonly { readonly name: string; readonly error: EarshotError }[];
  /** Not begun, or broken off, when the run ended early. */
  readonly leftCount: number;
  readonly upToDateCount: number;
  readonly stoppedBy?: EarshotError;
  /** Undefined: not known. */
  readonly dollars?: number;
}

/** A page with more rows helps nobody, and takes long to show. */
const mostRows = 1000;

const cell = (text: string): string => escapeMarkdown(text);
const link = (name: string, address: string): string =>
  `[${escapeMarkdown(name)}](${address.replaceAll('(', '%28').replaceAll(')', '%29')})`;

function table(head: readonly [string, string], rows: readonly string[]): string {
  const shown = rows.slice(0, mostRows);
  const rest = rows.length === shown.length ? '' : `\nand ${rows.length - shown.length} more\n`;
  return `| ${head[0]} | ${head[1]} |\n| --- | --- |\n${shown.join('\n')}\n${rest}`;
}

const counted = (count: number, what: string): string => (count === 0 ? '' : `${count} ${what}`);

/** One line for a message: `12 transcribed, 3 up to date, 1 failed`. */
export function batchSummary({ done, failed, leftCount, upToDateCount }: BatchReport): string {
  const silent = failed.filter(({ error }) => error.reason === 'clip-silent').length;
  return [
    `${done.length} transcribed`,
    counted(upToDateCount, 'up to date'),
    counted(silent, 'silent'),
    counted(failed.length - silent, 'failed'),
    counted(leftCount, 'not begun or not finished'),
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** Markdown: what failed first, with its reason, then what was made, with what is doubtful about it. */
export function batchReport(report: BatchReport): string {
  const { folder, model, done, failed, stoppedBy, dollars } = report;
  const seconds = done.reduce((sum, { durationSeconds = 0 }) => sum + durationSeconds, 0);
  const cost = done.length === 0 ? '' : ` ${formatDuration(seconds)} of sound, ${formatCost(dollars)}.`;
  const failures = failed.map(({ name, error }) => `| ${cell(name)} | ${cell(error.message)} |`);
  const made = done.map(({ name, playAddress, transcriptName, durationSeconds, warnings }) => {
    const length = durationSeconds === undefined ? '' : ` (${formatDuration(durationSeconds)})`;
    const doubts = warnings.length === 0 ? '' : `: ⚠ ${cell(warnings.join(' '))}`;
    return `| ${link(name, playAddress)}${length} | ${cell(transcriptName)}${doubts} |`;
  });
  return [
    `# Transcripts of ${escapeMarkdown(folder)}\n`,
    `${batchSummary(report)}. By ${escapeMarkdown(model)}.${cost}\n`,
    ...(stoppedBy === undefined
      ? []
      : [
          `> It ended early: ${escapeMarkdown(stoppedBy.message)} Run **Transcribe Folder…** again to go on: what is there is not paid for again.\n`,
        ]),
    ...(failures.length === 0 ? [] : ['## What went wrong\n', table(['recording', 'why'], failures)]),
    ...(made.length === 0 ? [] : ['## What was transcribed\n', table(['recording', 'transcript'], made)]),
  ].join('\n');
}

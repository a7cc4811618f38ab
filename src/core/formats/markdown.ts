import { paragraphsOf } from '../paragraphs.js';
import { formatDuration } from '../timecode.js';
import { oneLine, type ExportedTranscript, type TimeLink, type TranscriptOrigin } from './exportedTranscript.js';

/** What people said is text, whatever Markdown and its formulas make of the characters. */
export function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replaceAll(/[\\`*_[\]<>~|#$&]/g, '\\$&')
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

function originLine({ sourceName, durationSeconds, model, createdAt }: TranscriptOrigin): string {
  const parts = [
    sourceName === undefined ? '' : ` of ${escapeMarkdown(sourceName)}`,
    durationSeconds === undefined ? '' : ` (${formatDuration(durationSeconds)})`,
    model === undefined ? '' : ` by ${escapeMarkdown(model)}`,
    createdAt === undefined ? '' : ` on ${escapeMarkdown(createdAt.slice(0, 10))}`,
  ].join('');
  return parts === '' ? '' : `Transcript${parts}.\n`;
}

/** A readable page: a paragraph for each turn, with its speaker and the time it starts at, which is a link. */
export function writeMarkdown({ name, segments, origin }: ExportedTranscript, linkTo: TimeLink): string {
  const partial =
    origin.completeUntilSeconds === undefined
      ? ''
      : `It stops at ${formatDuration(origin.completeUntilSeconds)}; the rest of the recording is not in it.\n`;
  const paragraphs = paragraphsOf(segments).map(({ speaker, startsTurn, startSeconds, text }) => {
    const time = `[${formatDuration(startSeconds)}](${linkTo(startSeconds)})`;
    const who = speaker !== undefined && startsTurn ? `**${escapeMarkdown(speaker)}** ` : '';
    return `${who}${time}\n\n${escapeMarkdown(text)}\n`;
  });
  return [`# ${escapeMarkdown(name)}\n`, originLine(origin), partial, ...paragraphs]
    .filter((block) => block !== '')
    .join('\n');
}

import { parseWebVtt } from '../../core/formats/webVtt.js';
import type { Segment } from '../../core/transcript.js';

const timing =
  /^(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})(?:\s.*)?$/;

function seconds(hours = '0', minutes = '0', whole = '0', fraction = '0'): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(whole) + Number(fraction.padEnd(3, '0')) / 1000;
}

/** Marks of style, `<i>` and `{\an8}`, say nothing about what was said. */
function plain(text: string): string {
  return text
    .replaceAll(/<\/?[a-z][^>]*>/gi, '')
    .replaceAll(/\{\\[^}]*\}/g, '')
    .trim();
}

/**
 * Reads SubRip: with or without numbers, with commas or points, with blank lines inside a text. A parser of ours because
 * the library for it (media-captions 1.0) drops times from 100 hours on, leaves marks of style in the text, and its types
 * need a browser's.
 */
export function parseSrt(content: string): readonly Segment[] {
  const segments: Segment[] = [];
  let open: { startSeconds: number; endSeconds: number; lines: string[] } | undefined;
  const close = (followedByTiming: boolean): void => {
    if (open === undefined) return;
    const { lines, ...times } = open;
    // What stands right above a timing, alone and after a blank line (or first), is the next cue's number.
    if (followedByTiming && /^\d+$/.test(lines.at(-1) ?? '') && (lines.length === 1 || lines.at(-2) === ''))
      lines.pop();
    const text = plain(lines.filter((line) => line !== '').join('\n'));
    if (text !== '') segments.push({ ...times, text });
  };
  for (const raw of content.replace(/^\uFEFF/, '').split(/\r\n?|\n/)) {
    const line = raw.trim();
    const match = timing.exec(line);
    if (match === null) {
      open?.lines.push(line);
      continue;
    }
    close(true);
    const startSeconds = seconds(match[1], match[2], match[3], match[4]);
    const endSeconds = Math.max(startSeconds, seconds(match[5], match[6], match[7], match[8]));
    open = { startSeconds, endSeconds, lines: [] };
  }
  close(false);
  return segments;
}

/** Undefined when it is no WebVTT. */
export function parseVtt(content: string): readonly Segment[] | undefined {
  return parseWebVtt(content)?.cues.filter(({ text }) => text.trim() !== '');
}

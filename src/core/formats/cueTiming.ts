import { formatTimecode } from '../timecode.js';
import type { Cue, CueSyntax, Span } from './cueFile.js';

export interface CueTiming {
  readonly startSeconds: number;
  readonly startSpan: Span;
  readonly endSeconds: number;
  readonly endSpan: Span;
  readonly settings: string;
}

const arrow = '-->';
/** What the parser of the standard takes (W3C WebVTT 6.3); writers are held to more. */
const vttTimecode = String.raw`((?:\d+:)?[0-5]\d:[0-5]\d\.\d{3})`;
const vttLine = new RegExp(String.raw`^([ \t\f]*)${vttTimecode}([ \t\f]*-->[ \t\f]*)${vttTimecode}(?!\d)(.*)$`, 's');
/** SRT has no standard: hours, a point for the comma, and fewer digits are met in the wild. */
const looseTimecode = String.raw`((?:\d+:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?)`;
const looseLine = new RegExp(String.raw`^(\s*)${looseTimecode}(\s*--?>\s*)${looseTimecode}(?![\d:.,])(.*)$`, 's');

export const hasArrow = (line: string): boolean => line.includes(arrow);

/** `1:02:03.5` → 3723.5. Takes any number of hours, a comma for the point, and no hours at all. */
function secondsOf(timecode: string): number {
  const [seconds = '0', minutes = '0', hours = '0'] = timecode.replace(',', '.').split(':').reverse();
  return (Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Math.round(Number(seconds) * 1000)) / 1000;
}

function readLine(pattern: RegExp, line: string, offset: number): CueTiming | undefined {
  const match = pattern.exec(line);
  if (match === null) return undefined;
  const [, before = '', start = '', between = '', end = '', settings = ''] = match;
  const startAt = offset + before.length;
  const endAt = startAt + start.length + between.length;
  return {
    startSeconds: secondsOf(start),
    startSpan: { start: startAt, end: startAt + start.length },
    endSeconds: secondsOf(end),
    endSpan: { start: endAt, end: endAt + end.length },
    settings: settings.trim(),
  };
}

/** @param offset Of the line in the text. Undefined when players would not take the line for the times of a cue. */
export function readTiming(line: string, offset: number, syntax: CueSyntax): CueTiming | undefined {
  return readLine(syntax === 'vtt' ? vttLine : looseLine, line, offset);
}

export function formatCueTime(seconds: number, syntax: CueSyntax): string {
  const timecode = formatTimecode(seconds);
  return syntax === 'vtt' ? timecode : timecode.replace('.', ',');
}

/** The line of the times as Earshot writes it. */
export function formatTiming(
  { startSeconds, endSeconds, settings }: Pick<Cue, 'startSeconds' | 'endSeconds' | 'settings'>,
  syntax: CueSyntax,
): string {
  const after = settings === '' ? '' : ` ${settings.replaceAll(/\s+/g, ' ')}`;
  return `${formatCueTime(startSeconds, syntax)} ${arrow} ${formatCueTime(endSeconds, syntax)}${after}`;
}

/** What a line was meant to say that `readTiming` did not take. */
export function mendTiming(line: string, syntax: CueSyntax): string | undefined {
  const timing = readLine(looseLine, line, 0);
  return timing === undefined ? undefined : formatTiming(timing, syntax);
}

export const isNegativeTiming = (line: string): boolean => /(?:^|[\s>:])-\d/.test(line);

/** `90`, `1:30`, `1:30.5`, `00:01:30,500`, with or without a sign → seconds. Undefined when it is no time. */
export function parseTime(given: string): number | undefined {
  const match = /^\s*([-+−]?)\s*((?:\d+:)?\d+:\d{1,2}(?:[.,]\d+)?|\d+(?:[.,]\d+)?)\s*s?\s*$/.exec(given);
  if (match?.[2] === undefined) return undefined;
  const seconds = secondsOf(match[2]);
  return match[1] === '-' || match[1] === '−' ? -seconds : seconds;
}

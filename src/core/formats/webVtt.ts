import { formatTimecode } from '../timecode.js';
import type { Segment } from '../transcript.js';

/** The header line and blocks of a WebVTT file (W3C, https://www.w3.org/TR/webvtt1/). */
export interface WebVtt {
  /** Texts of the NOTE blocks in front of the first cue, without the word NOTE. */
  readonly notes: readonly string[];
  readonly cues: readonly Segment[];
}

const timing = /^((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})[ \t]+-->[ \t]+((?:\d{2,}:)?\d{2}:\d{2}\.\d{3})(?:[ \t].*)?$/;

function parseTimecode(value: string): number {
  const [seconds = '0', minutes = '0', hours = '0'] = value.split(':').reverse();
  return (Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Math.round(Number(seconds) * 1000)) / 1000;
}

function escapeText(value: string): string {
  // An empty line would end the cue and `-->` would begin another one; neither may appear inside (W3C 4.1).
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\n\s*\n+/g, '\n')
    .trim();
}

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': '\u00a0',
  '&lrm;': '\u200e',
  '&rlm;': '\u200f',
  '&quot;': '"',
};

function unescapeText(value: string): string {
  return value
    .replaceAll(/<[^>]*(?:>|$)/g, '')
    .replaceAll(/&(?:amp|lt|gt|nbsp|lrm|rlm|quot);/g, (entity) => entities[entity] ?? entity)
    .replaceAll(/&#(\d{1,7});/g, (entity, code: string) =>
      Number(code) > 0 && Number(code) <= 0x10ffff ? String.fromCodePoint(Number(code)) : entity,
    );
}

/** One cue per segment, in order; the same segments always give the same text. Ends with a line break. */
export function serialiseCues(segments: readonly Segment[]): string {
  return segments
    .map((segment) => {
      const voice = segment.speaker === undefined ? '' : `<v ${escapeText(segment.speaker).replaceAll('\n', ' ')}>`;
      // A cue must end after it starts, also when both fall into the same millisecond.
      const endSeconds = Math.max(segment.endSeconds, segment.startSeconds + 0.001);
      return `${formatTimecode(segment.startSeconds)} --> ${formatTimecode(endSeconds)}\n${voice}${escapeText(segment.text)}\n`;
    })
    .join('\n');
}

/** A whole file: header, the notes, the cues as `serialiseCues` made them. */
export function serialiseWebVtt(notes: readonly string[], cues: string): string {
  const blocks = notes.map(
    (note) =>
      `NOTE ${note
        .replaceAll('-->', '→')
        .replaceAll(/\r?\n\s*\r?\n/g, '\n')
        .trim()}\n`,
  );
  return ['WEBVTT\n', ...blocks, ...(cues === '' ? [] : [cues])].join('\n');
}

/**
 * Reads any WebVTT text; undefined when it does not begin as the standard demands. Blocks that are no cue are passed over,
 * as the standard's parser does. Reads `<v Name>` as the speaker when one voice speaks the whole cue.
 */
export function parseWebVtt(content: string): WebVtt | undefined {
  const normal = content
    .replace(/^\uFEFF/, '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll('\0', '\uFFFD');
  if (!/^WEBVTT(?:[ \t\n]|$)/.test(normal)) return undefined;
  const notes: string[] = [];
  const cues: Segment[] = [];
  const afterHeader = normal.replace(/^[^\n]*\n?/, '');
  for (const block of afterHeader.split(/\n{2,}/)) {
    const lines = block.split('\n').filter((line, index, all) => line !== '' || (index > 0 && index < all.length - 1));
    const first = lines[0];
    if (first === undefined) continue;
    if (/^NOTE(?:[ \t]|$)/.test(first)) {
      if (cues.length === 0) notes.push([first.slice(5), ...lines.slice(1)].join('\n').trim());
      continue;
    }
    const timingIndex = lines.findIndex((line) => line.includes('-->'));
    const match = timing.exec(lines[timingIndex]?.trim() ?? '');
    if (timingIndex < 0 || timingIndex > 1 || match?.[1] === undefined || match[2] === undefined) continue;
    const startSeconds = parseTimecode(match[1]);
    const endSeconds = parseTimecode(match[2]);
    if (endSeconds <= startSeconds) continue;
    const payload = lines.slice(timingIndex + 1).join('\n');
    const voice = /^<v(?:\.[^ \t>]*)?[ \t]+([^>]*)>/.exec(payload);
    const speaker = voice?.[1] === undefined ? undefined : unescapeText(voice[1]).trim();
    cues.push({
      startSeconds,
      endSeconds,
      text: unescapeText(payload),
      ...(speaker === undefined || speaker === '' ? {} : { speaker }),
    });
  }
  return { notes, cues };
}

import type { Cue, CueFile, Span, TextEdit } from '../formats/cueFile.js';
import { cueAt, lineBreakOf, spanText } from '../formats/cueFile.js';
import { formatTiming, parseTime } from '../formats/cueTiming.js';

interface OpenTag {
  readonly name: string;
  readonly raw: string;
}

/** The tags that are open at the end of a text. */
function openTags(text: string): readonly OpenTag[] {
  const open: OpenTag[] = [];
  for (const [raw, slash, name = ''] of text.matchAll(/<(\/?)([a-z]+)[^>]*>/gi)) {
    if (slash === '') open.push({ name, raw });
    else if (open.at(-1)?.name === name) open.pop();
  }
  return open;
}

const lengthWithoutTags = (text: string): number => text.replaceAll(/<[^>]*>/g, '').length;

/** When a place in a cue's text is spoken: by the times of words around it, else by its share of the text. */
function timeAt(cue: Cue, before: string, after: string): number {
  const times = (text: string): number[] =>
    [...text.matchAll(/<((?:\d+:)?\d\d:\d\d\.\d{3})>/g)].map(([, time = '']) => parseTime(time) ?? 0);
  const least = Math.max(cue.startSeconds, times(before).at(-1) ?? cue.startSeconds);
  const most = Math.min(cue.endSeconds, times(after)[0] ?? cue.endSeconds);
  const share = lengthWithoutTags(before) / Math.max(1, lengthWithoutTags(before) + lengthWithoutTags(after));
  const seconds = cue.startSeconds + (cue.endSeconds - cue.startSeconds) * share;
  return Math.round(Math.min(most, Math.max(least, seconds)) * 1000) / 1000;
}

/** SRT counts its cues; the numbers after a change go on by so much. */
export function renumber(file: CueFile, after: Cue, by: number): TextEdit[] {
  if (file.syntax !== 'srt' || by === 0) return [];
  return file.cues.flatMap((cue) => {
    if (cue.id === undefined || cue.span.start <= after.span.start) return [];
    const text = spanText(file.content, cue.id).replace(/\d+/, (digits) => String(Number(digits) + by));
    return [{ ...cue.id, text }];
  });
}

/** Makes two cues of one, at a place inside its words. Undefined where there are no words on one of the sides. */
export function splitCue(file: CueFile, offset: number): readonly TextEdit[] | undefined {
  const cue = cueAt(file, offset);
  if (cue === undefined || offset <= cue.payload.start || offset >= cue.payload.end) return undefined;
  const before = file.content.slice(cue.payload.start, offset);
  const after = file.content.slice(offset, cue.payload.end);
  const isInsideTag = before.lastIndexOf('<') > before.lastIndexOf('>') && after.includes('>');
  const isInsideReference = /&[#\w]*$/.test(before) && /^[#\w]*;/.test(after);
  const hasWords = (text: string): boolean => text.replaceAll(/<[^>]*>/g, '').trim() !== '';
  const isInsideName = cue.voices.some(({ start, end }) => start <= offset && offset <= end);
  if (isInsideTag || isInsideName || isInsideReference || !hasWords(before) || !hasWords(after)) return undefined;
  const middleSeconds = timeAt(cue, before, after);
  if (middleSeconds <= cue.startSeconds || middleSeconds >= cue.endSeconds) return undefined;
  const lineBreak = lineBreakOf(file.content);
  const open = openTags(before);
  // A voice may speak on to the end of its cue without being closed.
  const closing = open.filter(({ name }) => name !== 'v').map(({ name }) => `</${name}>`);
  const number = file.syntax === 'srt' && cue.id !== undefined ? Number(spanText(file.content, cue.id).trim()) : NaN;
  const second = [
    ...(Number.isNaN(number) ? [] : [String(number + 1)]),
    formatTiming({ ...cue, startSeconds: middleSeconds }, file.syntax),
    open.map(({ raw }) => raw).join(''),
  ].join(lineBreak);
  const gap = before.length - before.trimEnd().length;
  return [
    { ...cue.timing, text: formatTiming({ ...cue, endSeconds: middleSeconds }, file.syntax) },
    {
      start: offset - gap,
      end: offset + (after.length - after.trimStart().length),
      text: `${closing.reverse().join('')}${lineBreak}${lineBreak}${second}`,
    },
    ...renumber(file, cue, 1),
  ];
}

/** The text of a cue, its voice closed, so that another one may follow. */
function closed(payload: string): string {
  return openTags(payload)
    .map(({ name }) => `</${name}>`)
    .reverse()
    .reduce((text, tag) => text + tag, payload);
}

/** Makes one cue of several that follow each other; undefined for less than two, and where a note stands between them. All words stay, in their order. */
export function mergeCues(file: CueFile, cues: readonly Cue[]): readonly TextEdit[] | undefined {
  const [first, ...others] = cues;
  const last = others.at(-1);
  if (first === undefined || last === undefined) return undefined;
  // A note between them would be lost.
  const isBetween = ({ span }: { readonly span: Span }): boolean =>
    span.start > first.span.start && span.start < last.span.start;
  if (file.blocks.some(isBetween) || file.malformed.some(isBetween)) return undefined;
  const lineBreak = lineBreakOf(file.content);
  /** Texts of which each leaves no tag open to the next. */
  const groups: string[] = [];
  let group = '';
  let voice: string | undefined;
  for (const cue of cues) {
    const payload = spanText(file.content, cue.payload);
    if (payload === '') continue;
    const ownVoice = /^<v[^>]*>/.exec(payload)?.[0];
    if (ownVoice !== undefined && ownVoice === voice) group += lineBreak + payload.slice(ownVoice.length);
    else {
      if (group !== '') groups.push(closed(group));
      group = payload;
    }
    voice = payload.includes('</v>') ? undefined : ownVoice;
  }
  if (group !== '') groups.push(group);
  const text = groups.join(lineBreak);
  const startSeconds = cues.reduce((least, cue) => Math.min(least, cue.startSeconds), Infinity);
  const endSeconds = cues.reduce((most, cue) => Math.max(most, cue.endSeconds), 0);
  const timing = formatTiming({ ...first, startSeconds, endSeconds }, file.syntax);
  return [
    { start: first.timing.start, end: last.span.end, text: text === '' ? timing : timing + lineBreak + text },
    ...renumber(file, last, -others.length),
  ];
}

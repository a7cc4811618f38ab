/** Part of a text: offsets in UTF-16 units, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type CueSyntax = 'vtt' | 'srt';

/** A name that stands in the text, at the place where it stands. */
export interface Voice extends Span {
  readonly name: string;
}

/** How a name is marked: `<v Ann>Hello`, or `Ann: Hello` as tools write that know no voice tags. */
export type SpeakerStyle = 'voice-tag' | 'prefix' | 'none';

/** One cue and where it stands. */
export interface Cue {
  /** From its identifier, or its times, to the end of its text. */
  readonly span: Span;
  /** Counted from 0; the last one included. */
  readonly firstLine: number;
  readonly timingLine: number;
  readonly lastLine: number;
  /** The line above the times: an identifier in WebVTT, a number in SRT. */
  readonly id?: Span;
  /** The line of the times, settings included. */
  readonly timing: Span;
  readonly startSeconds: number;
  readonly startSpan: Span;
  readonly endSeconds: number;
  readonly endSpan: Span;
  /** What follows the times on their line, white space trimmed. */
  readonly settings: string;
  /** Empty and after the times when the cue has no text. */
  readonly payload: Span;
  /** The words, without tags and with characters for references. May hold line breaks, `\n`. */
  readonly text: string;
  readonly voices: readonly Voice[];
}

/** A line with an arrow that gives no times; nothing under it is shown by any player. */
export interface MalformedTiming {
  readonly span: Span;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly timing: Span;
  readonly isNegative: boolean;
  /** The same line as it should be written, when it can be guessed. */
  readonly mended?: string;
}

export interface Block {
  readonly kind: 'header' | 'note' | 'style' | 'region' | 'stray';
  readonly span: Span;
  readonly firstLine: number;
  readonly lastLine: number;
}

/** A WebVTT or SRT text, taken apart. Everything in it is in the order of the text. */
export interface CueFile {
  readonly syntax: CueSyntax;
  readonly content: string;
  /** Whether a WebVTT text begins as the standard demands; without it players show nothing. True for SRT. */
  readonly hasSignature: boolean;
  readonly cues: readonly Cue[];
  readonly malformed: readonly MalformedTiming[];
  readonly blocks: readonly Block[];
  readonly speakerStyle: SpeakerStyle;
}

/** A change of a text. Several of one change never overlap, and are in the order of the text. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** The text after the edits. */
export function applyEdits(content: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let position = 0;
  for (const edit of edits) {
    parts.push(content.slice(position, edit.start), edit.text);
    position = edit.end;
  }
  return parts.join('') + content.slice(position);
}

export function spanText(content: string, span: Span): string {
  return content.slice(span.start, span.end);
}

/** The line break that a text uses. */
export function lineBreakOf(content: string): string {
  return /\r\n|\r|\n/.exec(content)?.[0] ?? '\n';
}

/** Lines end with LF, CR LF or CR, in WebVTT as in editors. The spans hold no line break. */
export function lineSpans(content: string): readonly Span[] {
  const lines: Span[] = [];
  let start = 0;
  for (const { index, 0: lineBreak } of content.matchAll(/\r\n|\r|\n/g)) {
    lines.push({ start, end: index });
    start = index + lineBreak.length;
  }
  lines.push({ start, end: content.length });
  return lines;
}

/** The item that holds a place, both of its ends included. Items are in the order of the text and do not overlap. */
export function itemAt<T>(items: readonly T[], offset: number, spanOf: (item: T) => Span): T | undefined {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const item = items[middle];
    if (item === undefined) return undefined;
    const span = spanOf(item);
    if (offset < span.start) high = middle - 1;
    else if (offset > span.end) low = middle + 1;
    else return item;
  }
  return undefined;
}

export function cueAt(file: CueFile, offset: number): Cue | undefined {
  return itemAt(file.cues, offset, ({ span }) => span);
}

import {
  lineSpans,
  spanText,
  type Block,
  type Cue,
  type CueFile,
  type CueSyntax,
  type MalformedTiming,
  type Span,
} from './cueFile.js';
import { readCueText, readSpeakerPrefix } from './cueText.js';
import { hasArrow, isNegativeTiming, mendTiming, readTiming } from './cueTiming.js';

/** What the readers of both syntaxes collect. */
interface Parts {
  readonly cues: Cue[];
  readonly malformed: MalformedTiming[];
  readonly blocks: Block[];
}

/** The lines of a text, and what is made of some of them. */
class Source {
  readonly lines: readonly Span[];

  readonly content: string;
  readonly syntax: CueSyntax;

  constructor(content: string, syntax: CueSyntax) {
    this.content = content;
    this.syntax = syntax;
    this.lines = lineSpans(content);
  }

  line(index: number): string {
    const span = this.lines[index];
    return span === undefined ? '' : spanText(this.content, span);
  }

  span(firstLine: number, lastLine: number): Span {
    return { start: this.lines[firstLine]?.start ?? 0, end: this.lines[lastLine]?.end ?? this.content.length };
  }

  /** Adds a cue, or what should have been one. */
  addCue(parts: Parts, firstLine: number, timingLine: number, lastLine: number): void {
    const timing = this.span(timingLine, timingLine);
    const line = this.line(timingLine);
    const read = readTiming(line, timing.start, this.syntax);
    const place = { span: this.span(firstLine, lastLine), firstLine, lastLine, timing };
    if (read === undefined) {
      const mended = mendTiming(line, this.syntax);
      parts.malformed.push({
        ...place,
        isNegative: isNegativeTiming(line),
        ...(mended === undefined ? {} : { mended }),
      });
      return;
    }
    const payload =
      lastLine > timingLine ? this.span(timingLine + 1, lastLine) : { start: timing.end, end: timing.end };
    parts.cues.push({
      ...place,
      timingLine,
      ...(firstLine < timingLine ? { id: this.span(firstLine, timingLine - 1) } : {}),
      ...read,
      payload,
      ...readCueText(spanText(this.content, payload), payload.start, this.syntax),
    });
  }

  addBlock(parts: Parts, kind: Block['kind'], firstLine: number, lastLine: number): void {
    parts.blocks.push({ kind, span: this.span(firstLine, lastLine), firstLine, lastLine });
  }
}

const signature = /^\uFEFF?WEBVTT(?:[ \t]|$)/;

/** The steps of "WebVTT parser algorithm" and "collect a WebVTT block" (W3C WebVTT 6.1), with places kept. */
function readVttBlocks(source: Source, parts: Parts, hasSignature: boolean): void {
  const { length } = source.lines;
  let next = 0;
  if (hasSignature) {
    next = 1;
    while (next < length && source.line(next) !== '' && !hasArrow(source.line(next))) next++;
    source.addBlock(parts, 'header', 0, next - 1);
  }
  while (next < length) {
    if (source.line(next) === '') {
      next++;
      continue;
    }
    const first = next;
    const timingLine = hasArrow(source.line(first)) ? first : hasArrow(source.line(first + 1)) ? first + 1 : undefined;
    // Another arrow begins another block, with or without an empty line between.
    next = timingLine === undefined ? first + 1 : timingLine + 1;
    while (next < length && source.line(next) !== '' && !hasArrow(source.line(next))) next++;
    if (timingLine === undefined) source.addBlock(parts, blockKind(source.line(first)), first, next - 1);
    else source.addCue(parts, first, timingLine, next - 1);
  }
}

function blockKind(line: string): Block['kind'] {
  if (/^NOTE(?:[ \t]|$)/.test(line)) return 'note';
  if (/^STYLE[ \t\f]*$/.test(line)) return 'style';
  return /^REGION[ \t\f]*$/.test(line) ? 'region' : 'stray';
}

/**
 * SRT has no standard. A line of times begins a cue wherever it stands, with the number above it; all up to the next one is
 * its text, empty lines included, as players take it.
 */
function readSrtBlocks(source: Source, parts: Parts): void {
  const timingLines = source.lines.flatMap((_line, index) => (hasArrow(source.line(index)) ? [index] : []));
  const numberAt = (line: number): number => {
    const digits = /^\uFEFF?\s*(\d+)\s*$/.exec(source.line(line))?.[1];
    return digits === undefined ? NaN : Number(digits);
  };
  const firsts: number[] = [];
  timingLines.forEach((line, index) => {
    const above = line - 1;
    const before = timingLines[index - 1] ?? -1;
    const number = above > before ? numberAt(above) : NaN;
    // A number that ends a text is no counter, unless it counts on from the last one.
    const standsAlone = above - 1 <= before || source.line(above - 1).trim() === '';
    const countsOn = number === numberAt(before - 1) + 1;
    firsts.push(!Number.isNaN(number) && (standsAlone || countsOn) ? above : line);
  });
  const lastFilled = (from: number, before: number): number => {
    let last = before - 1;
    while (last > from && source.line(last).trim() === '') last--;
    return last;
  };
  const start = firsts[0] ?? source.lines.length;
  for (let line = 0; line < start; line++) {
    if (source.line(line).replace('\uFEFF', '').trim() === '') continue;
    source.addBlock(parts, 'stray', line, lastFilled(line, start));
    break;
  }
  timingLines.forEach((timingLine, index) => {
    const last = lastFilled(timingLine, firsts[index + 1] ?? source.lines.length);
    source.addCue(parts, firsts[index] ?? timingLine, timingLine, last);
  });
}

/** Adds the names that stand in front of texts, where no cue of the file has a voice tag. */
function withPrefixes(content: string, cues: readonly Cue[]): readonly Cue[] {
  return cues.map((cue) => {
    const voice = readSpeakerPrefix(spanText(content, cue.payload), cue.payload.start);
    return voice === undefined ? cue : { ...cue, voices: [voice] };
  });
}

/**
 * Takes a WebVTT or SRT text apart, whatever state it is in. WebVTT is read as the standard's parser reads it, except that a
 * text without its first line is read all the same. Never throws.
 */
export function readCueFile(content: string, syntax: CueSyntax): CueFile {
  const parts: Parts = { cues: [], malformed: [], blocks: [] };
  const source = new Source(content, syntax);
  const hasSignature = syntax === 'srt' || signature.test(source.line(0));
  if (syntax === 'vtt') readVttBlocks(source, parts, hasSignature);
  else readSrtBlocks(source, parts);
  const hasTags = parts.cues.some(({ voices }) => voices.length > 0);
  const cues = hasTags ? parts.cues : withPrefixes(content, parts.cues);
  const hasPrefixes = !hasTags && cues.some(({ voices }) => voices.length > 0);
  return {
    syntax,
    content,
    hasSignature,
    ...parts,
    cues,
    speakerStyle: hasTags ? 'voice-tag' : hasPrefixes ? 'prefix' : 'none',
  };
}

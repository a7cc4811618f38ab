import type { Cue, CueFile, TextEdit } from '../formats/cueFile.js';
import { spanText } from '../formats/cueFile.js';
import { formatCueTime, parseTime } from '../formats/cueTiming.js';
import { formatMoment } from './describeCue.js';

/** Seconds to seconds: times the factor, then plus the shift. */
export interface Retiming {
  readonly factor: number;
  readonly shiftSeconds: number;
}

/** `+1.5`, `-0:02`, `1:00` → a shift of all times; undefined when it is none. */
export function parseShift(given: string): Retiming | undefined {
  const shiftSeconds = parseTime(given);
  return shiftSeconds === undefined ? undefined : { factor: 1, shiftSeconds };
}

/** `1.04`, `104 %`, `25/23.976` → a factor for all times; undefined when it is none, or none above 0. */
export function parseScale(given: string): Retiming | undefined {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*(?:(%)|\/\s*(\d+(?:[.,]\d+)?))?\s*$/.exec(given);
  if (match?.[1] === undefined) return undefined;
  const number = (value: string): number => Number(value.replace(',', '.'));
  const factor = number(match[1]) / (match[2] === '%' ? 100 : match[3] === undefined ? 1 : number(match[3]));
  return Number.isFinite(factor) && factor > 0 ? { factor, shiftSeconds: 0 } : undefined;
}

const move = (seconds: number, { factor, shiftSeconds }: Retiming): number => seconds * factor + shiftSeconds;

/** Why the times of these cues cannot be moved so, in a sentence for the user; undefined when they can. */
export function objectionToRetiming(cues: readonly Cue[], retiming: Retiming): string | undefined {
  const first = cues.reduce((least, { startSeconds }) => Math.min(least, startSeconds), Infinity);
  // Half a millisecond is written as none.
  if (cues.length === 0 || move(first, retiming) > -0.0005) return undefined;
  return `The first of these cues starts at ${formatMoment(first)}: it would start before the recording does.`;
}

/** New times for cues, the times of words inside them included. */
export function retimeCues(file: CueFile, cues: readonly Cue[], retiming: Retiming): readonly TextEdit[] {
  const { content, syntax } = file;
  return cues.flatMap((cue) => {
    const payload = spanText(content, cue.payload);
    const inner =
      syntax === 'vtt' && payload.includes('<') ? [...payload.matchAll(/<((?:\d+:)?\d\d:\d\d\.\d{3})>/g)] : [];
    return [
      { ...cue.startSpan, text: formatCueTime(move(cue.startSeconds, retiming), syntax) },
      { ...cue.endSpan, text: formatCueTime(move(cue.endSeconds, retiming), syntax) },
      ...inner.map(({ index, 1: time = '' }) => {
        const start = cue.payload.start + index + 1;
        const text = formatCueTime(move(parseTime(time) ?? 0, retiming), syntax);
        return { start, end: start + time.length, text };
      }),
    ];
  });
}

/** The cue to go to for a time: the one being spoken then, else the next one, else the last. */
export function cueAtTime(cues: readonly Cue[], seconds: number): Cue | undefined {
  return (
    cues.find(({ startSeconds, endSeconds }) => startSeconds <= seconds && seconds < endSeconds) ??
    cues.find(({ startSeconds }) => startSeconds >= seconds) ??
    cues.at(-1)
  );
}

import type { TimeRange } from '../clip.js';
import { lineBreakOf, spanText, type Cue, type CueFile, type TextEdit } from '../formats/cueFile.js';
import { encodeReferences, isSpeakerPrefix } from '../formats/cueText.js';
import { formatTiming } from '../formats/cueTiming.js';
import type { Segment } from '../transcript.js';
import { renumber } from './reshapeCues.js';
import { turnsOf } from './turns.js';

/** A cue that reaches a little into a range is not meant. */
const touchingSeconds = 0.05;

const overlap = (left: TimeRange, right: TimeRange): number =>
  Math.min(left.endSeconds, right.endSeconds) - Math.max(left.startSeconds, right.startSeconds);

/** The cues of which more than a touch lies in a range, in the order of the text. */
export function cuesWithin(file: CueFile, range: TimeRange): readonly Cue[] {
  return file.cues.filter(
    (cue) => overlap(cue, range) > Math.min(touchingSeconds, (cue.endSeconds - cue.startSeconds) / 2),
  );
}

/** A range widened by a moment on both sides, so that no word is cut, but not into the neighbours of its cues. */
export function roomAround(file: CueFile, range: TimeRange, marginSeconds: number): TimeRange {
  const inside = new Set(cuesWithin(file, range));
  const others = file.cues.filter((cue) => !inside.has(cue));
  const before = others
    .filter(({ startSeconds }) => startSeconds < range.startSeconds)
    .map(({ endSeconds }) => endSeconds);
  const after = others
    .filter(({ startSeconds }) => startSeconds >= range.startSeconds)
    .map(({ startSeconds }) => startSeconds);
  return {
    startSeconds: Math.min(range.startSeconds, Math.max(0, range.startSeconds - marginSeconds, ...before)),
    endSeconds: Math.max(range.endSeconds, Math.min(range.endSeconds + marginSeconds, ...after)),
  };
}

/** Who speaks in each cue, also where the name stands only where the speaker changes. */
function speakersOf(file: CueFile): ReadonlyMap<Cue, string> {
  return new Map(
    turnsOf(file).flatMap(({ speaker, cues }) =>
      speaker === undefined ? [] : cues.map((cue) => [cue, speaker] as const),
    ),
  );
}

/** The one who speaks longest while something is said; undefined where nobody does. */
function mostSpeaking(
  said: readonly TimeRange[],
  cues: readonly Cue[],
  names: ReadonlyMap<Cue, string>,
): string | undefined {
  const seconds = new Map<string, number>();
  for (const cue of cues) {
    const name = names.get(cue);
    if (name === undefined) continue;
    const shared = said.reduce((sum, one) => sum + Math.max(0, overlap(one, cue)), 0);
    seconds.set(name, (seconds.get(name) ?? 0) + shared);
  }
  const [first] = [...seconds].filter(([, shared]) => shared > 0).sort(([, left], [, right]) => right - left);
  return first?.[0];
}

/** New segments with the names that the cues had at their times: a recogniser's labels say nothing to a person. */
export function withNames(file: CueFile, cues: readonly Cue[], segments: readonly Segment[]): readonly Segment[] {
  const names = speakersOf(file);
  const labels = new Map<string, string | undefined>();
  const ofLabel = (label: string): string | undefined => {
    if (!labels.has(label)) {
      const said = segments.filter(({ speaker }) => speaker === label);
      labels.set(label, mostSpeaking(said, cues, names));
    }
    return labels.get(label);
  };
  return segments.map(({ speaker: label, ...segment }) => {
    const name = label === undefined ? mostSpeaking([segment], cues, names) : (ofLabel(label) ?? label);
    return { ...segment, ...(name === undefined || file.speakerStyle === 'none' ? {} : { speaker: name }) };
  });
}

const payloadOf = ({ syntax }: CueFile, text: string): string => {
  // An empty line would end the cue, an arrow begin another one.
  const lines = text.replaceAll(/\s*\n\s*/g, '\n').trim();
  return syntax === 'vtt' ? encodeReferences(lines) : lines.replaceAll('-->', '→');
};

function writeCue(file: CueFile, segment: Segment, number: number | undefined, last: string | undefined): string {
  const { speaker } = segment;
  const isTag = file.speakerStyle === 'voice-tag';
  const hasPrefix = speaker !== undefined && !isTag && speaker !== last && isSpeakerPrefix(speaker);
  const name = speaker === undefined ? '' : isTag ? `<v ${payloadOf(file, speaker)}>` : hasPrefix ? `${speaker}: ` : '';
  return [
    ...(number === undefined ? [] : [String(number)]),
    formatTiming({ ...segment, settings: '' }, file.syntax),
    name + payloadOf(file, segment.text),
  ].join('\n');
}

/** Where cues that stand nowhere yet belong: in front of the first one that starts later, else at the end. */
function insertion(file: CueFile, startSeconds: number): { readonly at: number; readonly before: Cue | undefined } {
  const next = file.cues.find((cue) => cue.startSeconds >= startSeconds);
  return { at: next?.span.start ?? file.content.trimEnd().length, before: next };
}

/**
 * Puts segments in the place of cues, or where there are none, where their times belong. All other text stays.
 * @param cues Of this file, in the order of the text.
 * @param segments At least one; with the names of speakers that they shall have.
 */
export function replaceCues(file: CueFile, cues: readonly Cue[], segments: readonly Segment[]): readonly TextEdit[] {
  const lineBreak = lineBreakOf(file.content);
  const [first] = cues;
  const { at, before } =
    first === undefined ? insertion(file, segments[0]?.startSeconds ?? 0) : { at: first.span.start, before: first };
  const earlier = file.cues.filter(({ span }) => span.start < at);
  const names = speakersOf(file);
  const previous = earlier.at(-1);
  let last = previous === undefined ? undefined : names.get(previous);
  const numbered = file.syntax === 'srt' && file.cues.some(({ id }) => id !== undefined);
  const firstNumber =
    before?.id === undefined ? earlier.length + 1 : Number.parseInt(spanText(file.content, before.id), 10);
  const written = segments.map((segment, index) => {
    const cue = writeCue(file, segment, numbered ? firstNumber + index : undefined, last);
    last = segment.speaker ?? last;
    return cue;
  });
  const text = written.join('\n\n').replaceAll('\n', lineBreak);
  const gap = lineBreak + lineBreak;
  const own: TextEdit =
    first !== undefined
      ? { ...first.span, text }
      : before !== undefined
        ? { start: at, end: at, text: text + gap }
        : { start: at, end: at, text: gap + text };
  const removed = cues.slice(1).map(({ span }): TextEdit => {
    const rest = /^\s*/.exec(file.content.slice(span.end))?.[0].length ?? 0;
    return { start: span.start, end: span.end + rest, text: '' };
  });
  const lastReplaced = cues.at(-1) ?? previous;
  const by = segments.length - cues.length;
  const renumbered = lastReplaced === undefined ? [] : renumber(file, lastReplaced, by);
  return [own, ...removed, ...renumbered].sort((left, right) => left.start - right.start);
}

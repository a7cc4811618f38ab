import { spanText, type Cue, type CueFile } from '../formats/cueFile.js';
import { speakerOf } from './turns.js';

/** Characters a second, line breaks counted as spaces; undefined when the cue has no length. */
export function readingSpeed({ startSeconds, endSeconds, text }: Cue): number | undefined {
  const seconds = endSeconds - startSeconds;
  return seconds > 0 ? text.trim().length / seconds : undefined;
}

/** `75.5` → `1:15.5`, to a tenth of a second, for people. */
export function formatMoment(seconds: number): string {
  const tenths = Math.round(seconds * 10);
  const hours = Math.floor(tenths / 36_000);
  const minutes = Math.floor(tenths / 600) % 60;
  const rest = `${Math.floor(tenths / 10) % 60}`.padStart(2, '0');
  const clock = hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`;
  return tenths % 10 === 0 ? clock : `${clock}.${tenths % 10}`;
}

/** What there is to know about a cue, a line each. */
export function describeCue(cue: Cue): readonly string[] {
  const speaker = speakerOf(cue);
  const speed = readingSpeed(cue);
  const length = Math.round((cue.endSeconds - cue.startSeconds) * 100) / 100;
  return [
    ...(speaker === undefined ? [] : [speaker]),
    `${formatMoment(cue.startSeconds)} to ${formatMoment(cue.endSeconds)}, ${length} seconds`,
    ...(speed === undefined ? [] : [`${Math.round(speed)} characters a second`]),
  ];
}

const estimates = {
  estimated: 'The model gave no times: this one is estimated from the pauses in the recording.',
  'partly estimated': 'Some times in this transcript are estimated, since the model gave none that can be right.',
} as const;

/** What the NOTE of a transcript says about its times; nothing where they are the model's own. */
export function describeTimes({ content, blocks, cues }: CueFile): readonly string[] {
  const firstCue = cues[0]?.span.start ?? Infinity;
  for (const { kind, span } of blocks) {
    if (kind !== 'note' || span.start > firstCue) continue;
    const times = /^times: (estimated|partly estimated)\s*$/m.exec(spanText(content, span))?.[1];
    if (times === 'estimated' || times === 'partly estimated') return [estimates[times]];
  }
  return [];
}

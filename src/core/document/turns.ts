import type { Cue, CueFile } from '../formats/cueFile.js';
import { isSameParagraph } from '../paragraphs.js';

/** Cues in a row by one speaker. */
export interface Turn {
  /** Undefined where nobody is named. */
  readonly speaker: string | undefined;
  /** At least one. */
  readonly cues: readonly [Cue, ...Cue[]];
}

/** Who speaks in a cue; the first one where several do. */
export function speakerOf(cue: Cue): string | undefined {
  return cue.voices[0]?.name;
}

/** All turns in the order of the text; none in a file that names nobody. */
export function turnsOf({ speakerStyle, cues }: Pick<CueFile, 'speakerStyle' | 'cues'>): readonly Turn[] {
  if (speakerStyle === 'none') return [];
  const turns: { speaker: string | undefined; cues: [Cue, ...Cue[]] }[] = [];
  for (const cue of cues) {
    const last = turns.at(-1);
    const speaker = speakerOf(cue);
    // Where names stand in front of texts, they stand where the speaker changes.
    const goesOn = speaker === last?.speaker || (speaker === undefined && speakerStyle === 'prefix');
    if (last !== undefined && goesOn) last.cues.push(cue);
    else turns.push({ speaker, cues: [cue] });
  }
  return turns;
}

/** Turns of speech; where nobody is named, the paragraphs in which a person would set the text. */
export function passagesOf(file: Pick<CueFile, 'speakerStyle' | 'cues'>): readonly Turn[] {
  if (file.speakerStyle !== 'none') return turnsOf(file);
  const passages: { speaker: undefined; cues: [Cue, ...Cue[]] }[] = [];
  for (const cue of file.cues) {
    const open = passages.at(-1)?.cues;
    const last = open?.at(-1);
    if (open !== undefined && last !== undefined && isSameParagraph(open[0], last, cue)) open.push(cue);
    else passages.push({ speaker: undefined, cues: [cue] });
  }
  return passages;
}

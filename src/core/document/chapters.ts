import { spanText, type Cue, type CueFile } from '../formats/cueFile.js';
import { parseTime } from '../formats/cueTiming.js';

/** A stretch of a transcript that the recording names. */
export interface CueChapter {
  /** Undefined for what is said before the first chapter. */
  readonly title: string | undefined;
  /** In the order of the text; at least one. */
  readonly cues: readonly [Cue, ...Cue[]];
}

interface Mark {
  readonly startSeconds: number;
  readonly title: string;
}

/** The lines `chapter: 00:01:00.000 Questions` in the NOTEs before the first cue; a person may add some. */
function marksOf({ content, blocks, cues }: CueFile): readonly Mark[] {
  const firstCue = cues[0]?.span.start ?? Infinity;
  return blocks
    .filter(({ kind, span }) => kind === 'note' && span.start < firstCue)
    .flatMap(({ span }) => [...spanText(content, span).matchAll(/^chapter: +(\S+)(?: +(.*))?$/gm)])
    .flatMap(([, time = '', title = '']) => {
      const startSeconds = parseTime(time);
      return startSeconds === undefined ? [] : [{ startSeconds, title: title.trim() }];
    })
    .sort((left, right) => left.startSeconds - right.startSeconds);
}

/**
 * The cues by chapter, each in the chapter in which it begins; chapters in which nothing is said are left out. Undefined where
 * the recording names no chapters.
 */
export function chaptersOf(file: CueFile): readonly CueChapter[] | undefined {
  const marks = marksOf(file);
  if (marks.length === 0) return undefined;
  const chapters: { mark: number; title: string | undefined; cues: [Cue, ...Cue[]] }[] = [];
  let mark = -1;
  for (const cue of file.cues) {
    // A cue that goes back in time does not open the chapter before once more.
    while ((marks[mark + 1]?.startSeconds ?? Infinity) <= cue.startSeconds) mark += 1;
    const last = chapters.at(-1);
    if (last?.mark === mark) last.cues.push(cue);
    else {
      const title = marks[mark]?.title;
      chapters.push({ mark, title: title === '' ? `Chapter ${mark + 1}` : title, cues: [cue] });
    }
  }
  return chapters.map(({ title, cues }) => ({ title, cues }));
}

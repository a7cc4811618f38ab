import type { Segment, Word } from '../../core/transcript.js';

/** `station 4.930 5.400 0.999700`; a second way to say a word is written `the(2)`. */
const wordLine = /^(\S+?)(?:\(\d+\))? (\d+(?:\.\d+)?) (\d+(?:\.\d+)?) (\d+(?:\.\d+)?)$/;
/** Silence, noise and hesitation. */
const filler = /^(?:<.*>|\[.*\]|\+\+.*\+\+)$/;
const utteranceEnd = '</s>';

/** A cue that can be read while it is shown. */
const longestSeconds = 7;
const longestCharacters = 84;

function segmentOf(words: readonly Word[]): Segment | undefined {
  const first = words[0];
  const last = words.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    startSeconds: first.startSeconds,
    endSeconds: last.endSeconds,
    text: words.map(({ text }) => text).join(' '),
    words,
  };
}

/** Cuts what is too long at its longest pause, keeping away from the ends, and so on until every part is readable. */
export function splitAtPauses(words: readonly Word[]): readonly Segment[] {
  const whole = segmentOf(words);
  if (whole === undefined) return [];
  const duration = whole.endSeconds - whole.startSeconds;
  if ((duration <= longestSeconds && whole.text.length <= longestCharacters) || words.length < 2) return [whole];
  let best = 1;
  let bestScore = -Infinity;
  for (let index = 1; index < words.length; index++) {
    const pause = (words[index]?.startSeconds ?? 0) - (words[index - 1]?.endSeconds ?? 0);
    const offCentre = Math.abs(index / words.length - 0.5);
    // A pause of a second in the first tenth loses to one of a quarter second in the middle.
    const score = (pause + 0.05) * (1 - offCentre * offCentre * 3.6);
    if (score > bestScore) {
      best = index;
      bestScore = score;
    }
  }
  return [...splitAtPauses(words.slice(0, best)), ...splitAtPauses(words.slice(best))];
}

export interface WordTimesReader {
  /** Gives the segments that this line completes. */
  line(value: string): readonly Segment[];
  end(): readonly Segment[];
}

/** Reads an utterance a line, followed by its words with start, end and confidence, as they come. */
export function wordTimesReader(): WordTimesReader {
  let words: Word[] = [];
  const flush = (): readonly Segment[] => {
    const segments = splitAtPauses(words);
    words = [];
    return segments;
  };
  return {
    line(value) {
      const match = wordLine.exec(value.trim());
      if (match === null) return flush();
      if (value.startsWith(utteranceEnd)) return flush();
      const [, text = '', start, end, confidence] = match;
      if (filler.test(text)) return [];
      words.push({
        text,
        startSeconds: Number(start),
        endSeconds: Number(end),
        // Rounding takes it a little above 1.
        confidence: Math.min(1, Number(confidence)),
      });
      return [];
    },
    end: flush,
  };
}

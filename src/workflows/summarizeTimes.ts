import type { TimeRange } from '../core/clip.js';
import { parseTime } from '../core/formats/cueTiming.js';
import type { TimeLink } from '../core/formats/exportedTranscript.js';
import { formatDuration } from '../core/timecode.js';

/** What the times of a summary are measured against. */
export interface SpokenTimes {
  /** Where somebody speaks, in any order. */
  readonly spoken: readonly TimeRange[];
  /** Absent: the recording ends with the last word. */
  readonly durationSeconds?: number;
}

/** Models round times, and recognisers begin a little late. */
const toleranceSeconds = 2.5;

const inBrackets = /[[【]([^[\]【】]{1,80})[\]】]/g;
const aTime = /\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?/g;
/** Between and around the times in brackets. */
const between = /^(?:\s|,|;|–|-|—|~|to|bis|and|at|@)*$/i;

type Place = 'spoken' | 'silence' | 'outside';

/** Turns what a model writes into a document: times in brackets become links, and what else looks like a link or a tag does not. */
export class SummaryLines {
  readonly #spoken: readonly TimeRange[];
  readonly #endSeconds: number;
  readonly #linkTo: TimeLink;
  #rest = '';
  /** The lines of the point that is being written. */
  #point: string[] = [];
  #isPoint = false;
  /** Points of which the model did not say where in the recording they are. */
  untimedPoints = 0;
  /** Times at which there is nothing, or nobody speaks. */
  doubtfulTimes = 0;
  points = 0;

  constructor({ spoken, durationSeconds }: SpokenTimes, linkTo: TimeLink) {
    this.#spoken = spoken;
    const lastSeconds = spoken.reduce((last, { endSeconds }) => Math.max(last, endSeconds), 0);
    this.#endSeconds = Math.max(durationSeconds ?? 0, lastSeconds);
    this.#linkTo = linkTo;
  }

  /** What of the document is finished with these words of the model's; whole lines. */
  push(words: string): string {
    const lines = (this.#rest + words).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.map((line) => this.#line(line)).join('');
  }

  /** Called after the last words. */
  finish(): string {
    const last = this.#rest === '' ? '' : this.#line(this.#rest);
    this.#rest = '';
    return last + this.#flush();
  }

  #line(line: string): string {
    const isItem = /^\s*(?:[-*+]|\d+[.)])\s+\S/.test(line);
    const goesOn = this.#isPoint && !isItem && line.trim() !== '' && !/^\s*#/.test(line);
    if (goesOn) {
      this.#point.push(line);
      return '';
    }
    const before = this.#flush();
    this.#isPoint = isItem;
    this.#point = [line];
    return isItem ? before : before + this.#flush();
  }

  #flush(): string {
    const lines = this.#point;
    if (lines.length === 0) return '';
    let timeCount = 0;
    const written = lines.map((line) => this.#linked(line, () => timeCount++));
    if (this.#isPoint) {
      this.points++;
      // A heading of points has the times below it.
      if (timeCount === 0 && !/:\s*$/.test(lines.at(-1) ?? '')) {
        this.untimedPoints++;
        written.push(`${written.pop() ?? ''} (no time given)`);
      }
    }
    this.#point = [];
    this.#isPoint = false;
    return `${written.join('\n')}\n`;
  }

  #linked(line: string, count: () => void): string {
    const checkbox = /^(\s*[-*+]\s+)\[( |x|X)\](?=\s)/.exec(line);
    const head = checkbox === null ? '' : checkbox[0];
    let position = 0;
    const rest = line.slice(head.length);
    const parts: string[] = [];
    for (const { index, 0: whole, 1: inner = '' } of rest.matchAll(inBrackets)) {
      if (!between.test(inner.replaceAll(aTime, '')) || !/\d:\d/.test(inner)) continue;
      const times = [...inner.matchAll(aTime)].map(([time]) => parseTime(time)).filter((time) => time !== undefined);
      parts.push(inert(rest.slice(position, index)), times.map((time) => this.#time(time)).join(', '));
      position = index + whole.length;
      // A link the model made of it is ours to make.
      const address = /^\([^)\s]*\)/.exec(rest.slice(position));
      if (address !== null) position += address[0].length;
      count();
    }
    return head + parts.join('') + inert(rest.slice(position));
  }

  #time(seconds: number): string {
    const place = this.#placeOf(seconds);
    if (place !== 'spoken') this.doubtfulTimes++;
    const shown = formatDuration(seconds);
    if (place === 'outside') return `${shown} (⚠ not in the recording)`;
    const link = `[${shown}](${this.#linkTo(seconds)})`;
    return place === 'silence' ? `${link} (⚠ nobody speaks there)` : link;
  }

  #placeOf(seconds: number): Place {
    if (seconds > this.#endSeconds + toleranceSeconds) return 'outside';
    const isSpoken = this.#spoken.some(
      ({ startSeconds, endSeconds }) =>
        seconds > startSeconds - toleranceSeconds && seconds < endSeconds + toleranceSeconds,
    );
    return isSpoken ? 'spoken' : 'silence';
  }
}

/** Words of a recording may say anything: no link, picture or tag of theirs is one in the document. */
function inert(text: string): string {
  return text.replaceAll(/<(?=[a-z!/?])/gi, '\\<').replaceAll(/(!?)\[/g, (_whole, mark: string) => `${mark}\\[`);
}

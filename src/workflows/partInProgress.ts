import type { TimeRange } from '../core/clip.js';
import type { Segment, Word } from '../core/transcript.js';
import { addUsage, type Usage } from '../core/usage.js';
import type { TranscriptionEvent } from '../providers/provider.js';
import type { FinishedPart } from './ports.js';

const latestLength = 120;

function shiftWord(word: Word, offsetSeconds: number): Word {
  return { ...word, startSeconds: word.startSeconds + offsetSeconds, endSeconds: word.endSeconds + offsetSeconds };
}

function shift(segment: Segment, offsetSeconds: number): Segment {
  if (offsetSeconds === 0) return segment;
  return {
    ...segment,
    startSeconds: segment.startSeconds + offsetSeconds,
    endSeconds: segment.endSeconds + offsetSeconds,
    ...(segment.words === undefined ? {} : { words: segment.words.map((word) => shiftWord(word, offsetSeconds)) }),
  };
}

/** What has been heard of one part so far, on the recording's clock. */
export class PartInProgress {
  readonly range: TimeRange;
  readonly #segments: Segment[] = [];
  #usage: Usage = {};
  #language: string | undefined;
  /** What has come without times of its own. */
  #untimed = '';
  #reachSeconds: number;

  constructor({ startSeconds, endSeconds }: TimeRange) {
    this.range = { startSeconds, endSeconds };
    this.#reachSeconds = startSeconds;
  }

  add(event: TranscriptionEvent): void {
    if (event.type === 'segment') this.#add(shift(event.segment, this.range.startSeconds));
    else if (event.type === 'text') this.#untimed += event.text;
    else if (event.type === 'restart') this.#startAgain();
    else if (event.type === 'language') this.#language ??= event.language;
    else this.#usage = addUsage(this.#usage, event.usage);
  }

  #startAgain(): void {
    this.#segments.length = 0;
    this.#untimed = '';
    this.#reachSeconds = this.range.startSeconds;
  }

  #add(segment: Segment): void {
    if (segment.text.trim() === '') return;
    this.#segments.push(segment);
    this.#reachSeconds = Math.max(this.#reachSeconds, segment.endSeconds);
  }

  /**
   * All that came, also when more was to come. Text without times rests on the part as a whole, marked as estimated, until
   * `placeEstimated` finds where in it somebody speaks.
   */
  get soFar(): FinishedPart {
    const text = this.#untimed.trim();
    return {
      ...this.range,
      segments:
        text === '' ? [...this.#segments] : [...this.#segments, { ...this.range, text, hasEstimatedTimes: true }],
      usage: this.#usage,
      ...(this.#language === undefined ? {} : { language: this.#language }),
    };
  }

  get hasText(): boolean {
    return this.#segments.length > 0 || this.#untimed.trim() !== '';
  }

  /** How far what has times of its own reaches. */
  get reachSeconds(): number {
    return this.#reachSeconds;
  }

  /** The newest words, for a person who waits. */
  get latest(): string | undefined {
    return this.#untimed === '' ? this.#segments.at(-1)?.text : this.#untimed.slice(-latestLength);
  }
}

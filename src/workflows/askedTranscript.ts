import type { TimeRange } from '../core/clip.js';
import { doubtsIn } from '../core/doubts.js';
import { parseTime } from '../core/formats/cueTiming.js';
import { JsonObjectReader, type FoundObject } from '../core/formats/jsonObjects.js';
import type { Segment } from '../core/transcript.js';
import { allSegments, certainSegments, type Said } from './saidTimes.js';

/** Models round, and hear an end a little late. */
const endToleranceSeconds = 1;
const longestSpeakerLength = 40;
const nobody = /^(?:|unknown|none|null|n\/?a|-)$/i;

type Fields = Readonly<Record<string, unknown>>;

function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? parseTime(value) : value;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined;
}

/** The fields of an object in whose text stand quotes that are not escaped. */
function salvage(broken: string): Fields | undefined {
  const before = broken.slice(0, Math.max(0, broken.indexOf('"text"')));
  const text = /"text"\s*:\s*"(.+?)"?\s*\}?\s*,?\s*$/s.exec(broken)?.[1];
  if (text === undefined || /"(?:start|end|speaker|text)"\s*:/.test(text)) return undefined;
  const field = (key: string): string | undefined =>
    new RegExp(`"${key}"\\s*:\\s*"?([^",}]*)`).exec(before)?.[1]?.trim();
  return { start: field('start'), end: field('end'), speaker: field('speaker'), text: text.replaceAll('\\"', '"') };
}

/** Reads what a model wrote that was asked for a transcript in JSON, as it comes, and believes no time that cannot be right. */
export class AskedTranscript {
  readonly #durationSeconds: number;
  readonly #said: Said[] = [];
  #objects = new JsonObjectReader();
  #language: string | undefined;
  #isAnnounced = false;
  #unreadableCount = 0;
  /** What begins before this was said in an earlier answer. */
  #fromSeconds = 0;

  /** @param durationSeconds Of the piece; all times are on its clock. */
  constructor(durationSeconds: number) {
    this.#durationSeconds = durationSeconds;
  }

  push(text: string): void {
    this.#objects.push(text).forEach((object) => {
      this.#take(object);
    });
  }

  /** To be called at the end of every answer. Gives whether it ended in the middle of what it was saying. */
  endAnswer(): boolean {
    const { isOpen } = this.#objects;
    this.#objects.end().forEach((object) => {
      this.#take(object, true);
    });
    this.#objects = new JsonObjectReader();
    return isOpen;
  }

  /** The next answer goes on where this one ended; what it says once more is passed over. */
  goOn(): void {
    this.#fromSeconds = this.reachSeconds;
  }

  /** BCP 47, as the model says. */
  get language(): string | undefined {
    return this.#language;
  }

  /** How many lines hold speech that cannot be read. */
  get unreadableCount(): number {
    return this.#unreadableCount;
  }

  get hasText(): boolean {
    return this.#said.length > 0;
  }

  /** It was said, in the form that was asked for, that nobody speaks. */
  get isSilent(): boolean {
    return !this.hasText && this.#isAnnounced && this.#unreadableCount === 0;
  }

  get isLoop(): boolean {
    const said = this.#said.map(({ text }) => ({ text, startSeconds: 0, endSeconds: 0 }));
    return doubtsIn(said).some(({ reason }) => reason === 'loop');
  }

  /** How far the times reach that can be right. */
  get reachSeconds(): number {
    return this.#said.reduce((reach, { times }) => Math.max(reach, times?.endSeconds ?? 0), 0);
  }

  /** What will not change any more, whatever comes. */
  get certain(): readonly Segment[] {
    return certainSegments(this.#said);
  }

  /** All of it, once nothing more comes. */
  get segments(): readonly Segment[] {
    return allSegments(this.#said, this.#durationSeconds);
  }

  #take(object: FoundObject, isCut = false): void {
    const fields = 'value' in object ? object.value : isCut ? undefined : salvage(object.broken);
    if (fields === undefined) {
      // What was cut off in the middle is asked for again with the rest.
      if (!isCut && 'broken' in object && object.broken.includes('"text"')) this.#unreadableCount += 1;
      return;
    }
    this.#takeFields(fields);
  }

  #takeFields(fields: Fields): void {
    const { text, speaker, language } = fields;
    if (typeof language === 'string' && /^[a-z]{2,3}(?:-[a-z0-9]+)*$/i.test(language)) this.#language ??= language;
    if (typeof language === 'string' || Array.isArray(fields['segments'])) this.#isAnnounced = true;
    if (typeof text !== 'string') return;
    const name = typeof speaker === 'string' ? speaker.replaceAll(/\s+/g, ' ').trim() : '';
    const words = text
      .replaceAll(/\s*\n\s*/g, '\n')
      .trim()
      .replace(name === '' ? /^(?!)/ : `${name}: `, '');
    if (words === '') return;
    const times = this.#timesOf(fields);
    if (times !== undefined && this.#isRepeated(times)) return;
    this.#said.push({
      text: words,
      ...(nobody.test(name) || name.length > longestSpeakerLength ? {} : { speaker: name }),
      ...(times === undefined ? {} : { times }),
    });
  }

  #isRepeated({ startSeconds, endSeconds }: TimeRange): boolean {
    if (this.#fromSeconds === 0) return false;
    return endSeconds < this.#fromSeconds + 0.1 || startSeconds < this.#fromSeconds - endToleranceSeconds / 2;
  }

  #timesOf({ start, end }: Fields): Said['times'] {
    const startSeconds = secondsOf(start);
    const endSeconds = secondsOf(end);
    if (startSeconds === undefined || endSeconds === undefined) return undefined;
    const isInside = startSeconds >= 0 && endSeconds <= this.#durationSeconds + endToleranceSeconds;
    const clamped = Math.min(endSeconds, this.#durationSeconds);
    return isInside && clamped > startSeconds ? { startSeconds, endSeconds: clamped } : undefined;
  }
}

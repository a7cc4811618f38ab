import type { TimeRange } from '../clip.js';
import { parseTime } from '../formats/cueTiming.js';
import { formatDuration } from '../timecode.js';

/** A recording that an answer may refer to. */
export interface CitedClip {
  readonly uri: string;
  readonly name: string;
  /** What it is called by in the conversation. */
  readonly number: number;
  /** Absent: not known, and not checked. */
  readonly durationSeconds?: number;
}

/** A place that an answer rests on. A moment is a range without length. */
export interface Citation extends TimeRange {
  readonly clip: string;
  readonly place: 'inside' | 'outside' | 'silence';
}

/** Makes the address that plays a place. */
export type CitationLink = (citation: Citation) => string;

/** Models round times, and recognisers begin a little late. */
const toleranceSeconds = 2.5;
/** What is longer is no reference. */
const longestReference = 80;

const time = String.raw`\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?`;
const dash = String.raw`\s*(?:-|–|—|~|to|bis|à|hasta)\s*`;
const place = new RegExp(`(${time})(?:${dash}(${time}))?`, 'gi');
/** In front of a time: which recording. `2`, `#2`, `Recording 2,`, `2 @`. */
const label = /^\s*(?:\p{L}*\s*#?\s*(\d{1,2})|"?([^":[\]]+?)"?)\s*(?:[,@:;|]\s*|\s)(?:at\s+)?(?=\d{1,3}:\d{2})/iu;
const between = /^(?:\s|,|;|and|und|et|y|at|@)*$/i;
const mention = /\brecordings? #?(\d{1,2})\b/gi;

/**
 * Turns the times of an answer into links while it is being written. `[12:34]`, `[12:34-13:00]`, `[2 12:34]` for the second
 * recording. What lies outside a recording is marked and no link; what lies where nobody speaks is a link and marked.
 */
export class TimeReferences {
  readonly #clips: readonly CitedClip[];
  readonly #linkTo: CitationLink;
  readonly #spoken = new Map<string, readonly TimeRange[]>();
  #waiting = '';
  #isCode = false;
  /** The one that the answer spoke of last. */
  #current: CitedClip | undefined;
  #said = '';
  /** In the order of the answer, each once. */
  readonly citations: Citation[] = [];

  constructor(clips: readonly CitedClip[], linkTo: CitationLink) {
    this.#clips = clips;
    this.#linkTo = linkTo;
    if (clips.length === 1) this.#current = clips[0];
  }

  /** Tells where somebody speaks in a recording, from when on that is checked. */
  setSpoken(uri: string, spoken: readonly TimeRange[]): void {
    this.#spoken.set(uri, spoken);
  }

  /** What can be shown with these words of the model's: all but what may be the beginning of a reference. */
  push(words: string): string {
    let text = this.#waiting + words;
    this.#waiting = '';
    // A link that the model made of a time has its address behind the bracket.
    const open = /(?:[[【][^[\]【】\n]*|[[【][^[\]【】\n]+[\]】](?:\([^()\s]*)?|`+)$/.exec(text);
    if (open !== null && open[0].length <= 2 * longestReference) {
      this.#waiting = open[0];
      text = text.slice(0, open.index);
    }
    return this.#rewrite(text);
  }

  /** Called after the last words. */
  finish(): string {
    const rest = this.#waiting;
    this.#waiting = '';
    return this.#rewrite(rest);
  }

  #rewrite(text: string): string {
    return text
      .split(/(`+)/)
      .map((part) => {
        if (part.startsWith('`')) this.#isCode = !this.#isCode;
        return part.startsWith('`') || this.#isCode ? part : this.#linked(part);
      })
      .join('');
  }

  #linked(text: string): string {
    const reference = /[[【]([^[\]【】\n]{1,80})[\]】](?:\([^()\s]*\))?/g;
    let written = '';
    let position = 0;
    for (const match of text.matchAll(reference)) {
      const before = text.slice(position, match.index);
      this.#hear(before);
      const links = this.#links(match[1] ?? '');
      written += inert(before) + (links ?? inert(match[0]));
      position = match.index + match[0].length;
    }
    const rest = text.slice(position);
    this.#hear(rest);
    return written + inert(rest);
  }

  /** Notes which recording is being spoken of. */
  #hear(text: string): void {
    if (this.#clips.length < 2) return;
    this.#said = (this.#said + text).slice(-400);
    let latest = -1;
    for (const { index, 1: number } of this.#said.matchAll(mention)) {
      const clip = this.#clips.find((each) => each.number === Number(number));
      if (clip !== undefined && index > latest) [latest, this.#current] = [index, clip];
    }
    for (const clip of this.#clips) {
      const index = this.#said.lastIndexOf(clip.name);
      if (index > latest) [latest, this.#current] = [index, clip];
    }
    // A recording counts from where it was named on, and not again with each word that follows.
    if (latest >= 0) this.#said = this.#said.slice(latest + 1);
  }

  #links(inner: string): string | undefined {
    // `1:02:03` is an hour, and not the second minute of recording 1.
    const named = /^\s*\d{1,3}:\d{2}/.test(inner) ? null : label.exec(inner);
    const times = named === null ? inner : inner.slice(named[0].length);
    if (!/\d:\d/.test(times) || !between.test(times.replaceAll(place, ''))) return undefined;
    const clip = named === null ? this.#current : this.#labelled(named);
    if (clip === undefined) return undefined;
    return [...times.matchAll(place)]
      .map(([, start = '', end]) => {
        const startSeconds = parseTime(start) ?? 0;
        const endSeconds = Math.max(startSeconds, (end === undefined ? undefined : parseTime(end)) ?? startSeconds);
        return this.#link(clip, { startSeconds, endSeconds }, named !== null);
      })
      .join(', ');
  }

  #labelled([, number, name]: RegExpExecArray): CitedClip | undefined {
    return this.#clips.find((clip) =>
      number === undefined ? clip.name === name?.trim() : clip.number === Number(number),
    );
  }

  #link(clip: CitedClip, range: TimeRange, isLabelled: boolean): string {
    const { startSeconds, endSeconds } = range;
    const citation: Citation = {
      clip: clip.uri,
      startSeconds,
      endSeconds,
      place: placeOf(range, clip, this.#spoken.get(clip.uri)),
    };
    const isKnown = this.citations.some(
      (each) => each.clip === clip.uri && each.startSeconds === startSeconds && each.endSeconds === endSeconds,
    );
    if (!isKnown) this.citations.push(citation);
    const until = endSeconds > startSeconds ? `–${formatDuration(endSeconds)}` : '';
    const shown = `${isLabelled && this.#clips.length > 1 ? `${clip.number} · ` : ''}${formatDuration(startSeconds)}${until}`;
    if (citation.place === 'outside') return `${shown} (⚠ not in the recording)`;
    const link = `[${shown}](${this.#linkTo(citation)})`;
    return citation.place === 'silence' ? `${link} (⚠ nobody speaks there)` : link;
  }
}

function placeOf(
  range: TimeRange,
  { durationSeconds }: CitedClip,
  spoken: readonly TimeRange[] | undefined,
): Citation['place'] {
  if (durationSeconds !== undefined && range.startSeconds > durationSeconds + toleranceSeconds) return 'outside';
  const isSpoken = spoken?.some(
    ({ startSeconds, endSeconds }) =>
      range.endSeconds > startSeconds - toleranceSeconds && range.startSeconds < endSeconds + toleranceSeconds,
  );
  return isSpoken === false ? 'silence' : 'inside';
}

/** The only links to commands are ours: what a model writes may come from a recording, which may say anything. */
function inert(text: string): string {
  return text.replaceAll(/command:/gi, 'command\u200B:');
}

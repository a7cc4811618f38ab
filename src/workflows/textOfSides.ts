import { mergeByTime } from '../core/sides.js';
import type { Segment } from '../core/transcript.js';
import type { FinishedPart } from './ports.js';
import type { PartsWork } from './transcribeParts.js';

interface Side {
  /** Final, but the other side does not reach as far yet. */
  waiting: readonly Segment[];
  open: readonly Segment[];
  /** How far what is final reaches. */
  settledSeconds: number;
}

/** Puts the texts of several channels together while they come: in the order of time, as far as all of them reach. */
export class TextOfSides {
  readonly #tell: NonNullable<PartsWork['onText']>;
  readonly #sides: readonly Side[];
  #language: string | undefined;
  #toldSeconds = 0;

  constructor(count: number, tell: NonNullable<PartsWork['onText']>) {
    this.#tell = tell;
    this.#sides = Array.from({ length: count }, () => ({ waiting: [], open: [], settledSeconds: 0 }));
  }

  /** See `PartsWork.onText`. */
  add(index: number, settled: readonly FinishedPart[], open: readonly Segment[]): void {
    const side = this.#sides[index];
    if (side === undefined) return;
    side.waiting = [...side.waiting, ...settled.flatMap(({ segments }) => segments)];
    side.open = open;
    side.settledSeconds = settled.at(-1)?.endSeconds ?? side.settledSeconds;
    this.#language ??= settled.find(({ language }) => language !== undefined)?.language;
    this.#update();
  }

  /** There is nothing more on this side: the others need not wait for it. */
  end(index: number): void {
    const side = this.#sides[index];
    if (side === undefined) return;
    side.settledSeconds = Infinity;
    side.open = [];
    this.#update();
  }

  #update(): void {
    const settledSeconds = Math.min(...this.#sides.map((side) => side.settledSeconds));
    const reaches = this.#sides.map((side) => Math.max(side.settledSeconds, side.open.at(-1)?.endSeconds ?? 0));
    const reachSeconds = Math.min(...reaches);
    const settled = mergeByTime(this.#sides.map(({ waiting }) => before(settledSeconds, waiting)));
    for (const side of this.#sides) side.waiting = side.waiting.filter((one) => one.startSeconds >= settledSeconds);
    const open = mergeByTime(this.#sides.map((side) => before(reachSeconds, [...side.waiting, ...side.open])));
    const range = { startSeconds: this.#toldSeconds, endSeconds: settledSeconds };
    this.#toldSeconds = settledSeconds;
    const language = this.#language === undefined ? {} : { language: this.#language };
    this.#tell([{ ...range, segments: settled, usage: {}, ...language }], open);
  }
}

function before(seconds: number, segments: readonly Segment[]): readonly Segment[] {
  return segments.filter(({ startSeconds }) => startSeconds < seconds);
}

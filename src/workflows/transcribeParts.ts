import type { Piece } from '../audio/engine.js';
import type { TimeRange } from '../core/clip.js';
import { cancelled, type EarshotError, errorPolicy, throwIfCancelled, toEarshotError } from '../core/errors.js';
import type { Segment } from '../core/transcript.js';
import type { TranscriptionEvent } from '../providers/provider.js';
import { PartInProgress } from './partInProgress.js';
import type { FinishedPart } from './ports.js';
import { isTooMuch, type RequestLimit } from './requestLimits.js';

/** So many parts failing one after another is no accident any more. */
const failuresToGiveUp = 3;
/** How often a part waits with the others until a server that has had too much wants to be asked again. */
const waitsForServer = 4;

export interface PartsWork {
  /** Prepares the recording from its beginning, the same way each time. */
  readonly prepare: () => AsyncIterable<Piece>;
  /** What need not be asked for again. */
  readonly finished: readonly FinishedPart[];
  readonly ask: (piece: Piece) => AsyncIterable<TranscriptionEvent>;
  /** Looks at what came of a part, and may ask for it otherwise. */
  readonly review: (part: FinishedPart) => Promise<FinishedPart>;
  /** Resolves when a finished part is safe. */
  readonly keep: (part: FinishedPart) => Promise<void>;
  readonly limit: RequestLimit;
  /** Never goes back, whatever is answered first. */
  readonly onProgress: (completeUntilSeconds: number, latest?: string) => void;
  /**
   * What can be read from the beginning on without a gap: parts that have become final since the last call, and what has been
   * heard so far of the one after them, which may still change.
   */
  readonly onText?: (settled: readonly FinishedPart[], open: readonly Segment[]) => void;
  readonly signal: AbortSignal;
}

export interface PartsOutcome {
  /** In order and without a gap. After `stoppedBy` the last one may be what was heard of a part that did not end. */
  readonly parts: readonly FinishedPart[];
  readonly completeUntilSeconds: number;
  readonly stoppedBy?: EarshotError;
}

interface Slot {
  readonly range: TimeRange;
  inProgress: PartInProgress | undefined;
  finished: FinishedPart | undefined;
  failure: EarshotError | undefined;
}

function keyOf({ startSeconds, endSeconds }: TimeRange): string {
  return `${startSeconds}-${endSeconds}`;
}

/** Nothing that is wrong with one part alone, and no use in asking for the others. */
function concernsAll({ reason }: EarshotError): boolean {
  const { turn } = errorPolicy[reason];
  return turn !== 'wait' && turn !== 'vendor';
}

/**
 * Transcribes the parts of one recording, several at once, while the next is being prepared: at most one more is held in
 * memory than requests go at once. A part that fails is asked for once more in the end, if others came through.
 */
export async function transcribeParts(work: PartsWork): Promise<PartsOutcome> {
  const run = new PartsRun(work);
  await run.pass();
  if (run.shallRetry) await run.pass();
  return run.outcome();
}

class PartsRun {
  readonly #work: PartsWork;
  readonly #known: ReadonlyMap<string, FinishedPart>;
  readonly #slots = new Map<string, Slot>();
  readonly #running = new Set<Promise<void>>();
  #stoppedBy: EarshotError | undefined;
  #answeredCount = 0;
  #failuresInRow = 0;
  #reachSeconds = 0;
  #toldCount = 0;

  constructor(work: PartsWork) {
    this.#work = work;
    this.#known = new Map(work.finished.map((part) => [keyOf(part), part]));
  }

  get shallRetry(): boolean {
    return this.#stoppedBy === undefined && this.#answeredCount > 0 && this.#failed.length > 0;
  }

  get #failed(): readonly Slot[] {
    return [...this.#slots.values()].filter(({ finished }) => finished === undefined);
  }

  /** Asks for every part that is not finished. */
  async pass(): Promise<void> {
    const { prepare, limit, signal } = this.#work;
    const last = this.#failed.at(-1);
    this.#failuresInRow = 0;
    try {
      for await (const piece of prepare()) {
        const slot = this.#slotOf(piece);
        if (slot.finished === undefined) {
          const task: Promise<void> = this.#attempt(slot, piece).finally(() => this.#running.delete(task));
          this.#running.add(task);
        } else this.#report(slot);
        while (this.#running.size > limit.concurrency) await Promise.race(this.#running);
        if (this.#stoppedBy !== undefined || slot === last) break;
        throwIfCancelled(signal);
      }
    } catch (error) {
      this.#stoppedBy ??= toEarshotError(error);
    }
    // What is on its way is paid for: it is waited for, whatever happened to the others.
    await Promise.all(this.#running);
    if (signal.aborted) this.#stoppedBy ??= cancelled();
  }

  outcome(): PartsOutcome {
    const parts: FinishedPart[] = [];
    for (const { finished, inProgress, failure } of this.#slots.values()) {
      if (finished === undefined) {
        const heard = inProgress?.soFar;
        if (heard !== undefined) parts.push(heard);
        const stoppedBy = this.#stoppedBy ?? failure;
        return {
          parts,
          completeUntilSeconds: Math.max(this.#reachSeconds, inProgress?.reachSeconds ?? 0),
          ...(stoppedBy === undefined ? {} : { stoppedBy }),
        };
      }
      parts.push(finished);
    }
    return {
      parts,
      completeUntilSeconds: this.#reachSeconds,
      ...(this.#stoppedBy === undefined ? {} : { stoppedBy: this.#stoppedBy }),
    };
  }

  #slotOf(piece: Piece): Slot {
    const key = keyOf(piece);
    const slot = this.#slots.get(key) ?? {
      range: { startSeconds: piece.startSeconds, endSeconds: piece.endSeconds },
      inProgress: undefined,
      finished: this.#known.get(key),
      failure: undefined,
    };
    this.#slots.set(key, slot);
    return slot;
  }

  async #attempt(slot: Slot, piece: Piece): Promise<void> {
    for (let waits = 0; ; waits++) {
      const verdict: { waitsAgain: boolean } = { waitsAgain: false };
      try {
        await this.#work.limit.run(async () => {
          try {
            await this.#hear(slot, piece);
          } catch (thrown) {
            // Judged before the next gets its turn, so that it is not sent in vain.
            verdict.waitsAgain = this.#judge(slot, toEarshotError(thrown), waits);
            throw thrown;
          }
        }, this.#work.signal);
        return;
      } catch (thrown) {
        slot.failure ??= toEarshotError(thrown);
        if (!verdict.waitsAgain) return;
      }
    }
  }

  /** Whether to wait and ask for the part again at once. */
  #judge(slot: Slot, error: EarshotError, waits: number): boolean {
    slot.failure = error;
    if (isTooMuch(error) && this.#mayHaveBeenTooMany && waits < waitsForServer) {
      this.#work.limit.slowDown(error);
      return true;
    }
    this.#failuresInRow += 1;
    if (concernsAll(error) || this.#failuresInRow >= failuresToGiveUp) this.#stoppedBy ??= error;
    return false;
  }

  /** Alone and from the beginning, a refusal has nothing to do with how much was asked. */
  get #mayHaveBeenTooMany(): boolean {
    return this.#stoppedBy === undefined && (this.#answeredCount > 0 || this.#running.size > 1);
  }

  async #hear(slot: Slot, piece: Piece): Promise<void> {
    if (this.#stoppedBy !== undefined) throw this.#stoppedBy;
    throwIfCancelled(this.#work.signal);
    const part = new PartInProgress(piece);
    const before = slot.inProgress;
    try {
      for await (const event of this.#work.ask(piece)) {
        part.add(event);
        // The first try may have got further than this one has yet.
        if (part.hasText) slot.inProgress = part;
        this.#report(slot);
      }
    } catch (error) {
      if (!part.hasText) slot.inProgress = before;
      throw error;
    }
    const finished = await this.#work.review(part.soFar);
    await this.#work.keep(finished);
    slot.finished = finished;
    slot.inProgress = undefined;
    this.#answeredCount += 1;
    this.#failuresInRow = 0;
    this.#report(slot);
  }

  /** Tells how far the text reaches without a gap, and what was heard there. */
  #report(of: Slot): void {
    let reachSeconds = 0;
    let latest: string | undefined;
    let isAtEnd = false;
    for (const slot of this.#slots.values()) {
      reachSeconds = Math.max(reachSeconds, slot.finished?.endSeconds ?? slot.inProgress?.reachSeconds ?? 0);
      latest = slot.finished?.segments.at(-1)?.text ?? slot.inProgress?.latest ?? latest;
      isAtEnd ||= slot === of;
      if (slot.finished === undefined) break;
    }
    // What lies behind a gap is not told of before the gap is filled.
    if (!isAtEnd) return;
    this.#reachSeconds = Math.max(this.#reachSeconds, reachSeconds);
    this.#work.onProgress(this.#reachSeconds, latest);
    this.#tellText();
  }

  #tellText(): void {
    const slots = [...this.#slots.values()];
    const settled: FinishedPart[] = [];
    for (let next = slots[this.#toldCount]?.finished; next !== undefined; next = slots[this.#toldCount]?.finished) {
      settled.push(next);
      this.#toldCount += 1;
    }
    this.#work.onText?.(settled, slots[this.#toldCount]?.inProgress?.soFar.segments ?? []);
  }
}

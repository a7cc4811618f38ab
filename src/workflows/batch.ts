import pLimit from 'p-limit';
import type { EarshotError } from '../core/errors.js';
import { cancelled, errorPolicy, toEarshotError, type ErrorReason } from '../core/errors.js';

/** What goes wrong with one item and says nothing about the next. All else that is the user's turn ends the whole run. */
const concernsItem: ReadonlySet<ErrorReason> = new Set<ErrorReason>([
  'unsupported-media',
  'clip-too-large',
  'clip-too-long',
  'clip-unreadable',
  'clip-empty',
  'clip-silent',
  'no-clip',
  'no-speech',
  'images-with-audio',
  'transcript-unreadable',
  'target-unwritable',
  'program-failed',
  'request-rejected',
]);

/** So many failures of servers in a row are no accident any more. */
const failuresToGiveUp = 3;

export interface Batched<Item, Result> {
  readonly items: readonly Item[];
  readonly work: (item: Item) => Promise<Result>;
  /** How many at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Called after each. */
  readonly onProgress?: (done: number, failed: number) => void;
}

export interface BatchOutcome<Item, Result> {
  /** In the order of the items, as all of these. */
  readonly done: readonly { readonly item: Item; readonly result: Result }[];
  readonly failed: readonly { readonly item: Item; readonly error: EarshotError }[];
  /** What was not begun, or broken off, when the run ended early. */
  readonly left: readonly Item[];
  /** Why it ended early. */
  readonly stoppedBy?: EarshotError;
}

/**
 * Does the same with many items, several at once. One that fails leaves the others alone, unless its error concerns them all
 * (a wrong key, an empty account) or a server fails again and again: the rest is left then.
 */
export async function runBatch<Item, Result>({
  items,
  work,
  concurrency,
  signal,
  onProgress = () => undefined,
}: Batched<Item, Result>): Promise<BatchOutcome<Item, Result>> {
  const outcomes = new Map<Item, { result: Result } | { error: EarshotError } | undefined>();
  let stoppedBy: EarshotError | undefined;
  let inRow = 0;
  let doneCount = 0;
  let failedCount = 0;
  const fail = (item: Item, error: EarshotError): void => {
    if (error.reason === 'cancelled') {
      stoppedBy ??= error;
      return;
    }
    const { turn } = errorPolicy[error.reason];
    if (turn === 'user' && !concernsItem.has(error.reason)) {
      stoppedBy ??= error;
      return;
    }
    inRow = turn === 'wait' ? inRow + 1 : inRow;
    if (inRow >= failuresToGiveUp) stoppedBy ??= error;
    failedCount++;
    outcomes.set(item, { error });
  };
  const limit = pLimit(Math.max(1, concurrency));
  await limit.map(items, async (item) => {
    if (signal.aborted) stoppedBy ??= cancelled();
    if (stoppedBy !== undefined) return;
    try {
      outcomes.set(item, { result: await work(item) });
      inRow = 0;
      doneCount++;
    } catch (thrown) {
      fail(item, toEarshotError(thrown));
    }
    onProgress(doneCount, failedCount);
  });
  const done: { item: Item; result: Result }[] = [];
  const failed: { item: Item; error: EarshotError }[] = [];
  const left: Item[] = [];
  for (const item of items) {
    const outcome = outcomes.get(item);
    if (outcome === undefined) left.push(item);
    else if ('result' in outcome) done.push({ item, result: outcome.result });
    else failed.push({ item, error: outcome.error });
  }
  return { done, failed, left, ...(stoppedBy === undefined ? {} : { stoppedBy }) };
}

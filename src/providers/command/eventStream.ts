/**
 * Turns work that pushes into values that are pulled, as they come. Leaving the loop early aborts the signal that the work
 * was given, and waits for the work to end, so that nothing runs on unseen.
 * @param work `taken` resolves when all that was pushed has been taken, or when nobody takes anything any more.
 */
export async function* eventStream<T>(
  work: (push: (value: T) => void, signal: AbortSignal, taken: () => Promise<void>) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const queue: T[] = [];
  let wake = (): void => undefined;
  const onTaken: (() => void)[] = [];
  const allTaken = (): void => {
    for (const resolve of onTaken.splice(0)) resolve();
  };
  let isDone = false;
  const outcome = work(
    (value) => {
      queue.push(value);
      wake();
    },
    AbortSignal.any([signal, stop.signal]),
    () =>
      new Promise((resolve) => {
        if (queue.length === 0 || stop.signal.aborted) resolve();
        else onTaken.push(resolve);
      }),
  ).then(
    () => ({ error: undefined, failed: false }),
    (error: unknown) => ({ error, failed: true }),
  );
  void outcome.then(() => {
    isDone = true;
    wake();
  });
  const isOver = (): boolean => isDone;
  try {
    for (;;) {
      const value = queue.shift();
      if (value !== undefined) {
        yield value;
      } else if (isOver()) {
        break;
      } else {
        allTaken();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop.abort();
    allTaken();
    await outcome;
  }
  const { error, failed } = await outcome;
  if (failed) throw error;
}

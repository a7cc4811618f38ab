/**
 * Turns work that pushes into values that are pulled, as they come. Leaving the loop early aborts the signal that the work
 * was given, and waits for the work to end, so that nothing runs on unseen.
 */
export async function* eventStream<T>(
  work: (push: (value: T) => void, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const stop = new AbortController();
  const queue: T[] = [];
  let wake = (): void => undefined;
  let isDone = false;
  const outcome = work(
    (value) => {
      queue.push(value);
      wake();
    },
    AbortSignal.any([signal, stop.signal]),
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
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    stop.abort();
    await outcome;
  }
  const { error, failed } = await outcome;
  if (failed) throw error;
}

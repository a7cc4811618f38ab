/** Lets a generator pass on what a piece of work reports while it is under way, and gives what the work gives. */
export async function* reported<Report, Result>(
  work: (report: (value: Report) => void) => Promise<Result>,
): AsyncGenerator<Report, Result> {
  const waiting: Report[] = [];
  let wake = (): void => undefined;
  const state = { isDone: false };
  const running = work((value) => {
    waiting.push(value);
    wake();
  }).finally(() => {
    state.isDone = true;
    wake();
  });
  // Whoever leaves early does not wait for the work, which then has nobody to fail to.
  running.catch(() => undefined);
  for (;;) {
    const next = waiting.shift();
    if (next !== undefined) {
      yield next;
    } else if (state.isDone) {
      return await running;
    } else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

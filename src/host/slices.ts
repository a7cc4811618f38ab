import { throwIfCancelled } from '../core/errors.js';

/** The extension host serves other extensions too: after this long they get their turn, in milliseconds. */
const sliceMilliseconds = 10;

/** Runs work that yields often, with a pause after each slice. @throws EarshotError `cancelled`. */
export async function inSlices<T>(work: Iterator<unknown, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const end = performance.now() + sliceMilliseconds;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (performance.now() < end);
    throwIfCancelled(signal);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

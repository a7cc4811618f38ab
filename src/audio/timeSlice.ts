const sliceMilliseconds = 25;

/**
 * Gives the event loop a turn whenever the caller has worked for a while, so that a cancel can be heard.
 * Awaiting bytes that are already in memory gives none.
 */
export function createTimeSlice(): () => Promise<void> {
  let startedAt = performance.now();
  return async () => {
    if (performance.now() - startedAt < sliceMilliseconds) return;
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
    startedAt = performance.now();
  };
}

import { setTimeout as sleep } from 'node:timers/promises';

/** How long a person would wait before calling it broken, in milliseconds. */
export const patience = 20_000;

/**
 * Asks again and again until the answer is something else than `undefined` or `false`.
 * @throws when it takes longer than `timeout` milliseconds, with `what` was waited for and what there was instead
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  options: { timeout?: number | undefined; instead?: () => Promise<unknown> } = {},
): Promise<T> {
  const timeout = options.timeout ?? patience;
  const deadline = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) {
      const instead = options.instead ? `; there was ${JSON.stringify(await options.instead())}` : '';
      throw new Error(`Waited ${timeout / 1000} s for ${what}${instead}`);
    }
    await sleep(100);
  }
}

/** Whether a text is the one meant: equal to a string, matched by a pattern. */
export const isMeant = (text: string, meant: string | RegExp): boolean =>
  typeof meant === 'string' ? text === meant : meant.test(text);

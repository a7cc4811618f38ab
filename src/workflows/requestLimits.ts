import pLimit from 'p-limit';
import type { EarshotError } from '../core/errors.js';
import type { Provider } from '../providers/provider.js';
import { waitSeconds } from '../providers/retryingFetch.js';

/** How long to leave a server alone that has had too much and does not say for how long. */
const usualPauseSeconds = 2;
const longestPauseSeconds = 120;

/** Requests to one provider at once: as many as the user allows, and fewer for a while when it has had too much. */
export interface RequestLimit {
  /** How many go at once just now. */
  readonly concurrency: number;
  /** Waits for its turn. @throws EarshotError `cancelled`, and whatever the work throws. */
  readonly run: <Result>(work: () => Promise<Result>, signal: AbortSignal) => Promise<Result>;
  /** Lets half as many go from now on, none of them before the server wants to be asked again. */
  readonly slowDown: (error: EarshotError) => void;
}

/** Whether the same request has a chance when fewer go at once. */
export function isTooMuch({ reason }: EarshotError): boolean {
  return reason === 'rate-limited' || reason === 'overloaded';
}

/** @param allowed how many at once; looked at before every request */
export function createRequestLimit(allowed: () => number): RequestLimit {
  const limit = pLimit(Math.max(1, allowed()));
  let ceiling = Infinity;
  let answeredInRow = 0;
  let pausedUntil = 0;
  const adapt = (): void => {
    const next = Math.max(1, Math.min(Math.floor(allowed()), ceiling));
    if (limit.concurrency !== next) limit.concurrency = next;
  };
  return {
    get concurrency() {
      return limit.concurrency;
    },
    run: (work, signal) => {
      adapt();
      return limit(async () => {
        // Whoever waits may find that the pause has become longer meanwhile.
        for (let left = pausedUntil - Date.now(); left > 0; left = pausedUntil - Date.now()) {
          await waitSeconds(left / 1000, signal);
        }
        const result = await work();
        answeredInRow += 1;
        if (ceiling !== Infinity && answeredInRow >= limit.concurrency) {
          answeredInRow = 0;
          ceiling = ceiling + 1 >= allowed() ? Infinity : ceiling + 1;
          adapt();
        }
        return result;
      });
    },
    slowDown: ({ retryAfterSeconds = usualPauseSeconds }) => {
      const until = Date.now() + 1000 * Math.min(longestPauseSeconds, retryAfterSeconds);
      // Requests that went together are refused together: that is one refusal, not several.
      if (until > pausedUntil && Date.now() >= pausedUntil) ceiling = Math.max(1, Math.floor(limit.concurrency / 2));
      pausedUntil = Math.max(pausedUntil, until);
      answeredInRow = 0;
      adapt();
    },
  };
}

/**
 * One limit for each provider, shared by all that ask. Programs of this machine come one after another: they would only take
 * each other's processor.
 */
export function createRequestLimits(allowed: () => number): (provider: Provider) => RequestLimit {
  const limits = new Map<string, RequestLimit>();
  return ({ name, isLocal }) => {
    const limit = limits.get(name) ?? createRequestLimit(isLocal ? () => 1 : allowed);
    limits.set(name, limit);
    return limit;
  };
}

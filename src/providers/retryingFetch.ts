import { throwIfCancelled } from '../core/errors.js';
import type { Exchange } from './exchange.js';

/** The times of the SDKs that retry by themselves, so that all providers wait alike. */
const firstWaitSeconds = 0.5;
const longestBackOffSeconds = 8;

function backOffSeconds(attempt: number): number {
  const whole = Math.min(longestBackOffSeconds, firstWaitSeconds * 2 ** attempt);
  return whole * (1 - Math.random() * 0.25);
}

export async function waitSeconds(seconds: number, signal: AbortSignal): Promise<void> {
  throwIfCancelled(signal);
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const timer = setTimeout(stop, seconds * 1000);
    signal.addEventListener('abort', stop, { once: true });
  });
  throwIfCancelled(signal);
}

/**
 * For SDKs that cannot be told which failures to retry, or for how long a server asks them to wait: asks again as the
 * exchange says, and gives the SDK the last answer only.
 */
export function retryingFetch(exchange: Exchange, maxRetries: number, signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    for (let attempt = 0; ; attempt++) {
      let response: Response | undefined;
      try {
        response = await exchange.fetch(input, init);
        if (response.headers.get('x-should-retry') !== 'true' || attempt >= maxRetries) return response;
      } catch (error) {
        if (signal.aborted || init?.signal?.aborted === true || attempt >= maxRetries) throw error;
      }
      const failure = exchange.failure();
      const asked = failure?.kind === 'status' ? failure.retryAfterSeconds : undefined;
      await waitSeconds(asked ?? backOffSeconds(attempt), signal);
    }
  };
}

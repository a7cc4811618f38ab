import { longestWaitSeconds, retryAfterSeconds } from './exchange.js';

const firstWaitSeconds = 0.5;
const mostWaitSeconds = 8;

function wait(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', leave);
      resolve();
    }, seconds * 1000);
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}

/**
 * For SDKs without a retry loop of their own: asks again where the exchange says that it may help (`x-should-retry`, or a
 * connection that broke before an answer), after as long as the server asks for.
 */
export function retrying(ask: typeof fetch, maxRetries: number, signal: AbortSignal): typeof fetch {
  return async (input, init) => {
    for (let retry = 0; ; retry++) {
      const isLast = retry >= maxRetries;
      const backoffSeconds = Math.min(mostWaitSeconds, firstWaitSeconds * 2 ** retry) * (1 - Math.random() / 4);
      let seconds = backoffSeconds;
      try {
        const response = await ask(input, init);
        if (isLast || response.headers.get('x-should-retry') !== 'true') return response;
        seconds = Math.min(longestWaitSeconds, retryAfterSeconds(response.headers, Date.now()) ?? backoffSeconds);
        await response.body?.cancel();
      } catch (error) {
        if (isLast || signal.aborted) throw error;
      }
      await wait(seconds, signal);
    }
  };
}

/**
 * Servers on this machine that need no key and that nobody has set up: whether one runs is found out by asking it, quickly and
 * seldom, so that a survey of all providers does not wait for it.
 */

export interface LocalServer {
  /** Whether it runs. Answers from memory when it was asked a moment ago; never rejects. */
  isRunning(signal?: AbortSignal): Promise<boolean>;
}

export interface LocalServerOptions {
  /** Asked with GET, without a key and without headers of the settings. */
  readonly url: string;
  readonly fetch: typeof fetch;
  /** Whether this is the server meant: the usual ports are used by many. `body` is undefined when it is no JSON. */
  readonly recognise: (status: number, body: unknown) => boolean;
  readonly timeoutMilliseconds?: number;
}

/** A server on the same machine that takes longer is too busy to be of use. */
const defaultTimeoutMilliseconds = 300;
const runningMilliseconds = 30_000;
/** The user may be starting it. */
const notRunningMilliseconds = 3000;
/** What is longer is not read: these answers are short. */
const longestBody = 1 << 20;

async function readBody(response: Response): Promise<unknown> {
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > longestBody || !/json/i.test(response.headers.get('content-type') ?? '')) {
    await response.body?.cancel();
    return undefined;
  }
  return response.json().catch(() => undefined);
}

export function localServer({
  url,
  fetch: ask,
  recognise,
  timeoutMilliseconds = defaultTimeoutMilliseconds,
}: LocalServerOptions): LocalServer {
  let known: { readonly isRunning: boolean; readonly until: number } | undefined;
  let pending: Promise<boolean> | undefined;

  const probe = async (): Promise<boolean> => {
    let isRunning = false;
    try {
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const response = await ask(url, { signal, redirect: 'manual', headers: { 'user-agent': 'Earshot' } });
      isRunning = recognise(response.status, await readBody(response));
    } catch {
      // Nobody answers, or not in time, or not HTTP: all the same here.
    }
    known = { isRunning, until: Date.now() + (isRunning ? runningMilliseconds : notRunningMilliseconds) };
    return isRunning;
  };

  return {
    isRunning: async (signal) => {
      if (signal?.aborted === true) return known?.isRunning ?? false;
      if (known !== undefined && Date.now() < known.until) return known.isRunning;
      pending ??= probe().finally(() => {
        pending = undefined;
      });
      return pending;
    },
  };
}

/** What to tell a person about a server that does not run. */
export function notRunning(label: string, address: string, provider: string): string {
  return `${label} is not running at ${address}. Start it, or set earshot.providers › ${provider} › baseUrl if it is elsewhere.`;
}

import { errorPolicy } from '../core/errors.js';
import type { Failure } from './dialects/wire.js';
import { mayReconnect, reasonOf, type Asked } from './failure.js';
import { retryInfoSeconds } from './retryInfo.js';

/** We wait so long for a server that asks us to; when it asks for more, the user is told instead. */
export const longestWaitSeconds = 20;

/**
 * The network side of one call through an SDK: what goes out is decided here alone, and what came back is witnessed here.
 * The SDK keeps its retry loop; whether it goes round is told to it through `x-should-retry`, which it obeys. The SDK never
 * holds the key, and headers that it takes from the environment or adds about this machine do not leave.
 */
export interface Exchange {
  readonly fetch: typeof fetch;
  /** What went wrong in the last attempt, if anything did. */
  failure(): Failure | undefined;
  /** Whether a streamed answer has announced its end. */
  sawEnd(): boolean;
}

export interface ExchangeOptions {
  readonly fetch: typeof fetch;
  readonly log: (line: string) => void;
  readonly key: string | undefined;
  /** The header that carries the key; default `bearer`, which is `Authorization: Bearer …`. */
  readonly keyHeader?: KeyHeader;
  /** Of the SDK's own headers those that the server needs, in lower case, beside the usual ones. */
  readonly passHeaders?: readonly string[];
  /** From the user's settings; an authorization of theirs wins over the key. */
  readonly headers: Readonly<Record<string, string>>;
  /** The user's wish to stop, to be told apart from a time-out. */
  readonly signal: AbortSignal;
  readonly asked: Asked;
}

/** How a server wants its key: as a bearer, or bare in a header of its own. */
export type KeyHeader = 'bearer' | 'api-key' | 'x-api-key' | 'x-goog-api-key';

const passedOn = ['accept', 'content-type'];

function requestHeaders(given: RequestInit['headers'], options: ExchangeOptions): Headers {
  const from = new Headers(given);
  const headers = new Headers({ 'user-agent': 'Earshot' });
  for (const name of [...passedOn, ...(options.passHeaders ?? [])]) {
    const value = from.get(name);
    if (value !== null) headers.set(name, value);
  }
  const { key, keyHeader = 'bearer' } = options;
  if (key !== undefined) {
    if (keyHeader === 'bearer') headers.set('authorization', `Bearer ${key}`);
    else headers.set(keyHeader, key);
  }
  for (const [name, value] of Object.entries(options.headers)) headers.set(name, value);
  return headers;
}

/** Seconds to wait, from either spelling of Retry-After. */
export function retryAfterSeconds(headers: Headers, now: number): number | undefined {
  const milliseconds = Number.parseFloat(headers.get('retry-after-ms') ?? '');
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds / 1000);
  const value = headers.get('retry-after') ?? '';
  const seconds = Number.parseFloat(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const date = Date.parse(value);
  return Number.isFinite(date) ? Math.max(0, (date - now) / 1000) : undefined;
}

/** Codes and texts of an error and of everything that caused it. */
export function transportFailure(error: unknown, timedOut: boolean): Extract<Failure, { kind: 'transport' }> {
  const codes: string[] = [];
  const texts: string[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (!(value instanceof Error) || depth > 5) return;
    if ('code' in value && typeof value.code === 'string') codes.push(value.code);
    if (value.message !== '') texts.push(value.message);
    if (value instanceof AggregateError) for (const each of value.errors) visit(each, depth + 1);
    visit(value.cause, depth + 1);
  };
  visit(error, 0);
  // "fetch failed" alone says nothing; what caused it does.
  return { kind: 'transport', codes, text: texts.at(-1) ?? String(error), timedOut };
}

/** Passes a body through and looks at its last characters for the mark that ends an event stream. */
function watchForEnd(body: ReadableStream<Uint8Array>, seen: () => void): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  let tail = '';
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        tail = (tail + decoder.decode(chunk, { stream: true })).slice(-4096);
        if (/(?:^|\n)data: ?\[DONE\]/.test(tail)) seen();
        controller.enqueue(chunk);
      },
    }),
  );
}

const noBodyStatuses = [204, 205, 304];

export function openExchange(options: ExchangeOptions): Exchange {
  let failure: Failure | undefined;
  let ended = false;

  const answerWith = (status: number, body: string, headers: Headers, retry: boolean): Response => {
    headers.set('x-should-retry', String(retry));
    headers.delete('content-encoding');
    headers.delete('content-length');
    return new Response(noBodyStatuses.includes(status) ? null : body, { status, headers });
  };

  const attempt: typeof fetch = async (input, init) => {
    const method = init?.method ?? 'GET';
    const url = input instanceof Request ? input.url : input.toString();
    const where = `${options.asked.provider}: ${method} ${url.split('?', 1)[0] ?? ''}`;
    const startedAt = Date.now();
    failure = undefined;
    let response: Response;
    try {
      // A key must not follow a redirect to somebody else; a redirect is therefore an error (see failureRules).
      response = await options.fetch(input, {
        ...init,
        headers: requestHeaders(init?.headers, options),
        redirect: 'manual',
      });
    } catch (error) {
      if (options.signal.aborted) throw error;
      const broken = transportFailure(error, init?.signal?.aborted ?? false);
      failure = broken;
      options.log(`${where} failed after ${Date.now() - startedAt} ms: ${[...broken.codes, broken.text].join(' ')}`);
      if (mayReconnect(broken)) throw error;
      return answerWith(599, '', new Headers(), false);
    }
    options.log(`${where} answered ${response.status} after ${Date.now() - startedAt} ms`);
    if (response.ok) {
      const isStream = (response.headers.get('content-type') ?? '').includes('text/event-stream');
      if (!isStream || response.body === null) return response;
      const watched = watchForEnd(response.body, () => {
        ended = true;
      });
      return new Response(watched, { status: response.status, headers: response.headers });
    }
    const body = await response.text().catch(() => '');
    const status = response.status === 0 ? 302 : response.status;
    const wait = retryAfterSeconds(response.headers, Date.now()) ?? retryInfoSeconds(body);
    const location = response.headers.get('location');
    failure = {
      kind: 'status',
      status,
      contentType: response.headers.get('content-type') ?? '',
      body,
      ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
      ...(location === null ? {} : { location: location.split('?', 1)[0] ?? '' }),
    };
    const retry = errorPolicy[reasonOf(failure, options.asked)].retry && (wait ?? 0) <= longestWaitSeconds;
    return answerWith(status, body, new Headers(response.headers), retry);
  };

  return { fetch: attempt, failure: () => failure, sawEnd: () => ended };
}

import type { ErrorBodyName } from './errorBodies.ts';
import { errorBodies, usualBodyName } from './errorBodies.ts';
import { concat, utf8 } from './bytes.ts';
import type { JsonObject } from './json.ts';
import type { Reply } from './reply.ts';
import { bytesReply, dataLine, errorReply, jsonReply, textReply } from './reply.ts';

/** How an answer goes wrong. Events are the pieces of a stream; a negative `afterEvents` counts from its end. */
export type Failure =
  | {
      readonly kind: 'status';
      readonly status: number;
      /** A true body by its name, a body of the test's own, or a text. Default: what comes with that status. */
      readonly body?: ErrorBodyName | JsonObject | { readonly text: string };
      readonly retryAfterSeconds?: number;
      readonly retryAfterMilliseconds?: number;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Status 200 with an error object for a body. */
  | { readonly kind: 'error-in-200'; readonly body?: ErrorBodyName | JsonObject }
  /** An error object among the events of a stream, which then ends. */
  | { readonly kind: 'error-event'; readonly body?: ErrorBodyName | JsonObject; readonly afterEvents?: number }
  /** Waits before the headers, then answers truly. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** Waits before every event after the first, otherwise answers truly. */
  | { readonly kind: 'slow-stream'; readonly milliseconds: number }
  /** The true answer in small pieces that split lines and characters. */
  | { readonly kind: 'trickle'; readonly bytes: number; readonly milliseconds?: number }
  /** Never answers. */
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset-before-headers' }
  /** Breaks the connection in the middle of the body. */
  | { readonly kind: 'reset-mid-body'; readonly afterEvents?: number }
  /** Ends the body in its middle as if that were its end. */
  | { readonly kind: 'cut-stream'; readonly afterEvents?: number }
  | { readonly kind: 'malformed-json' }
  /** An event that is no JSON, in the middle of an otherwise true stream. */
  | { readonly kind: 'malformed-event'; readonly afterEvents?: number }
  /** What a proxy answers in the server's stead. Default status 502. */
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'empty'; readonly status?: number };

/** What to send and how. */
export interface Delivery {
  /** Nothing: the connection is broken or never answered. */
  readonly reply: Reply | undefined;
  readonly delayMilliseconds: number;
  readonly pieceMilliseconds: number;
  readonly ending: 'end' | 'reset' | 'hang';
  /** Whether the client gets something other than the true answer. */
  readonly failed: boolean;
}

const smooth = { delayMilliseconds: 0, pieceMilliseconds: 0, ending: 'end', failed: false } as const;

/** Turns an ordered failure into a delivery; `answer` makes the true answer and is only called where it is needed. */
export async function deliver(
  failure: Failure | undefined,
  answer: () => Promise<Reply>,
  about: { readonly model: string; readonly key: string },
): Promise<Delivery> {
  if (!failure) return { ...smooth, reply: await answer() };
  const failing = { ...smooth, failed: true };
  switch (failure.kind) {
    case 'status':
      return { ...failing, reply: statusReply(failure, about) };
    case 'error-in-200':
      return { ...failing, reply: jsonReply(bodyOf(failure.body ?? 'server_error', about)) };
    case 'error-event': {
      const event = dataLine(JSON.stringify(bodyOf(failure.body ?? 'server_error', about)));
      return { ...failing, reply: replaceTail(await answer(), failure.afterEvents, [event]) };
    }
    case 'delay':
      return { ...smooth, reply: await answer(), delayMilliseconds: failure.milliseconds };
    case 'slow-stream':
      return { ...smooth, reply: await answer(), pieceMilliseconds: failure.milliseconds };
    case 'trickle':
      return {
        ...smooth,
        reply: crumble(await answer(), failure.bytes),
        pieceMilliseconds: failure.milliseconds ?? 0,
      };
    case 'hang':
      return { ...failing, reply: undefined, ending: 'hang' };
    case 'reset-before-headers':
      return { ...failing, reply: undefined, ending: 'reset' };
    case 'reset-mid-body':
      return { ...failing, reply: replaceTail(await answer(), failure.afterEvents, [], true), ending: 'reset' };
    case 'cut-stream':
      return { ...failing, reply: replaceTail(await answer(), failure.afterEvents, []) };
    case 'malformed-json':
      return {
        ...failing,
        reply: bytesReply(200, 'application/json', utf8('{"id":"chatcmpl-1","text":"half of an ans')),
      };
    case 'malformed-event': {
      const reply = await answer();
      const at = middle(reply.pieces.length, failure.afterEvents);
      const pieces = [...reply.pieces.slice(0, at), dataLine('{"choices":[{"del'), ...reply.pieces.slice(at)];
      return { ...failing, reply: { ...reply, pieces, streamed: true } };
    }
    case 'html':
      return { ...failing, reply: textReply(proxyPage, 'text/html; charset=utf-8', failure.status ?? 502) };
    case 'empty':
      return { ...failing, reply: bytesReply(failure.status ?? 200, 'application/json', new Uint8Array()) };
  }
}

const proxyPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n';

function bodyOf(body: ErrorBodyName | JsonObject, about: { readonly model: string; readonly key: string }): JsonObject {
  return typeof body === 'string' ? errorBodies[body](about.model, about.key).body : body;
}

function statusReply(
  failure: Extract<Failure, { kind: 'status' }>,
  about: { readonly model: string; readonly key: string },
): Reply {
  const { status, body = usualBodyName(status) } = failure;
  const reply =
    typeof body === 'string'
      ? errorReply(errorBodies[body](about.model, about.key))
      : isText(body)
        ? textReply(body.text)
        : jsonReply(body);
  const headers: Record<string, string> = { ...reply.headers };
  if (failure.retryAfterSeconds !== undefined) headers['retry-after'] = String(failure.retryAfterSeconds);
  if (failure.retryAfterMilliseconds !== undefined) headers['retry-after-ms'] = String(failure.retryAfterMilliseconds);
  return { ...reply, status, headers: { ...headers, ...failure.headers } };
}

function isText(body: JsonObject | { readonly text: string }): body is { readonly text: string } {
  return typeof body.text === 'string' && Object.keys(body).length === 1;
}

function middle(count: number, afterEvents: number | undefined): number {
  if (afterEvents === undefined) return Math.floor(count / 2);
  return afterEvents < 0 ? Math.max(0, count + afterEvents) : afterEvents;
}

/** Keeps the first pieces and puts others in place of the rest; of an answer in one piece, it keeps half the bytes. */
function replaceTail(
  reply: Reply,
  afterEvents: number | undefined,
  tail: readonly Uint8Array[],
  keepLength = false,
): Reply {
  if (reply.streamed) {
    return { ...reply, pieces: [...reply.pieces.slice(0, middle(reply.pieces.length, afterEvents)), ...tail] };
  }
  const whole = concat(reply.pieces);
  const headers = keepLength ? { ...reply.headers, 'content-length': String(whole.byteLength) } : reply.headers;
  return { ...reply, headers, pieces: [whole.subarray(0, whole.byteLength >> 1), ...tail], streamed: true };
}

function crumble(reply: Reply, size: number): Reply {
  const whole = concat(reply.pieces);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < whole.byteLength; at += size) pieces.push(whole.subarray(at, at + size));
  return { ...reply, pieces, streamed: true };
}

/** Failures in the order in which they were asked for, each for one path or for all (`*`). */
export class FailurePlan {
  #orders: { readonly path: string; readonly failure: Failure; left: number }[] = [];

  add(path: string, failure: Failure, times: number): void {
    this.#orders.push({ path, failure, left: times });
  }

  take(path: string): Failure | undefined {
    const order = this.#orders.find((candidate) => candidate.path === path || candidate.path === '*');
    if (!order) return undefined;
    order.left -= 1;
    if (order.left <= 0) this.#orders = this.#orders.filter((other) => other !== order);
    return order.failure;
  }

  clear(): void {
    this.#orders = [];
  }
}

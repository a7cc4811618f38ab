import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Failure } from '../openaiServer/failures.ts';
import { deliver } from '../openaiServer/failures.ts';
import type { Json } from '../openaiServer/json.ts';
import type { OpenRequest, RecordedRequest } from '../openaiServer/recorded.ts';
import type { Reply } from '../openaiServer/reply.ts';
import { readBody, send } from '../openaiServer/send.ts';

/** A strict server of any wire format: what is right, and what is answered, the format's own module says. */

/** Ways to go wrong that need the vendor's own words. */
export type WireFailure =
  | Exclude<Failure, { kind: 'error-in-200' | 'error-event' | 'malformed-event' }>
  /** This in place of the true answer. */
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** The true answer's first pieces, and then these. */
  | { readonly kind: 'tail'; readonly pieces: readonly Uint8Array[]; readonly afterEvents: number };

/** A request that is refused. A problem is what a right client never does; a user's situation has none. */
export class Refusal extends Error {
  readonly reply: Reply;
  readonly problem: string | undefined;

  constructor(reply: Reply, problem: string | undefined) {
    super(problem ?? 'refused');
    this.name = 'Refusal';
    this.reply = reply;
    this.problem = problem;
  }
}

export interface WireServer {
  readonly origin: string;
  readonly requests: readonly RecordedRequest[];
  /** A test of a right client asserts that there is none. */
  readonly problems: readonly string[];
  requestsTo(path: string): readonly RecordedRequest[];
  waitForRequest(path: string, count?: number): Promise<RecordedRequest>;
  /** Waits until no request is being worked on. */
  settled(): Promise<void>;
  failNext(path: string, failure: WireFailure): void;
  failAlways(path: string, failure: WireFailure): void;
  reset(): void;
  close(): Promise<void>;
}

/** Checks a request, throws a Refusal, and gives what makes the answer. */
export type CheckRequest = (request: OpenRequest & { json: Json | undefined }) => Promise<() => Reply>;

export async function startWireServer(check: CheckRequest, port = 0): Promise<WireServer> {
  const changes = new EventEmitter().setMaxListeners(0);
  const closing = new AbortController();
  let requests: OpenRequest[] = [];
  let problems: string[] = [];
  let orders: { readonly path: string; readonly failure: WireFailure; readonly always: boolean }[] = [];
  let working = 0;

  const takeFailure = (path: string): WireFailure | undefined => {
    const order = orders.find((candidate) => candidate.path === path || candidate.path === '*');
    if (order?.always === false) orders = orders.filter((other) => other !== order);
    return order?.failure;
  };

  const answerFor = async (request: OpenRequest): Promise<() => Promise<Reply>> => {
    try {
      const answer = await check(request);
      return () => Promise.resolve(answer());
    } catch (error) {
      if (!(error instanceof Refusal)) {
        problems.push(`the server broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        throw error;
      }
      if (error.problem !== undefined) problems.push(`${request.method} ${request.path}: ${error.problem}`);
      return () => Promise.resolve(error.reply);
    }
  };

  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(message);
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)]);
    const request: OpenRequest = {
      index: requests.length,
      method: message.method ?? '',
      path: url.pathname,
      query: url.search,
      headers: Object.fromEntries(headers) as Record<string, string>,
      body: body.bytes,
      json: undefined,
      form: undefined,
      audio: [],
      status: undefined,
      outcome: 'pending',
      receivedAt: Date.now(),
    };
    requests.push(request);
    changes.emit('request');
    const failure = takeFailure(request.path);
    const answer = await answerFor(request);
    const delivery =
      failure?.kind === 'reply'
        ? { ...(await deliver(undefined, () => Promise.resolve(failure.reply), noOne)), failed: true }
        : failure?.kind === 'tail'
          ? { ...(await deliver(undefined, async () => withTail(await answer(), failure), noOne)), failed: true }
          : await deliver(failure, answer, noOne);
    request.status = delivery.reply?.status;
    const sent = await send(response, delivery, closing.signal);
    request.outcome = !sent && delivery.ending !== 'reset' ? 'aborted' : delivery.failed ? 'failed' : 'answered';
  };

  const http = createServer((message, response) => {
    working++;
    handle(message, response)
      .catch(() => response.destroy())
      .finally(() => {
        working--;
        changes.emit('done');
      });
  });
  http.keepAliveTimeout = 60_000;
  http.requestTimeout = 0;
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  const requestsTo = (path: string): readonly RecordedRequest[] => requests.filter((request) => request.path === path);

  return {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    get requests() {
      return requests;
    },
    get problems() {
      return problems;
    },
    requestsTo,
    waitForRequest: async (path, count = 1) => {
      for (;;) {
        const request = requestsTo(path)[count - 1];
        if (request) return request;
        await once(changes, 'request', { signal: closing.signal });
      }
    },
    settled: async () => {
      while (working > 0) await once(changes, 'done');
    },
    failNext: (path, failure) => {
      orders.push({ path, failure, always: false });
    },
    failAlways: (path, failure) => {
      orders.push({ path, failure, always: true });
    },
    reset: () => {
      requests = [];
      problems = [];
      orders = [];
    },
    close: async () => {
      closing.abort();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

const noOne = { model: '', key: '' };

function withTail(reply: Reply, failure: Extract<WireFailure, { kind: 'tail' }>): Reply {
  return { ...reply, pieces: [...reply.pieces.slice(0, failure.afterEvents), ...failure.pieces], streamed: true };
}

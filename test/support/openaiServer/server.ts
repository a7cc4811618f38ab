import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkKey, findEndpoint, sentKey } from './access.ts';
import type { Bench, ChatAnswer, ChatHearing, Limits } from './bench.ts';
import { answerControl } from './control.ts';
import { errorBodies, tooLarge } from './errorBodies.ts';
import type { Failure } from './failures.ts';
import { deliver, FailurePlan } from './failures.ts';
import { isObject, textOf } from './json.ts';
import type { ModelRow } from './models.ts';
import { defaultModels } from './models.ts';
import type { OpenRequest, Problem, RecordedRequest } from './recorded.ts';
import type { Recogniser } from './recognise.ts';
import type { Reply } from './reply.ts';
import { errorReply } from './reply.ts';
import { findSchemaFile, loadSchemaCheck } from './schema.ts';
import type { ReceivedBody } from './send.ts';
import { readBody, send } from './send.ts';
import type { Synthesiser } from './synthesise.ts';
import type { VendorName } from './vendors.ts';
import { vendorRules } from './vendors.ts';
import { isProblem, WireError } from './wireError.ts';

export const benchKey = 'sk-bench-0123456789abcdefghij';

export interface OpenAIServerOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** The one right key; `null` when none is needed. Default: `benchKey`. */
  readonly apiKey?: string | null;
  /** Default: `defaultModels`. */
  readonly models?: readonly ModelRow[];
  readonly recogniser?: Recogniser;
  readonly synthesiser?: Synthesiser;
  /** OpenAI's published schemas. Default: the file beside the repository, when it is there. `false`: none. */
  readonly schemaFile?: string | false;
  readonly limits?: Partial<Limits>;
  readonly wavSizes?: 'exact' | 'unknown';
  /** Replaces the usual chat answer. */
  readonly answer?: (hearing: ChatHearing) => ChatAnswer;
  /** Whose ways it has, by the name of a preset. Default: OpenAI's own. */
  readonly vendor?: VendorName;
  /** Lets another process order failures and read requests under `/bench/`. */
  readonly control?: boolean;
}

export interface OpenAIServer {
  /** Such as `http://127.0.0.1:1234`. */
  readonly origin: string;
  /** `origin` and `/v1`: what a client is configured with. */
  readonly baseUrl: string;
  /** Every request that came in whole, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Every breach of the rules. A test of a right client asserts that there is none. */
  readonly problems: readonly Problem[];
  /** What this server was sent on one path. */
  requestsTo(path: string): readonly RecordedRequest[];
  /** Waits until so many requests have come in on a path, and gives the last of them. */
  waitForRequest(path: string, count?: number): Promise<RecordedRequest>;
  /** Waits until no request is being worked on. */
  settled(): Promise<void>;
  /** The next `times` requests to a path (or to any: `*`) go wrong in this way. */
  failNext(path: string, failure: Failure, times?: number): void;
  failAlways(path: string, failure: Failure): void;
  addModel(row: ModelRow): void;
  removeModel(id: string): void;
  setApiKey(key: string | null): void;
  setAnswer(answer: ((hearing: ChatHearing) => ChatAnswer) | undefined): void;
  /** Forgets requests, problems and failures, and takes back every change made since the start. */
  reset(): void;
  /** Ends every connection, whatever it is doing. */
  close(): Promise<void>;
}

export async function startOpenAIServer(options: OpenAIServerOptions = {}): Promise<OpenAIServer> {
  const schemaFile = options.schemaFile === false ? undefined : (options.schemaFile ?? findSchemaFile());
  const state = new ServerState(options, await loadSchemaCheck(schemaFile));
  const http = createServer((message, response) => {
    void state.handle(message, response);
  });
  // A connection closed by a timeout at the wrong moment would look like a failure of the client.
  http.keepAliveTimeout = 60_000;
  http.requestTimeout = 0;
  http.listen(options.port ?? 0, '127.0.0.1');
  await once(http, 'listening');
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: OpenAIServer = {
    origin,
    baseUrl: `${origin}${state.bench.vendor?.prefix ?? '/v1'}`,
    get requests() {
      return state.requests;
    },
    get problems() {
      return state.problems;
    },
    requestsTo: (path) => state.requestsTo(path),
    waitForRequest: (path, count = 1) => state.waitForRequest(path, count),
    settled: () => state.settled(),
    failNext: (path, failure, times = 1) => {
      state.failures.add(path, failure, times);
    },
    failAlways: (path, failure) => {
      state.failures.add(path, failure, Infinity);
    },
    addModel: (row) => {
      state.bench.models.set(row.id, row);
    },
    removeModel: (id) => {
      state.bench.models.delete(id);
    },
    setApiKey: (key) => {
      state.apiKey = key;
    },
    setAnswer: (answer) => {
      state.bench.answer = answer;
    },
    reset: () => {
      state.reset();
    },
    close: async () => {
      state.closing.abort();
      const closed = once(http, 'close');
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
  state.self = server;
  return server;
}

class ServerState {
  readonly #options: OpenAIServerOptions;
  readonly #changes = new EventEmitter().setMaxListeners(0);
  #working = 0;
  #ids = 0;
  readonly bench: { -readonly [Name in keyof Bench]: Bench[Name] };
  readonly closing = new AbortController();
  readonly failures = new FailurePlan();
  requests: RecordedRequest[] = [];
  problems: Problem[] = [];
  apiKey: string | null = null;
  self: OpenAIServer | undefined;

  constructor(options: OpenAIServerOptions, schemaCheck: Bench['schemaCheck']) {
    this.#options = options;
    this.bench = {
      models: new Map(),
      recogniser: options.recogniser ?? 'auto',
      synthesiser: options.synthesiser ?? 'auto',
      schemaCheck,
      limits: { transcriptionBytes: 26_214_400, chatAudioBytes: 26_214_400, ...options.limits },
      wavSizes: options.wavSizes ?? 'unknown',
      answer: undefined,
      vendor: options.vendor === undefined ? undefined : vendorRules[options.vendor],
      spokenIds: new Set(),
      nextId: () => ++this.#ids,
    };
    this.reset();
  }

  reset(): void {
    const { models = defaultModels, apiKey = benchKey, answer } = this.#options;
    this.bench.models = new Map(models.map((row) => [row.id, row]));
    this.bench.answer = answer;
    this.bench.spokenIds.clear();
    this.apiKey = apiKey;
    this.requests = [];
    this.problems = [];
    this.failures.clear();
  }

  requestsTo(path: string): readonly RecordedRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  async waitForRequest(path: string, count: number): Promise<RecordedRequest> {
    for (;;) {
      const request = this.requestsTo(path)[count - 1];
      if (request) return request;
      await once(this.#changes, 'request', { signal: this.closing.signal });
    }
  }

  async settled(): Promise<void> {
    while (this.#working > 0) await once(this.#changes, 'done');
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#working++;
    try {
      const body = await readBody(message).catch(() => undefined);
      // Without its whole body the client has gone away, and there is nothing to answer.
      if (body) await this.#answer(message, body, response);
    } catch (error) {
      this.#note({ index: -1, method: message.method ?? '', path: message.url ?? '' }, broken(error));
      response.destroy();
    } finally {
      this.#working--;
      this.#changes.emit('done');
    }
  }

  async #answer(message: IncomingMessage, body: ReceivedBody, response: ServerResponse): Promise<void> {
    if (this.#options.control === true && message.url?.startsWith('/bench/') === true && this.self) {
      const delivery = await deliver(undefined, () => answerControl(this.self, message, body.bytes), noOne);
      await send(response, delivery, this.closing.signal);
      return;
    }
    const request = this.#record(message, body);
    const failure = this.failures.take(request.path);
    const answer = await this.#check(request, body);
    const delivery = await deliver(failure, answer, { model: namedModel(request), key: sentKey(request) });
    request.status = delivery.reply?.status;
    response.setHeader('x-request-id', `req_bench_${request.index}`);
    const sent = await send(response, delivery, this.closing.signal);
    request.outcome = !sent && delivery.ending !== 'reset' ? 'aborted' : delivery.failed ? 'failed' : 'answered';
  }

  #record(message: IncomingMessage, body: ReceivedBody): OpenRequest {
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    const headers = Object.entries(message.headers).map(([name, value]) => [name, String(value)]);
    const request: OpenRequest = {
      index: this.requests.length,
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
    this.requests.push(request);
    this.#changes.emit('request');
    return request;
  }

  /** Checks a request by every rule, and gives what makes its answer, which for a wrong one is a refusal. */
  async #check(request: OpenRequest, body: ReceivedBody): Promise<() => Promise<Reply>> {
    try {
      const endpoint = findEndpoint(request, this.bench.vendor);
      checkKey(request, this.apiKey, this.bench.vendor);
      if (body.byteLength > request.body.byteLength) {
        const limit = this.bench.limits.transcriptionBytes;
        throw new WireError('too-large', tooLarge(limit, body.byteLength), `request of ${body.byteLength} bytes`);
      }
      const answer = await endpoint(request, this.bench);
      return () => answer().catch((error: unknown) => this.#refusal(request, error));
    } catch (error) {
      const reply = this.#refusal(request, error);
      return () => Promise.resolve(reply);
    }
  }

  #refusal(request: RecordedRequest, error: unknown): Reply {
    const refusal = error instanceof WireError ? error : broken(error);
    this.#note(request, refusal);
    return errorReply(this.bench.vendor?.shape(refusal.answer) ?? refusal.answer);
  }

  #note(request: Pick<RecordedRequest, 'index' | 'method' | 'path'>, refusal: WireError): void {
    if (!isProblem(refusal.rule)) return;
    const { index: requestIndex, method, path } = request;
    this.problems.push({ requestIndex, method, path, rule: refusal.rule, message: refusal.detail });
  }
}

const noOne = { model: '', key: '' };

/** A fault of the bench itself: the test must not pass. */
function broken(error: unknown): WireError {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new WireError('unsupported-here', errorBodies.server_error(), `the bench broke: ${detail}`);
}

function namedModel(request: RecordedRequest): string {
  const inJson = isObject(request.json) ? textOf(request.json['model']) : undefined;
  return inJson ?? request.form?.fields.find(({ name }) => name === 'model')?.value ?? '';
}

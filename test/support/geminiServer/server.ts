import { EventEmitter, once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { strictUtf8 } from '../openaiServer/bytes.ts';
import { deliver, FailurePlan, type Failure } from '../openaiServer/failures.ts';
import { isObject, parseJson, type Json } from '../openaiServer/json.ts';
import { errorReply, jsonReply, type Reply } from '../openaiServer/reply.ts';
import { readBody, send } from '../openaiServer/send.ts';
import { isProblem, WireError } from '../openaiServer/wireError.ts';
import { answerReply, usualAnswer, type GeminiAnswer } from './answers.ts';
import { FileStore } from './files.ts';
import { googleErrors } from './googleErrors.ts';
import { geminiModels, type GeminiModelRow } from './models.ts';
import { loadProtoCheck } from './protos.ts';
import { readRequest, type ReadRequest } from './readRequest.ts';
import type { GeminiRequest, OpenRequest, Problem } from './recorded.ts';
import { refuse } from './refuse.ts';

/** A strict Gemini on loopback: checks all that it is sent, decodes the audio, streams, keeps files, and fails as ordered. */

export const geminiKey = 'AIzaBench-0123456789abcdefghijklmnopqrs';

/** Where a question is asked of a model. */
export const streamPath = (model: string): string => `/v1beta/models/${model}:streamGenerateContent`;
export const uploadPath = '/upload/v1beta/files';
/** A piece of an upload goes to the same path as its beginning; failures are ordered for it under this one. */
export const piecePath = `${uploadPath}#piece`;

type AnswerMaker = (request: ReadRequest) => GeminiAnswer;

export class GeminiServer {
  readonly #http = createServer((message, response) => {
    void this.#handle(message, response);
  });
  readonly #changes = new EventEmitter().setMaxListeners(0);
  readonly #closing = new AbortController();
  readonly #failures = new FailurePlan();
  readonly #protoCheck = loadProtoCheck();
  #working = 0;
  #answer: AnswerMaker | undefined;
  #models: readonly GeminiModelRow[] = geminiModels;
  readonly store = new FileStore();
  /** Every request that came in whole, in order. */
  requests: GeminiRequest[] = [];
  /** Every breach of the rules. A test of a right client asserts that there is none. */
  problems: Problem[] = [];
  /** `http://127.0.0.1:1234` */
  origin = '';

  /** What a client is configured with. */
  get baseUrl(): string {
    return `${this.origin}/v1beta`;
  }

  async start(): Promise<this> {
    this.#http.keepAliveTimeout = 60_000;
    this.#http.listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.origin = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
    return this;
  }

  reset(): void {
    this.requests = [];
    this.problems = [];
    this.#failures.clear();
    this.#answer = undefined;
    this.#models = geminiModels;
    this.store.clear();
  }

  requestsTo(path: string): readonly GeminiRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  async waitForRequest(path: string, count = 1): Promise<GeminiRequest> {
    for (;;) {
      const request = this.requestsTo(path)[count - 1];
      if (request) return request;
      await once(this.#changes, 'request', { signal: this.#closing.signal });
    }
  }

  /** Waits until no request is being worked on. */
  async settled(): Promise<void> {
    while (this.#working > 0) await once(this.#changes, 'done');
  }

  failNext(path: string, failure: Failure, times = 1): void {
    this.#failures.add(path, failure, times);
  }

  failAlways(path: string, failure: Failure): void {
    this.#failures.add(path, failure, Infinity);
  }

  setAnswer(answer: AnswerMaker): void {
    this.#answer = answer;
  }

  setModels(models: readonly GeminiModelRow[]): void {
    this.#models = models;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    const closed = once(this.#http, 'close');
    this.#http.close();
    this.#http.closeAllConnections();
    await closed;
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#working++;
    try {
      const body = await readBody(message).catch(() => undefined);
      if (body) await this.#respond(this.#record(message, body.bytes), response);
    } catch (error) {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#note(
        { index: -1, method: '', path: message.url ?? '' },
        new WireError('unsupported-here', googleErrors.internal(), detail),
      );
      response.destroy();
    } finally {
      this.#working--;
      this.#changes.emit('done');
    }
  }

  async #respond(request: OpenRequest, response: ServerResponse): Promise<void> {
    const failure = this.#failures.take(request.path);
    // A failed step of an upload leaves no trace; everything else is checked also when the answer is a failure.
    const isUpload = request.path.startsWith(uploadPath);
    const answer = isUpload ? undefined : await this.#check(request);
    const delivery = await deliver(failure, answer ?? (async () => (await this.#check(request))()), {
      model: '',
      key: '',
    });
    request.status = delivery.reply?.status;
    const sent = await send(response, delivery, this.#closing.signal);
    request.outcome = !sent && delivery.ending !== 'reset' ? 'aborted' : delivery.failed ? 'failed' : 'answered';
  }

  #record(message: IncomingMessage, body: Uint8Array): OpenRequest {
    const url = new URL(message.url ?? '/', 'http://127.0.0.1');
    const query = Object.fromEntries(url.searchParams);
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const isPiece = url.pathname === uploadPath && 'upload_id' in query;
    const request: OpenRequest = {
      index: this.requests.length,
      method: message.method ?? '',
      path: isPiece ? piecePath : url.pathname,
      query,
      headers,
      body,
      json: undefined,
      audio: [],
      status: undefined,
      outcome: 'pending',
    };
    this.requests.push(request);
    this.#changes.emit('request');
    return request;
  }

  /** Checks a request by every rule, and gives what makes its answer, which for a wrong one is a refusal. */
  async #check(request: OpenRequest): Promise<() => Promise<Reply>> {
    try {
      checkKey(request);
      return await this.#route(request);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#note(request, error);
      return () => Promise.resolve(errorReply(error.answer));
    }
  }

  async #route(request: OpenRequest): Promise<() => Promise<Reply>> {
    const [, id, verb] =
      /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent)$/.exec(request.path) ?? [];
    if (id !== undefined && request.method === 'POST') {
      return this.#generate(request, id, verb === 'streamGenerateContent');
    }
    const reply = this.#keep(request);
    return () => Promise.resolve(reply);
  }

  #keep(request: OpenRequest): Reply {
    const { method, path } = request;
    if (path === piecePath && method === 'POST') return this.store.piece(request, this.origin);
    if (path === uploadPath && method === 'POST') {
      checkProto(this.#protoCheck('CreateFileRequest', readJson(request)));
      return this.store.begin(request, this.origin);
    }
    if (path === '/v1beta/models' && method === 'GET') return this.#listModels(request);
    const file = /^\/v1beta\/(files\/[\w-]+)$/.exec(path)?.[1];
    if (file !== undefined && method === 'GET') return this.store.get(file);
    if (file !== undefined && method === 'DELETE') return this.store.remove(file);
    throw new WireError('unknown-path', { status: 404, body: {} }, `${method} ${path}`);
  }

  async #generate(request: OpenRequest, id: string, streamed: boolean): Promise<() => Promise<Reply>> {
    if (JSON.stringify(request.query) !== (streamed ? '{"alt":"sse"}' : '{}')) {
      throw refuse('query', `Query ${JSON.stringify(request.query)}`);
    }
    const model = this.#models.find((row) => row.id === id);
    if (!model || model.does === 'embed')
      throw new WireError('unknown-model', googleErrors.noModel(id), `no model ${id}`);
    const json = readJson(request);
    if (!isObject(json)) throw refuse('json', 'The body is no object');
    checkProto(this.#protoCheck('GenerateContentRequest', json));
    const read = await readRequest(json, model, this.store);
    request.audio.push(...read.clips);
    return async () => answerReply(read, this.#answer?.(read) ?? (await usualAnswer(read)), streamed);
  }

  #listModels(request: OpenRequest): Reply {
    const { pageSize = '50', pageToken = '0', ...others } = request.query;
    if (Object.keys(others).length > 0) throw refuse('query', `Query ${JSON.stringify(request.query)}`);
    const end = Number(pageToken) + Number(pageSize);
    const models = this.#models.slice(Number(pageToken), end).map((row) => ({
      name: `models/${row.id}`,
      version: '001',
      displayName: row.id,
      inputTokenLimit: row.inputTokenLimit ?? 1_048_576,
      outputTokenLimit: 65_536,
      supportedGenerationMethods: row.does === 'embed' ? ['embedContent'] : ['generateContent', 'countTokens'],
    }));
    return jsonReply({ models, ...(end < this.#models.length && { nextPageToken: String(end) }) });
  }

  #note(request: Pick<GeminiRequest, 'index' | 'method' | 'path'>, refusal: WireError): void {
    if (!isProblem(refusal.rule)) return;
    const { index: requestIndex, method, path } = request;
    this.problems.push({ requestIndex, method, path, rule: refusal.rule, message: refusal.detail });
  }
}

function checkKey({ headers, query }: GeminiRequest): void {
  if ('key' in query) throw refuse('query', 'The key stands in the address');
  if (headers['authorization'] !== undefined) throw refuse('authorization', 'An Authorization header');
  const key = headers['x-goog-api-key'];
  if (key === undefined) throw new WireError('missing-key', googleErrors.noKey(), 'no key');
  if (key !== geminiKey) throw new WireError('wrong-key', googleErrors.invalidKey(), 'another key');
}

function readJson(request: OpenRequest): Json {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/.test(type)) throw refuse('content-type', `The content type ${type}`);
  try {
    request.json = parseJson(strictUtf8(request.body));
  } catch {
    throw refuse('json', 'The body is no JSON');
  }
  return request.json;
}

function checkProto(fault: string | undefined): void {
  if (fault !== undefined) throw refuse('schema', `Invalid JSON payload received. ${fault}`);
}

export async function startGeminiServer(): Promise<GeminiServer> {
  return new GeminiServer().start();
}

import type { OpenAI } from 'openai';
import type { Stream } from 'openai/streaming';
import { jsonBody } from './dialects/jsonBody.js';
import { Failed, inBandFailure, isRecord, type Failure } from './dialects/wire.js';
import { transportFailure, type Exchange } from './exchange.js';
import { throughExchange, type Call } from './wireCall.js';

interface Sdk {
  readonly OpenAI: typeof OpenAI;
  readonly Stream: typeof Stream;
}

let sdk: Promise<Sdk> | undefined;

/** Loaded on first use, never at activation: it is the largest thing we carry. */
function loadSdk(): Promise<Sdk> {
  sdk ??= Promise.all([import('openai'), import('openai/streaming')]).then(([main, streaming]) => ({
    OpenAI: main.OpenAI,
    Stream: streaming.Stream,
  }));
  return sdk;
}

export interface WireAnswer {
  readonly isStream: boolean;
  /** The JSON of a plain answer. @throws Failed */
  json(): Promise<unknown>;
  /** The sound of an answer as it comes. @throws Failed, also when the body breaks. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The events of a streamed answer. @throws Failed, also when the body breaks. */
  events(): AsyncIterable<unknown>;
  /** Whether the stream announced its end. */
  sawEnd(): boolean;
}

export type Send = (client: OpenAI, options: { readonly signal: AbortSignal }) => { asResponse(): Promise<Response> };

/** @param body A form, or what becomes JSON. */
export function postTo(path: string, body: unknown): Send {
  return (client, options) =>
    body instanceof FormData
      ? client.post(path, { ...options, body })
      : client.post(path, { ...options, body: jsonBody(body), headers: { 'content-type': 'application/json' } });
}

export function getFrom(path: string, query?: Readonly<Record<string, string>>): Send {
  return (client, options) => client.get(path, { ...options, ...(query === undefined ? {} : { query }) });
}

function parseJson(text: string, contentType: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const isPage = /html/i.test(contentType) || /^\s*<(?:!doctype|html)/i.test(text);
    throw new Failed(isPage ? { kind: 'web-page' } : { kind: 'malformed', missing: 'JSON' });
  }
}

/** What the SDK's stream reader throws, as a failure. */
function streamFailure(error: unknown, wasAborted: boolean): Failure {
  if (error instanceof SyntaxError) return { kind: 'malformed', missing: 'JSON in an event' };
  if (isRecord(error) && 'error' in error && error['error'] !== undefined) return inBandFailure(error['error']);
  const broken = transportFailure(error, wasAborted);
  return broken.codes.includes('UND_ERR_BODY_TIMEOUT') ? broken : { kind: 'cut-off' };
}

/**
 * One request, its retries, and what its answer is read with. The SDK gets a placeholder for a key and nulls where it would
 * look into the environment: the key is added behind it, in the exchange.
 */
async function open(call: Call, send: Send, signal: AbortSignal, exchange: Exchange): Promise<WireAnswer> {
  const { OpenAI: Client, Stream: EventStream } = await loadSdk();
  const client = new Client({
    apiKey: 'added-behind-the-sdk',
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: call.baseUrl,
    fetch: exchange.fetch,
    maxRetries: call.maxRetries ?? 2,
    timeout: (call.timeoutSeconds ?? 600) * 1000,
    logLevel: 'off',
    dangerouslyAllowBrowser: true,
  });
  const stop = new AbortController();
  const response = await send(client, { signal: AbortSignal.any([signal, stop.signal]) }).asResponse();
  const contentType = response.headers.get('content-type') ?? '';
  return {
    isStream: contentType.includes('text/event-stream'),
    json: async () => parseJson(await response.text(), contentType),
    chunks: async function* () {
      if (/json|html/i.test(contentType)) {
        const body = parseJson(await response.text(), contentType);
        throw new Failed(
          isRecord(body) && 'error' in body ? inBandFailure(body['error']) : { kind: 'malformed', missing: 'sound' },
        );
      }
      const reader = response.body?.getReader();
      try {
        for (let part = await reader?.read(); part?.done === false; part = await reader?.read()) yield part.value;
      } catch (error) {
        throw new Failed(streamFailure(error, signal.aborted));
      } finally {
        // Whoever leaves early closes the socket.
        stop.abort();
      }
    },
    events: async function* () {
      try {
        // Leaving the loop early aborts `stop`, and with it the socket.
        yield* EventStream.fromSSEResponse<unknown>(response, stop, client);
      } catch (error) {
        throw error instanceof Failed ? error : new Failed(streamFailure(error, signal.aborted));
      }
    },
    sawEnd: () => exchange.sawEnd(),
  };
}

/** Asks, and reads the answer with `read`; see `throughExchange` for what is thrown. */
export function askWire<T>(
  call: Call,
  send: Send,
  read: (answer: WireAnswer) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const run = async function* (exchange: Exchange): AsyncGenerator<T> {
    yield* read(await open(call, send, signal, exchange));
  };
  return throughExchange(call, run, signal);
}

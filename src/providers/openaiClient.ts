import type { OpenAI } from 'openai';
import type { Stream } from 'openai/streaming';
import { cancelled, EarshotError, throwIfCancelled, toEarshotError } from '../core/errors.js';
import { Failed, inBandFailure, isRecord, type Failure } from './dialects/wire.js';
import { openExchange, transportFailure, type Exchange } from './exchange.js';
import { explain, type Asked } from './failure.js';

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

export interface Call {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly log: (line: string) => void;
  readonly key: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly asked: Asked;
  readonly timeoutSeconds?: number;
  readonly maxRetries?: number;
}

export interface WireAnswer {
  readonly isStream: boolean;
  /** The JSON of a plain answer. @throws Failed */
  json(): Promise<unknown>;
  bytes(): Promise<Uint8Array>;
  /** The events of a streamed answer. @throws Failed, also when the body breaks. */
  events(): AsyncIterable<unknown>;
  /** Whether the stream announced its end. */
  sawEnd(): boolean;
}

type Send = (client: OpenAI, options: { readonly signal: AbortSignal }) => { asResponse(): Promise<Response> };

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
    bytes: async () => {
      if (/json|html/i.test(contentType)) {
        const body = parseJson(await response.text(), contentType);
        throw new Failed(
          isRecord(body) && 'error' in body ? inBandFailure(body['error']) : { kind: 'malformed', missing: 'sound' },
        );
      }
      return new Uint8Array(await response.arrayBuffer());
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

/**
 * Asks, and reads the answer with `read`. Everything that can go wrong comes out as an EarshotError that names whom we asked.
 * An answer that breaks off has yielded all that came before the error is thrown.
 */
export async function* askWire<T>(
  call: Call,
  send: Send,
  read: (answer: WireAnswer) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const exchange = openExchange({ ...call, signal });
  try {
    throwIfCancelled(signal);
    yield* read(await open(call, send, signal, exchange));
    // The SDK ends a stream quietly when it is aborted.
    throwIfCancelled(signal);
  } catch (error) {
    throw toWireError(error, exchange, call.asked, signal);
  }
}

function toWireError(error: unknown, exchange: Exchange, asked: Asked, signal: AbortSignal): EarshotError {
  if (signal.aborted) return cancelled();
  if (error instanceof Failed) return explain(error.failure, asked);
  if (error instanceof EarshotError) return error;
  const failure = exchange.failure();
  if (failure !== undefined) return explain(failure, asked);
  // The headers came, and the connection broke or timed out while the body was read.
  const broken = transportFailure(error, false);
  if (
    error instanceof TypeError &&
    broken.codes.length + broken.text.length > 0 &&
    /terminated|fetch|network/i.test(error.message)
  ) {
    return explain({ kind: 'cut-off' }, asked);
  }
  if (error instanceof Error && /timed? ?out/i.test(error.message))
    return explain({ ...broken, timedOut: true }, asked);
  return toEarshotError(error);
}

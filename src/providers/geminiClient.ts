import type { GenerateContentParameters, GoogleGenAI } from '@google/genai/web';
import { filledBody, placeBytes, type PlacedBytes } from './dialects/jsonBody.js';
import { Failed, inBandFailure, isRecord, refuseErrorBody } from './dialects/wire.js';
import { transportFailure, type Exchange } from './exchange.js';
import { retryingFetch } from './retryingFetch.js';
import type { Call } from './wireCall.js';

/** Loaded on first use, never at activation. The build for browsers: the other brings a login and a socket of its own. */
function loadSdk(): Promise<{ readonly GoogleGenAI: typeof GoogleGenAI }> {
  sdk ??= import('@google/genai/web');
  return sdk;
}

let sdk: Promise<{ readonly GoogleGenAI: typeof GoogleGenAI }> | undefined;

/** The headers by which a file goes up in pieces; all others of the SDK's stay here. */
const uploadHeaders = [
  'x-goog-upload-protocol',
  'x-goog-upload-command',
  'x-goog-upload-offset',
  'x-goog-upload-header-content-length',
  'x-goog-upload-header-content-type',
];

export const geminiHeaders = { keyHeader: 'x-goog-api-key', passHeaders: uploadHeaders } as const;

/** Which version of the interface an address asks for at its end, such as `https://host/v1beta`. */
export function splitVersion(baseUrl: string): {
  readonly host: string;
  readonly version: string;
  readonly query: string;
} {
  const [address = '', query = ''] = baseUrl.split('?', 2);
  const match = /^(.*)\/(v\d\w*)$/.exec(address);
  return { host: match?.[1] ?? address, version: match?.[2] ?? 'v1beta', query };
}

function parseJson(text: string, contentType: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const isPage = /html/i.test(contentType) || /^\s*<(?:!doctype|html)/i.test(text);
    throw new Failed(isPage ? { kind: 'web-page' } : { kind: 'malformed', missing: 'JSON' });
  }
}

/**
 * The SDK believes whatever comes with a 200. Here an error, a web page or half a text is told apart before it reads them, and
 * an answer that came whole although a stream was asked for becomes a stream of one event (or of several, where it is a list).
 */
async function witnessed(response: Response, wantsEvents: boolean): Promise<Response> {
  const contentType = response.headers.get('content-type') ?? '';
  if (!response.ok || contentType.includes('text/event-stream')) return response;
  const text = await response.text();
  const { status } = response;
  const headers = new Headers(response.headers);
  headers.delete('content-encoding');
  headers.delete('content-length');
  const isUpload = headers.has('x-goog-upload-status') || headers.has('x-goog-upload-url');
  // Steps of an upload, and a deletion, answer with nothing.
  if (text === '' && !wantsEvents && isUpload) return new Response(text, { status, headers });
  const body = parseJson(text, contentType);
  const events: readonly unknown[] = Array.isArray(body) ? body : [body];
  events.forEach(refuseErrorBody);
  if (!wantsEvents) return new Response(text, { status, headers });
  headers.set('content-type', 'text/event-stream');
  return new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), { status, headers });
}

export interface SentPiece {
  readonly sentBytes: number;
}

export interface GeminiClient {
  readonly sdk: GoogleGenAI;
  /** Aborts with the user's wish, and when the client is closed. */
  readonly signal: AbortSignal;
  /** The events of an answer. @throws Failed, also when the body breaks. */
  generate(parameters: GenerateContentParameters): AsyncGenerator;
  /** Ends whatever is still under way. */
  close(): void;
}

/** What the SDK's reader of events throws, as a failure; undefined when that is not the SDK's to say. */
function streamFailure(error: unknown): Failed | undefined {
  if (error instanceof Failed) return error;
  if (error instanceof SyntaxError) return new Failed({ kind: 'malformed', missing: 'JSON in an event' });
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'ApiError') {
    // `got status: UNAVAILABLE. {"error":{…}}`
    const body: unknown = JSON.parse(error.message.slice(error.message.indexOf('{')));
    if (isRecord(body) && 'error' in body) return new Failed(inBandFailure(body['error']));
  }
  if (error.message.startsWith('Incomplete JSON')) return new Failed({ kind: 'cut-off' });
  const broken = transportFailure(error, false);
  return broken.codes.includes('UND_ERR_BODY_TIMEOUT') ? new Failed(broken) : new Failed({ kind: 'cut-off' });
}

/**
 * The SDK, with a placeholder for a key: the true one is added behind it, in the exchange, which also decides what is asked for
 * again.
 * @param onSent Told of every piece of an upload that has arrived.
 */
export async function openGemini(
  call: Call,
  exchange: Exchange,
  signal: AbortSignal,
  onSent: (piece: SentPiece) => void = () => undefined,
): Promise<GeminiClient> {
  const { GoogleGenAI: Client } = await loadSdk();
  const stop = new AbortController();
  const whole = AbortSignal.any([signal, stop.signal]);
  const retrying = retryingFetch(exchange, call.maxRetries ?? 2, whole);
  const { host, version, query } = splitVersion(call.baseUrl);
  let fill: PlacedBytes<unknown>['fill'] | undefined;
  const fetchForSdk: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    for (const [name, value] of new URLSearchParams(query)) url.searchParams.append(name, value);
    // The SDK lets nobody stop an upload.
    const sent = fill === undefined ? init : filledBody(init, fill);
    const response = await retrying(url.href, { ...sent, signal: whole });
    const offset = new Headers(init?.headers).get('x-goog-upload-offset');
    if (response.ok && offset !== null && init?.body instanceof Blob) {
      onSent({ sentBytes: Number(offset) + init.body.size });
    }
    return witnessed(response, url.searchParams.get('alt') === 'sse');
  };
  const client = new Client({
    apiKey: 'added-behind-the-sdk',
    vertexai: false,
    httpOptions: { baseUrl: host, apiVersion: version, fetch: fetchForSdk },
  });
  return {
    sdk: client,
    signal: whole,
    generate: async function* (parameters) {
      const placed = placeBytes(parameters);
      fill = placed.fill;
      const events = await client.models.generateContentStream(placed.value);
      try {
        yield* events;
      } catch (error) {
        throw streamFailure(error) ?? error;
      }
    },
    close: () => {
      stop.abort();
    },
  };
}

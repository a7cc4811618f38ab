import type { Anthropic } from '@anthropic-ai/sdk/client';
import type { Stream } from '@anthropic-ai/sdk/streaming';
import type { MessageCreateParams } from '@anthropic-ai/sdk/resources/messages';
import { anthropicFailure } from './dialects/anthropicAnswer.js';
import { jsonBody } from './dialects/jsonBody.js';
import { Failed, isRecord, type Failure } from './dialects/wire.js';
import { transportFailure, type Exchange } from './exchange.js';
import type { JsonSchema } from './provider.js';
import { throughExchange, type Call } from './wireCall.js';

interface Sdk {
  readonly Anthropic: typeof Anthropic;
  readonly Stream: typeof Stream;
  readonly transformJSONSchema: (schema: JsonSchema) => JsonSchema;
}

let sdk: Promise<Sdk> | undefined;

/** Loaded on first use, never at activation. */
function loadSdk(): Promise<Sdk> {
  sdk ??= Promise.all([
    import('@anthropic-ai/sdk/client'),
    import('@anthropic-ai/sdk/streaming'),
    import('@anthropic-ai/sdk/lib/transform-json-schema'),
  ]).then(([client, streaming, schema]) => ({
    Anthropic: client.Anthropic,
    Stream: streaming.Stream,
    transformJSONSchema: (given) => schema.transformJSONSchema({ ...given }),
  }));
  return sdk;
}

/** A schema that says the same within what the vendor takes; what it cannot say stands in the descriptions. @throws Error */
export async function strictSchema(schema: JsonSchema): Promise<JsonSchema> {
  return (await loadSdk()).transformJSONSchema(schema);
}

export interface AnthropicAnswer {
  readonly isStream: boolean;
  /** The JSON of a plain answer. @throws Failed */
  json(): Promise<unknown>;
  /** The events of a streamed answer. @throws Failed, also when the body breaks. */
  events(): AsyncIterable<unknown>;
}

type Send = (client: Anthropic, options: { readonly signal: AbortSignal }) => { asResponse(): Promise<Response> };

/** A question; the SDK gets it as it is sent, since it would copy the recording in it. */
export function postMessages(body: MessageCreateParams): Send {
  return (client, options) =>
    client.post('/v1/messages', {
      ...options,
      body: jsonBody(body),
      headers: { 'content-type': 'application/json' },
    });
}

/** What the SDK's stream reader throws, as a failure. */
function streamFailure(error: unknown, wasAborted: boolean): Failure {
  if (error instanceof SyntaxError) return { kind: 'malformed', missing: 'JSON in an event' };
  if (isRecord(error) && isRecord(error['error'])) return anthropicFailure(error['error']);
  const broken = transportFailure(error, wasAborted);
  return broken.codes.includes('UND_ERR_BODY_TIMEOUT') ? broken : { kind: 'cut-off' };
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
 * One request, its retries, and what its answer is read with. The SDK gets a placeholder for a key, and values of ours where it
 * would look into the environment: the key is added behind it, in the exchange.
 */
async function open(call: Call, send: Send, signal: AbortSignal, exchange: Exchange): Promise<AnthropicAnswer> {
  const { Anthropic: Client, Stream: EventStream } = await loadSdk();
  const url = new URL(call.baseUrl);
  const client = new Client({
    apiKey: 'added-behind-the-sdk',
    webhookKey: null,
    baseURL: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    defaultQuery: Object.fromEntries(url.searchParams),
    // What the environment names for these would come before, and be overwritten.
    defaultHeaders: { accept: 'application/json', 'anthropic-version': apiVersion, 'anthropic-beta': null },
    fetch: exchange.fetch,
    maxRetries: call.maxRetries ?? 2,
    timeout: (call.timeoutSeconds ?? 600) * 1000,
    logLevel: 'off',
    openTelemetry: false,
    dangerouslyAllowBrowser: true,
  });
  const stop = new AbortController();
  const response = await send(client, { signal: AbortSignal.any([signal, stop.signal]) }).asResponse();
  const contentType = response.headers.get('content-type') ?? '';
  return {
    isStream: contentType.includes('text/event-stream'),
    json: async () => parseJson(await response.text(), contentType),
    events: async function* () {
      try {
        // Leaving the loop early aborts `stop`, and with it the socket.
        yield* EventStream.fromSSEResponse<unknown>(response, stop, client);
      } catch (error) {
        throw error instanceof Failed ? error : new Failed(streamFailure(error, signal.aborted));
      }
    },
  };
}

/** The version of the API whose shapes the dialect knows; it is also that of the SDK's types. */
const apiVersion = '2026-10-21';

/** Of the SDK's headers the one that the API demands. */
export const passedHeaders: readonly string[] = ['anthropic-version'];

/** Asks, and reads the answer with `read`; see `throughExchange` for what is thrown. */
export function askAnthropic<T>(
  call: Call,
  send: Send,
  read: (answer: AnthropicAnswer) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const run = async function* (exchange: Exchange): AsyncGenerator<T> {
    yield* read(await open(call, send, signal, exchange));
  };
  return throughExchange(call, run, signal);
}

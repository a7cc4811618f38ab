import type { ChatRequest, Ollama } from 'ollama/browser';
import { filledBody, placeBytes, type PlacedBytes } from './dialects/jsonBody.js';
import { ollamaFailure } from './dialects/ollamaChat.js';
import { Failed, isRecord, type Failure } from './dialects/wire.js';
import { transportFailure, type Exchange } from './exchange.js';
import { retrying } from './retry.js';
import { throughExchange, type Call } from './wireCall.js';

type Fill = PlacedBytes<unknown>['fill'];

let sdk: Promise<typeof Ollama> | undefined;

/** Loaded on first use, never at activation. Its build for browsers, which reads no files. */
function loadSdk(): Promise<typeof Ollama> {
  sdk ??= import('ollama/browser').then((module) => module.Ollama);
  return sdk;
}

/** What is wrong with a line, if anything is. */
function lineFailure(line: string): Failure | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) && value['error'] !== undefined ? ollamaFailure(value['error']) : undefined;
  } catch {
    return /^\s*</.test(line) ? { kind: 'web-page' } : { kind: 'malformed', missing: 'JSON in a line' };
  }
}

/**
 * The SDK skips lines that are no JSON and prints them, and forgets what an error in a line was. So every line is looked at
 * before it gets there, and the first wrong one ends what it is given: all that came before reaches the reader.
 */
function checkedLines(body: ReadableStream<Uint8Array>, note: (failure: Failure) => void): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.trim() === '') continue;
          const failure = lineFailure(line);
          if (failure === undefined) {
            controller.enqueue(encoder.encode(`${line}\n`));
            continue;
          }
          note(failure);
          controller.terminate();
          return;
        }
      },
      flush(controller) {
        if (rest.trim() === '') return;
        const failure = lineFailure(rest);
        if (failure === undefined) controller.enqueue(encoder.encode(`${rest}\n`));
        // A line that is no JSON and has no end was cut in two.
        else note(failure.kind === 'malformed' ? { kind: 'cut-off' } : failure);
      },
    }),
  );
}

/** The SDK takes any plain answer for what was asked for; a page is told apart here. @throws Failed */
async function checkedJson(response: Response): Promise<Response> {
  const text = await response.text();
  const failure = lineFailure(text);
  if (failure !== undefined) throw new Failed(failure);
  return new Response(text, { status: response.status, headers: response.headers });
}

export interface OllamaClient {
  /** The lines of a streamed answer. @throws Failed */
  chat(request: ChatRequest & { stream: true }): AsyncIterable<unknown>;
  /** @throws Failed */
  plain(ask: (sdk: Ollama) => Promise<unknown>): Promise<unknown>;
}

/** The SDK knows neither time-outs nor signals for everything, and asks once: all three are added behind it. */
async function open(call: Call, signal: AbortSignal, exchange: Exchange): Promise<OllamaClient> {
  const Sdk = await loadSdk();
  const { search, origin, pathname } = new URL(call.baseUrl);
  const stop = new AbortController();
  const ask = retrying(exchange.fetch, call.maxRetries ?? 2, signal);
  let failure: Failure | undefined;

  const clientThat = (read: (response: Response) => Promise<Response>, fill?: Fill): Ollama => {
    const fetchFor: typeof fetch = async (input, init) => {
      const url = `${input instanceof Request ? input.url : input.toString()}${search}`;
      const { timeoutSeconds } = call;
      const timeout = timeoutSeconds === undefined ? [] : [AbortSignal.timeout(Math.round(timeoutSeconds * 1000))];
      const sent = fill === undefined ? init : filledBody(init, fill);
      const response = await ask(url, { ...sent, signal: AbortSignal.any([signal, stop.signal, ...timeout]) });
      // What was wrong, the exchange has seen; the SDK would read it again and print that it does.
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      return read(response);
    };
    return new Sdk({ host: `${origin}${pathname}`, fetch: fetchFor });
  };
  const readLines = (response: Response): Promise<Response> => {
    const note = (noted: Failure): void => {
      failure = noted;
    };
    const body = response.body === null ? null : checkedLines(response.body, note);
    return Promise.resolve(new Response(body, { status: response.status, headers: response.headers }));
  };

  return {
    plain: (request) => request(clientThat(checkedJson)),
    chat: async function* (request) {
      let isWhole = false;
      const { value, fill } = placeBytes(request);
      const lines: AsyncIterable<unknown> = await clientThat(readLines, fill).chat(value);
      try {
        yield* lines;
        isWhole = true;
      } catch (error) {
        if (failure !== undefined) throw new Failed(failure);
        const broken = transportFailure(error, signal.aborted);
        throw new Failed(broken.codes.includes('UND_ERR_BODY_TIMEOUT') ? broken : { kind: 'cut-off' });
      } finally {
        // Whoever leaves early ends the connection with it.
        if (!isWhole) stop.abort();
      }
    },
  };
}

/** Asks, and gives what `read` makes of the answer; see `throughExchange` for what is thrown. */
export function askOllama<T>(
  call: Call,
  read: (client: OllamaClient) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const run = async function* (exchange: Exchange): AsyncGenerator<T> {
    yield* read(await open(call, signal, exchange));
  };
  return throughExchange(call, run, signal);
}

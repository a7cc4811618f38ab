import { cancelled, EarshotError, throwIfCancelled, toEarshotError } from '../core/errors.js';
import { Failed } from './dialects/wire.js';
import { openExchange, transportFailure, type Exchange, type KeyHeader } from './exchange.js';
import { explain, type Asked } from './failure.js';

export interface Call {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly log: (line: string) => void;
  readonly key: string | undefined;
  readonly keyHeader?: KeyHeader;
  readonly passHeaders?: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly asked: Asked;
  readonly timeoutSeconds?: number;
  readonly maxRetries?: number;
}

/**
 * One call through any SDK that takes a `fetch`: `run` gives it the one of the exchange. Everything that can go wrong comes
 * out as an EarshotError that names whom we asked. An answer that breaks off has yielded all that came before the error is
 * thrown.
 */
export async function* throughExchange<T>(
  call: Call,
  run: (exchange: Exchange) => AsyncIterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const exchange = openExchange({ ...call, signal });
  try {
    throwIfCancelled(signal);
    yield* run(exchange);
    // Some SDKs end a stream quietly when it is aborted.
    throwIfCancelled(signal);
  } catch (error) {
    throw toWireError(error, exchange, call.asked, signal);
  }
}

/** How Node names a connection that ends in the middle of a body, with its own HTTP and with undici. */
const brokenBody = /^(?:ECONNRESET|ECONNABORTED|EPIPE|ERR_STREAM_PREMATURE_CLOSE|UND_ERR_SOCKET|HPE_)/;

function toWireError(error: unknown, exchange: Exchange, asked: Asked, signal: AbortSignal): EarshotError {
  if (signal.aborted) return cancelled();
  if (error instanceof Failed) return explain(error.failure, asked);
  if (error instanceof EarshotError) return error;
  const failure = exchange.failure();
  if (failure !== undefined) return explain(failure, asked);
  // The headers came, and the connection broke or timed out while the body was read.
  const broken = transportFailure(error, false);
  const isOfTheBody = error instanceof TypeError && /terminated|fetch|network/i.test(error.message);
  if (isOfTheBody || broken.codes.some((code) => brokenBody.test(code))) return explain({ kind: 'cut-off' }, asked);
  if (error instanceof Error && /timed? ?out/i.test(error.message))
    return explain({ ...broken, timedOut: true }, asked);
  return toEarshotError(error);
}

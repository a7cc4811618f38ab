import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { concat } from './bytes.ts';
import type { Delivery } from './failures.ts';

/** Bodies above this are counted, not kept. */
const mostKept = 128 * 1024 * 1024;

export interface ReceivedBody {
  readonly bytes: Uint8Array;
  /** More than `bytes` holds when the body was too large to keep. */
  readonly byteLength: number;
}

export async function readBody(message: IncomingMessage): Promise<ReceivedBody> {
  const parts: Uint8Array[] = [];
  let byteLength = 0;
  for await (const part of message as AsyncIterable<Buffer>) {
    byteLength += part.byteLength;
    if (byteLength <= mostKept) parts.push(part);
  }
  return { bytes: concat(parts), byteLength };
}

/** Sends an answer as ordered. Gives false when the client went away, or the server was closed, before its end. */
export async function send(response: ServerResponse, delivery: Delivery, closing: AbortSignal): Promise<boolean> {
  const gone = new AbortController();
  const leave = () => {
    gone.abort();
  };
  response.once('close', leave);
  closing.addEventListener('abort', leave);
  try {
    if (response.destroyed) return false;
    await sendPieces(response, delivery, gone.signal);
    return true;
  } catch (error) {
    if (gone.signal.aborted) return false;
    throw error;
  } finally {
    response.off('close', leave);
    closing.removeEventListener('abort', leave);
  }
}

async function sendPieces(response: ServerResponse, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { reply } = delivery;
  if (delivery.delayMilliseconds > 0) await wait(delivery.delayMilliseconds, undefined, { signal });
  if (delivery.ending === 'hang') {
    await wait(2 ** 31 - 1, undefined, { signal });
    return;
  }
  if (reply) {
    const whole = reply.streamed ? undefined : concat(reply.pieces);
    response.writeHead(reply.status, {
      ...(whole && { 'content-length': String(whole.byteLength) }),
      ...reply.headers,
    });
    for (const [index, piece] of (whole ? [whole] : reply.pieces).entries()) {
      if (index > 0 && delivery.pieceMilliseconds > 0) await wait(delivery.pieceMilliseconds, undefined, { signal });
      signal.throwIfAborted();
      if (!response.write(piece)) await once(response, 'drain', { signal });
      // Each piece goes out by itself, as it would from a model at work.
      if (reply.streamed) await nextTurn(undefined, { signal });
    }
  }
  if (delivery.ending === 'reset') {
    // What was written must be on its way before the reset, which would overtake it.
    if (reply) await wait(30, undefined, { signal });
    response.socket?.resetAndDestroy();
    return;
  }
  response.end();
  // Node emits 'finish' when all is handed to the system.
  if (!response.writableFinished) await once(response, 'finish', { signal });
}

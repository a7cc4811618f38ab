import { utf8 } from './bytes.ts';
import type { ErrorBody } from './errorBodies.ts';
import type { Json } from './json.ts';

/** An answer before it is sent: whole, or in the pieces in which a stream sends it. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly Uint8Array[];
  /** Sent without a length, piece by piece. */
  readonly streamed: boolean;
}

export function bytesReply(
  status: number,
  contentType: string,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return { status, headers: { 'content-type': contentType, ...headers }, pieces: [body], streamed: false };
}

export function jsonReply(value: Json, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return bytesReply(status, 'application/json', utf8(`${JSON.stringify(value, null, 2)}\n`), headers);
}

export function textReply(text: string, contentType = 'text/plain; charset=utf-8', status = 200): Reply {
  return bytesReply(status, contentType, utf8(text));
}

export function errorReply(error: ErrorBody): Reply {
  return jsonReply(error.body, error.status, error.headers);
}

/** Server-sent events as OpenAI writes them: bare `data:` lines, `[DONE]` at the end. */
export function eventsReply(events: readonly Json[]): Reply {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    pieces: [...events.map((event) => dataLine(JSON.stringify(event))), dataLine('[DONE]')],
    streamed: true,
  };
}

export function dataLine(data: string): Uint8Array {
  return utf8(`data: ${data}\n\n`);
}

export function streamedBytesReply(contentType: string, body: Uint8Array, pieceSize = 4096): Reply {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < body.byteLength; at += pieceSize) pieces.push(body.subarray(at, at + pieceSize));
  return { status: 200, headers: { 'content-type': contentType }, pieces, streamed: true };
}

import { utf8 } from '../openaiServer/bytes.ts';
import type { JsonObject } from '../openaiServer/json.ts';
import type { Reply } from '../openaiServer/reply.ts';
import { jsonReply } from '../openaiServer/reply.ts';
import { Refusal } from '../wireServer/wireServer.ts';

/** Error bodies as Anthropic sends them. */

const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

export function errorObject(status: number, message: string): JsonObject {
  return {
    type: 'error',
    error: { type: types[status] ?? 'api_error', message },
    request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy',
  };
}

export function errorReply(status: number, message: string): Reply {
  return jsonReply(errorObject(status, message), status, { 'request-id': 'req_011CSHoEeqs5C35K2UUqR7Fy' });
}

/** As an event of a stream. */
export function errorEvent(status: number, message: string): Uint8Array {
  return utf8(`event: error\ndata: ${JSON.stringify(errorObject(status, message))}\n\n`);
}

export function refuse(message: string, status = 400): Refusal {
  return new Refusal(errorReply(status, message), message);
}

/** For what a user may do and a client cannot know. */
export function turnAway(status: number, message: string): Refusal {
  return new Refusal(errorReply(status, message), undefined);
}

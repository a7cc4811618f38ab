import type { IncomingMessage } from 'node:http';
import { strictUtf8 } from './bytes.ts';
import type { ErrorBodyName } from './errorBodies.ts';
import { errorBody } from './errorBodies.ts';
import type { Failure } from './failures.ts';
import type { Json } from './json.ts';
import { isObject, numberOf, parseJson, textOf } from './json.ts';
import type { RecordedRequest } from './recorded.ts';
import type { Reply } from './reply.ts';
import { errorReply, jsonReply } from './reply.ts';
import type { OpenAIServer } from './server.ts';

/**
 * What another process may do with the bench: `GET /bench/requests`, `GET /bench/problems`, `POST /bench/reset`, and
 * `POST /bench/fail` with `{ path, failure, times? }` (`times: 0` means always).
 */
export function answerControl(
  server: OpenAIServer | undefined,
  message: IncomingMessage,
  body: Uint8Array,
): Promise<Reply> {
  return Promise.resolve(server ? control(server, `${message.method ?? ''} ${message.url ?? ''}`, body) : notFound());
}

function control(server: OpenAIServer, what: string, body: Uint8Array): Reply {
  switch (what) {
    case 'GET /bench/requests':
      return jsonReply(server.requests.map(summary));
    case 'GET /bench/problems':
      return jsonReply(server.problems.map((problem) => ({ ...problem })));
    case 'POST /bench/reset':
      server.reset();
      return jsonReply({ ok: true });
    case 'POST /bench/fail':
      return order(server, parseJson(strictUtf8(body)));
    default:
      return notFound();
  }
}

function order(server: OpenAIServer, wish: Json): Reply {
  const path = isObject(wish) ? textOf(wish['path']) : undefined;
  const failure = isObject(wish) ? wish['failure'] : undefined;
  if (!isObject(wish) || path === undefined || !isObject(failure) || textOf(failure['kind']) === undefined) {
    return errorReply(errorBody(400, 'Give { path, failure: { kind, … }, times? }'));
  }
  const times = numberOf(wish['times']) ?? 1;
  // The other process is a program of this repository, whose types say the same.
  const known = failure as unknown as Failure & { readonly body?: ErrorBodyName };
  if (times === 0) server.failAlways(path, known);
  else server.failNext(path, known, times);
  return jsonReply({ ok: true });
}

function notFound(): Reply {
  return errorReply(errorBody(404, 'No such control'));
}

/** A request without its bytes and its key. */
function summary(request: RecordedRequest): Json {
  return {
    index: request.index,
    method: request.method,
    path: request.path,
    status: request.status,
    outcome: request.outcome,
    byteLength: request.body.byteLength,
    fields: request.form?.fields.map(({ name, value }) => ({ name, value })),
    fileNames: request.form?.files.map(({ fileName }) => fileName),
    audio: request.audio.map(({ format, sampleRate, channels, durationSeconds }) => ({
      format,
      sampleRate,
      channels,
      durationSeconds,
    })),
  };
}

import { errorBody, incorrectKey, missingKey } from './errorBodies.ts';
import type { Endpoint } from './bench.ts';
import { chatCompletions } from './chat.ts';
import { listModels, oneModel } from './modelList.ts';
import type { RecordedRequest } from './recorded.ts';
import { speech } from './speech.ts';
import { transcriptions } from './transcriptions.ts';
import { refuse, WireError } from './wireError.ts';

const posts: Readonly<Record<string, Endpoint>> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/audio/transcriptions': transcriptions,
  '/v1/audio/speech': speech,
};
const modelPath = /^\/v1\/models\/([^/]+)$/;

/** The endpoint of a request; refuses unknown paths, other methods, and a query where none belongs. */
export function findEndpoint(request: RecordedRequest): Endpoint {
  const { method, path } = request;
  const post = posts[path];
  const model = modelPath.exec(path)?.[1];
  const get =
    path === '/v1/models' ? listModels : model === undefined ? undefined : oneModel(decodeURIComponent(model));
  const endpoint = post ?? get;
  if (!endpoint) {
    throw new WireError('unknown-path', errorBody(404, `Invalid URL (${method} ${path})`), `no such path ${path}`);
  }
  const right = post ? 'POST' : 'GET';
  if (method !== right) {
    const message = `Not allowed to ${method} on ${path}. (HINT: Perhaps you meant to use a different HTTP method?)`;
    throw new WireError('method', errorBody(405, message, 'method_not_supported'), `${path} takes ${right}`);
  }
  if (request.query !== '') throw refuse('query', `Unknown query parameters: ${request.query}`);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw refuse('content-encoding', `Unsupported content encoding: ${encoding}`);
  return endpoint;
}

/** Checks the key as OpenAI does; with `null` any well-formed header will do, and none. */
export function checkKey(request: RecordedRequest, apiKey: string | null): void {
  const header = request.headers['authorization'];
  if (header === undefined) {
    if (apiKey === null) return;
    throw new WireError('missing-key', missingKey(), 'no Authorization header');
  }
  const key = /^Bearer (\S+)$/.exec(header)?.[1];
  if (key === undefined || key === 'undefined' || key === 'null') {
    throw new WireError('authorization', missingKey(), 'the Authorization header is no "Bearer <key>"');
  }
  if (apiKey !== null && key !== apiKey) throw new WireError('wrong-key', incorrectKey(key), 'another key');
}

export function sentKey(request: RecordedRequest): string {
  return /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? '';
}

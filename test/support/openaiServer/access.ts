import { errorBody, incorrectKey, missingKey } from './errorBodies.ts';
import type { Endpoint } from './bench.ts';
import { chatCompletions } from './chat.ts';
import { listModels, oneModel } from './modelList.ts';
import type { RecordedRequest } from './recorded.ts';
import { speech } from './speech.ts';
import { transcriptions } from './transcriptions.ts';
import type { VendorRules } from './vendorRules.ts';
import { refuse, WireError } from './wireError.ts';

const posts: Readonly<Record<string, Endpoint>> = {
  '/v1/chat/completions': chatCompletions,
  '/v1/audio/transcriptions': transcriptions,
  '/v1/audio/speech': speech,
};
const modelPath = /^\/v1\/models\/([^/]+)$/;

/** The path that OpenAI has for what this vendor has elsewhere. */
function underOpenai({ path, query }: RecordedRequest, vendor: VendorRules): string {
  if (vendor.deployments === true) {
    const [, inner] = /^\/openai(?:\/v1|\/deployments\/[^/]+)(\/.*)$/.exec(path) ?? [];
    const isVersioned = path.startsWith('/openai/v1/') || /[?&]api-version=\d{4}-\d{2}-\d{2}/.test(query);
    if (inner !== undefined && isVersioned) return `/v1${inner}`;
    return path === '/openai/models' && isVersioned ? '/v1/models' : path;
  }
  const inner = path.startsWith(vendor.prefix) ? path.slice(vendor.prefix.length) : undefined;
  return inner === undefined || vendor.lacks?.includes(inner) === true ? '/not-here' : `/v1${inner}`;
}

/** The endpoint of a request; refuses unknown paths, other methods, and a query where none belongs. */
export function findEndpoint(request: RecordedRequest, vendor?: VendorRules): Endpoint {
  const { method } = request;
  const own =
    vendor?.endpoints[`${method} ${request.path}`] ??
    vendor?.endpoints[`${method} ${request.path.replace(/[^/]+$/, '*')}`];
  if (own) return own;
  const path = vendor === undefined ? request.path : underOpenai(request, vendor);
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
  if (request.query !== '' && vendor?.deployments !== true)
    throw refuse('query', `Unknown query parameters: ${request.query}`);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw refuse('content-encoding', `Unsupported content encoding: ${encoding}`);
  return endpoint;
}

/** Checks the key as OpenAI does; with `null` any well-formed header will do, and none. */
export function checkKey(request: RecordedRequest, apiKey: string | null, vendor?: VendorRules): void {
  if (vendor?.open?.includes(request.path) === true) return;
  const bare = vendor?.keyHeader === undefined ? undefined : request.headers[vendor.keyHeader];
  const header = vendor?.keyHeader === undefined ? request.headers['authorization'] : bare && `Bearer ${bare}`;
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
  return /^Bearer (\S+)$/.exec(request.headers['authorization'] ?? '')?.[1] ?? request.headers['api-key'] ?? '';
}

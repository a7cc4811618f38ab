import type { JsonObject } from './json.ts';

/** Error bodies as OpenAI sends them, word for word as users have reported them. */

export interface ErrorBody {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

export const supportedFileFormats = ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm'] as const;

const rateLimitHeaders = {
  'x-ratelimit-limit-requests': '500',
  'x-ratelimit-remaining-requests': '0',
  'x-ratelimit-reset-requests': '1s',
  'x-ratelimit-limit-tokens': '30000',
  'x-ratelimit-remaining-tokens': '0',
  'x-ratelimit-reset-tokens': '1s',
};

export function errorBody(
  status: number,
  message: string,
  code: string | null = null,
  param: string | null = null,
  type = 'invalid_request_error',
  headers?: Readonly<Record<string, string>>,
): ErrorBody {
  return { status, body: { error: { message, type, param, code } }, ...(headers === undefined ? {} : { headers }) };
}

/** OpenAI echoes the key it was given: whole when it is short, else with its middle starred out. */
export function maskKey(key: string): string {
  return key.length <= 12 ? key : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`;
}

export function incorrectKey(key: string): ErrorBody {
  return errorBody(
    401,
    `Incorrect API key provided: ${maskKey(key)}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    'invalid_api_key',
  );
}

export function missingKey(): ErrorBody {
  return errorBody(
    401,
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
  );
}

export function modelNotFound(model: string): ErrorBody {
  return errorBody(
    404,
    `The model \`${model}\` does not exist or you do not have access to it.`,
    'model_not_found',
    null,
  );
}

export function tooLarge(limit: number, read: number): ErrorBody {
  return errorBody(
    413,
    `Maximum content size limit (${limit}) exceeded (${read} bytes read)`,
    null,
    null,
    'server_error',
  );
}

export function invalidFileFormat(): ErrorBody {
  const names = supportedFileFormats.map((name) => `'${name}'`).join(', ');
  return errorBody(400, `Invalid file format. Supported formats: [${names}]`);
}

/** Bodies that a test asks for by name; `model` is what the request named, `key` what it was sent with. */
export const errorBodies = {
  invalid_api_key: (_model: string, key: string) => incorrectKey(key),
  unsupported_country: () =>
    errorBody(
      403,
      'Country, region, or territory not supported',
      'unsupported_country_region_territory',
      null,
      'request_forbidden',
    ),
  model_forbidden: (model: string) =>
    errorBody(403, `Project \`proj_bench\` does not have access to model \`${model}\``, 'model_not_found'),
  model_not_found: (model: string) => modelNotFound(model),
  content_too_large: () => tooLarge(26_214_400, 26_378_838),
  rate_limit_exceeded: (model: string) =>
    errorBody(
      429,
      `Rate limit reached for ${model} in organization org-bench on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 1s. Visit https://platform.openai.com/account/rate-limits to learn more.`,
      'rate_limit_exceeded',
      null,
      'tokens',
      rateLimitHeaders,
    ),
  insufficient_quota: () =>
    errorBody(
      429,
      'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
      'insufficient_quota',
      null,
      'insufficient_quota',
    ),
  unsupported_format: () => invalidFileFormat(),
  undecodable_audio: () => errorBody(400, 'The audio file could not be decoded or its format is not supported.'),
  context_length_exceeded: () =>
    errorBody(
      400,
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 140024 tokens. Please reduce the length of the messages.",
      'context_length_exceeded',
      'messages',
    ),
  server_error: () =>
    errorBody(
      500,
      'The server had an error while processing your request. Sorry about that!',
      null,
      null,
      'server_error',
    ),
  overloaded: () =>
    errorBody(503, 'The engine is currently overloaded, please try again later', null, null, 'server_error'),
} as const satisfies Record<string, (model: string, key: string) => ErrorBody>;

export type ErrorBodyName = keyof typeof errorBodies;

/** The body a status code usually comes with. */
export function usualBodyName(status: number): ErrorBodyName {
  switch (status) {
    case 400:
      return 'undecodable_audio';
    case 401:
      return 'invalid_api_key';
    case 403:
      return 'unsupported_country';
    case 404:
      return 'model_not_found';
    case 413:
      return 'content_too_large';
    case 429:
      return 'rate_limit_exceeded';
    case 503:
      return 'overloaded';
    default:
      return 'server_error';
  }
}

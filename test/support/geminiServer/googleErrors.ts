import type { Json, JsonObject } from '../openaiServer/json.ts';
import type { ErrorBody } from '../openaiServer/errorBodies.ts';

/** Error bodies as Google's servers send them: a `google.rpc.Status` under `error`. */

function status(code: number, name: string, message: string, details?: readonly Json[]): ErrorBody {
  return { status: code, body: { error: { code, message, status: name, ...(details && { details }) } } };
}

function reason(name: string): JsonObject {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason: name,
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  };
}

function quota(per: 'Minute' | 'Day', retryDelay: string): readonly Json[] {
  return [
    {
      '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
      violations: [
        {
          quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
          quotaId: `GenerateRequestsPer${per}PerProjectPerModel-FreeTier`,
          quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
          quotaValue: '10',
        },
      ],
    },
    {
      '@type': 'type.googleapis.com/google.rpc.Help',
      links: [
        { description: 'Learn more about Gemini API quotas', url: 'https://ai.google.dev/gemini-api/docs/rate-limits' },
      ],
    },
    { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay },
  ];
}

const exceeded =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.';

export const googleErrors = {
  invalidKey: () =>
    status(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [reason('API_KEY_INVALID')]),
  unauthenticated: () =>
    status(
      401,
      'UNAUTHENTICATED',
      'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      [reason('ACCESS_TOKEN_TYPE_UNSUPPORTED')],
    ),
  noKey: () =>
    status(
      403,
      'PERMISSION_DENIED',
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    ),
  forbidden: () =>
    status(
      403,
      'PERMISSION_DENIED',
      'Generative Language API has not been used in project 1 before or it is disabled.',
      [reason('SERVICE_DISABLED')],
    ),
  leakedKey: () => status(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.'),
  location: () => status(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
  noModel: (model: string) =>
    status(
      404,
      'NOT_FOUND',
      `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    ),
  noFile: (name: string) =>
    status(403, 'PERMISSION_DENIED', `You do not have permission to access the File ${name} or it may not exist.`),
  payload: () =>
    status(
      400,
      'INVALID_ARGUMENT',
      'Request payload size exceeds the limit: 104857600 bytes. Please use the File API.',
    ),
  tooLarge: () => status(413, 'INVALID_ARGUMENT', 'Request Entity Too Large'),
  tooManyTokens: () =>
    status(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
  mimeType: (type: string) => status(400, 'INVALID_ARGUMENT', `Unsupported MIME type: ${type}`),
  deaf: (model: string) => status(400, 'INVALID_ARGUMENT', `Audio input modality is not enabled for models/${model}`),
  rate: (retryDelay = '0.001s') => status(429, 'RESOURCE_EXHAUSTED', exceeded, quota('Minute', retryDelay)),
  daily: () => status(429, 'RESOURCE_EXHAUSTED', exceeded, quota('Day', '30s')),
  internal: () =>
    status(
      500,
      'INTERNAL',
      'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
  overloaded: () => status(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
  deadline: () => status(504, 'DEADLINE_EXCEEDED', 'Deadline expired before operation could complete.'),
  argument: (message: string) => status(400, 'INVALID_ARGUMENT', message),
} as const satisfies Record<string, (...about: never[]) => ErrorBody>;

import type { ErrorReason } from '../../src/core/errors.js';
import type { JsonObject } from '../support/openaiServer/json.ts';
import type { VendorName } from '../support/openaiServer/vendors.ts';

/** What a vendor says when something is wrong, as it says it, and what it means. */
export interface VendorError {
  readonly status: number;
  readonly body: JsonObject;
  readonly reason: ErrorReason;
  /** Of what the user is shown, a part that is the vendor's own. */
  readonly says?: string;
}

const openaiError = (message: string, type: string, code: string | number | null = null): JsonObject => ({
  error: { message, type, param: null, code },
});
const mistralError = (message: string | JsonObject, type: string, code: string | null = null): JsonObject => ({
  object: 'error',
  message,
  type,
  param: null,
  code,
});
const aimlapiError = (statusCode: number, message: string): JsonObject => ({
  requestId: 'a1',
  statusCode,
  timestamp: '2026-11-21T10:00:00.000Z',
  path: '/v1/chat/completions',
  message,
});
const plain = (error: JsonObject): JsonObject => ({ error });

export const vendorErrors: Readonly<Record<VendorName, readonly VendorError[]>> = {
  litellm: [
    {
      status: 401,
      body: openaiError('Authentication Error, Invalid proxy server token passed.', 'token_not_found_in_db', '401'),
      reason: 'invalid-key',
    },
    {
      status: 403,
      body: openaiError(
        'key not allowed to access model. This key can only access models=[]',
        'key_model_access_denied',
        '403',
      ),
      reason: 'forbidden',
    },
    {
      status: 400,
      body: openaiError('Budget has been exceeded! Current cost: 0.02, Max budget: 0.01', 'budget_exceeded', '400'),
      reason: 'quota-exhausted',
      says: 'Budget has been exceeded',
    },
    {
      status: 400,
      body: plain({
        message: '/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available models.',
        type: 'None',
        param: 'None',
        code: '400',
      }),
      reason: 'model-not-found',
    },
    {
      status: 429,
      body: openaiError(
        'litellm.RateLimitError: No deployments available for selected model',
        'throttling_error',
        '429',
      ),
      reason: 'rate-limited',
    },
    {
      status: 500,
      body: openaiError('litellm.InternalServerError: upstream', 'None', '500'),
      reason: 'vendor-failure',
    },
    { status: 503, body: openaiError('litellm.ServiceUnavailableError', 'None', '503'), reason: 'overloaded' },
  ],
  openrouter: [
    { status: 401, body: plain({ message: 'No auth credentials found', code: 401 }), reason: 'invalid-key' },
    {
      status: 402,
      body: plain({
        message: 'Insufficient credits. Add more using https://openrouter.ai/settings/credits',
        code: 402,
      }),
      reason: 'quota-exhausted',
    },
    {
      status: 403,
      body: plain({ message: 'Your chosen model requires moderation and your input was flagged', code: 403 }),
      reason: 'refused',
    },
    {
      status: 404,
      body: plain({ message: 'No endpoints found that support input audio', code: 404 }),
      reason: 'model-lacks-capability',
    },
    { status: 400, body: plain({ message: 'a/b is not a valid model ID', code: 400 }), reason: 'model-not-found' },
    { status: 413, body: plain({ message: 'Request Entity Too Large', code: 413 }), reason: 'clip-too-large' },
    {
      status: 429,
      body: plain({ message: 'Rate limit exceeded: free-models-per-min.', code: 429 }),
      reason: 'rate-limited',
    },
    {
      status: 502,
      body: plain({ message: 'Provider returned error', code: 502, metadata: { provider_name: 'OpenAI' } }),
      reason: 'vendor-failure',
    },
    { status: 200, body: plain({ message: 'Provider disconnected', code: 502 }), reason: 'vendor-failure' },
  ],
  mistral: [
    { status: 401, body: { detail: 'Unauthorized' }, reason: 'invalid-key', says: 'Unauthorized' },
    { status: 400, body: mistralError('Invalid model: x', 'invalid_model', '1500'), reason: 'model-not-found' },
    {
      status: 400,
      body: mistralError('Audio input is not enabled for this model', 'invalid_request_message_content', '3051'),
      reason: 'model-lacks-capability',
    },
    {
      status: 422,
      body: mistralError(
        { detail: [{ type: 'extra_forbidden', loc: ['body', 'x'], msg: 'Extra inputs are not permitted', input: 1 }] },
        'invalid_request_error',
      ),
      reason: 'request-rejected',
      says: 'Extra inputs are not permitted',
    },
    { status: 413, body: { message: 'Request size limit exceeded' }, reason: 'clip-too-large' },
    { status: 429, body: mistralError('Requests rate limit exceeded', 'rate_limited', '1300'), reason: 'rate-limited' },
    {
      status: 429,
      body: mistralError('Service tier capacity exceeded for this model.', 'service_tier_capacity_exceeded', '3505'),
      reason: 'rate-limited',
    },
    {
      status: 500,
      body: mistralError('Internal server error', 'internal_server_error', '1000'),
      reason: 'vendor-failure',
    },
    { status: 503, body: mistralError('Service unavailable.', 'internal_server_error', '3700'), reason: 'overloaded' },
  ],
  groq: [
    {
      status: 401,
      body: openaiError('Invalid API Key', 'invalid_request_error', 'invalid_api_key'),
      reason: 'invalid-key',
    },
    {
      status: 404,
      body: openaiError(
        'The model `x` does not exist or you do not have access to it.',
        'invalid_request_error',
        'model_not_found',
      ),
      reason: 'model-not-found',
    },
    {
      status: 413,
      body: openaiError('Request Entity Too Large', 'invalid_request_error', 'request_too_large'),
      reason: 'clip-too-large',
    },
    {
      status: 400,
      body: openaiError('could not process file - is it a valid media file?', 'invalid_request_error'),
      reason: 'unsupported-media',
    },
    {
      status: 429,
      body: openaiError(
        'Rate limit reached for model `whisper-large-v3` on seconds of audio per hour (ASPH): Limit 7200, Used 7100, Requested 300. Upgrade at https://console.groq.com/settings/billing',
        'seconds',
        'rate_limit_exceeded',
      ),
      reason: 'rate-limited',
    },
    { status: 503, body: openaiError('Service unavailable', 'internal_server_error'), reason: 'overloaded' },
  ],
  aimlapi: [
    { status: 401, body: aimlapiError(401, 'Unauthorized'), reason: 'invalid-key' },
    {
      status: 403,
      body: aimlapiError(403, 'You have run out of credits. Please top up your balance to continue.'),
      reason: 'quota-exhausted',
    },
    { status: 404, body: aimlapiError(404, 'Cannot POST /v1/x'), reason: 'invalid-settings' },
    { status: 429, body: aimlapiError(429, 'ThrottlerException: Too Many Requests'), reason: 'rate-limited' },
    { status: 500, body: aimlapiError(500, 'Internal server error'), reason: 'vendor-failure' },
  ],
  azure: [
    {
      status: 401,
      body: plain({ code: '401', message: 'Access denied due to invalid subscription key or wrong API endpoint.' }),
      reason: 'invalid-key',
    },
    {
      status: 404,
      body: plain({
        code: 'DeploymentNotFound',
        message:
          'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      }),
      reason: 'model-not-found',
    },
    { status: 404, body: plain({ code: '404', message: 'Resource not found' }), reason: 'invalid-settings' },
    {
      status: 400,
      body: openaiError(
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        'null',
        'content_filter',
      ),
      reason: 'refused',
    },
    {
      status: 429,
      body: plain({
        code: '429',
        message:
          'Requests have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 3 seconds.',
      }),
      reason: 'rate-limited',
    },
    {
      status: 500,
      body: plain({ code: 'InternalServerError', message: 'Backend returned 500' }),
      reason: 'vendor-failure',
    },
  ],
  vllm: [
    { status: 401, body: { error: 'Unauthorized' }, reason: 'invalid-key' },
    {
      status: 400,
      body: openaiError('At most 0 audio(s) may be provided in one prompt.', 'BadRequestError', 400),
      reason: 'model-lacks-capability',
    },
    {
      status: 400,
      body: {
        object: 'error',
        message: "This model's maximum context length is 4096 tokens.",
        type: 'BadRequestError',
        code: 400,
      },
      reason: 'clip-too-long',
    },
    {
      status: 404,
      body: openaiError('The model `x` does not exist.', 'NotFoundError', 404),
      reason: 'model-not-found',
    },
    {
      status: 500,
      body: openaiError('EngineCore encountered an issue', 'InternalServerError', 500),
      reason: 'vendor-failure',
    },
  ],
  llamacpp: [
    {
      status: 401,
      body: plain({ code: 401, message: 'Invalid API Key', type: 'authentication_error' }),
      reason: 'invalid-key',
    },
    {
      status: 400,
      body: plain({
        code: 400,
        message: "input_audio.format must be either 'wav' or 'mp3'",
        type: 'invalid_request_error',
      }),
      reason: 'unsupported-media',
    },
    {
      status: 500,
      body: plain({
        code: 500,
        message: 'audio input is not supported - hint: if this is unexpected, you may need to provide the mmproj',
        type: 'server_error',
      }),
      reason: 'model-lacks-capability',
      says: 'you may need to provide the mmproj',
    },
    {
      status: 400,
      body: plain({
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 9000,
        n_ctx: 4096,
      }),
      reason: 'clip-too-long',
    },
    {
      status: 400,
      body: plain({ code: 400, message: 'Failed to load image or audio file', type: 'invalid_request_error' }),
      reason: 'unsupported-media',
    },
    {
      status: 503,
      body: plain({ code: 503, message: 'Loading model', type: 'unavailable_error' }),
      reason: 'overloaded',
    },
    {
      status: 404,
      body: plain({ code: 404, message: 'File Not Found', type: 'not_found_error' }),
      reason: 'model-not-found',
    },
  ],
};

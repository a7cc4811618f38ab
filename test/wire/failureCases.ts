import type { ErrorReason } from '../../src/core/errors.js';
import type { Failure } from '../support/openaiServer/failures.ts';

export interface FailureCase {
  readonly name: string;
  readonly failure: Failure;
  readonly reason: ErrorReason;
  /** All that is ours of the message; `{model}`, `{Recording}`, `{recording}` and `{address}` stand for what was asked. */
  readonly ours: string;
  /** The beginning of what is the server's; absent: nothing. */
  readonly theirs?: string;
  /** How often the server was asked. */
  readonly attempts: number;
}

const noWait = { retryAfterMilliseconds: 1 };

const forbidden =
  'Bench does not allow this key to use the model "{model}". Select another model, or use a key with more rights.';
const noAddress =
  'Bench has nothing at {address} that could do this. Check the base URL in the setting earshot.providers (it often ends in /v1), or select another model.';
const format = 'Bench could not read the sound of {recording}. Convert it to WAV or MP3, or select another model.';
const rateLimited = 'Bench is receiving too many requests from this key. Wait a little, then try again.';
const quota = 'The credit or quota of your Bench account is used up. Add credit there, or select another model.';
const failed = "Bench failed while working on the request. Try again; if it goes on, look at the vendor's status page.";
const overloaded = 'Bench is overloaded. Wait a little, then try again.';
const malformed =
  'Bench sent an answer that cannot be read. Check that its address speaks the OpenAI API; the log has more.';

export const failureCases: readonly FailureCase[] = [
  {
    name: '401',
    failure: { kind: 'status', status: 401 },
    reason: 'invalid-key',
    ours: 'Bench did not accept the API key. Set the key again with Set API Key.',
    theirs: 'Incorrect API key provided: [key]. You can',
    attempts: 1,
  },
  {
    name: '403 country',
    failure: { kind: 'status', status: 403 },
    reason: 'forbidden',
    ours: forbidden,
    theirs: 'Country, region, or territory not supported',
    attempts: 1,
  },
  {
    name: '403 model',
    failure: { kind: 'status', status: 403, body: 'model_forbidden' },
    reason: 'forbidden',
    ours: forbidden,
    theirs: 'Project `proj_bench` does not have access to model `{model}`',
    attempts: 1,
  },
  {
    name: '404 model',
    failure: { kind: 'status', status: 404 },
    reason: 'model-not-found',
    ours: 'Bench does not have the model "{model}". Select another model.',
    theirs: 'The model `{model}` does not exist',
    attempts: 1,
  },
  {
    name: '404 page',
    failure: { kind: 'html', status: 404 },
    reason: 'invalid-settings',
    ours: noAddress,
    attempts: 1,
  },
  {
    name: '404 of a web framework',
    failure: { kind: 'status', status: 404, body: { detail: 'Not Found' } },
    reason: 'invalid-settings',
    ours: noAddress,
    theirs: 'Not Found',
    attempts: 1,
  },
  {
    name: '413',
    failure: { kind: 'status', status: 413 },
    reason: 'clip-too-large',
    ours: '{Recording} is too large for Bench in one request. Select a shorter part of it, or another model.',
    theirs: 'Maximum content size limit (26214400) exceeded',
    attempts: 1,
  },
  {
    name: '400 format',
    failure: { kind: 'status', status: 400, body: 'unsupported_format' },
    reason: 'unsupported-media',
    ours: format,
    theirs: 'Invalid file format. Supported formats:',
    attempts: 1,
  },
  {
    name: '400 undecodable',
    failure: { kind: 'status', status: 400, body: 'undecodable_audio' },
    reason: 'unsupported-media',
    ours: format,
    theirs: 'The audio file could not be decoded',
    attempts: 1,
  },
  {
    name: '400 context',
    failure: { kind: 'status', status: 400, body: 'context_length_exceeded' },
    reason: 'clip-too-long',
    ours: '{Recording} is too long for the model "{model}" of Bench. Select a shorter part of it, or transcribe it and ask about the transcript.',
    theirs: "This model's maximum context length is 128000 tokens.",
    attempts: 1,
  },
  {
    name: '429 rate',
    failure: { kind: 'status', status: 429, ...noWait },
    reason: 'rate-limited',
    ours: rateLimited,
    theirs: 'Rate limit reached for {model}',
    attempts: 3,
  },
  {
    name: '429 with a long wait',
    failure: { kind: 'status', status: 429, retryAfterSeconds: 45 },
    reason: 'rate-limited',
    ours: rateLimited,
    theirs: 'Rate limit reached for {model}',
    attempts: 1,
  },
  {
    name: '429 quota',
    failure: { kind: 'status', status: 429, body: 'insufficient_quota' },
    reason: 'quota-exhausted',
    ours: quota,
    theirs: 'You exceeded your current quota',
    attempts: 1,
  },
  {
    name: '500',
    failure: { kind: 'status', status: 500, ...noWait },
    reason: 'vendor-failure',
    ours: failed,
    theirs: 'The server had an error while processing your request.',
    attempts: 3,
  },
  {
    name: '502 page of a proxy',
    failure: { kind: 'html', status: 502 },
    reason: 'vendor-failure',
    ours: failed,
    attempts: 3,
  },
  {
    name: '503',
    failure: { kind: 'status', status: 503, ...noWait },
    reason: 'overloaded',
    ours: overloaded,
    theirs: 'The engine is currently overloaded',
    attempts: 3,
  },
  {
    name: '529',
    failure: { kind: 'status', status: 529, body: 'overloaded', ...noWait },
    reason: 'overloaded',
    ours: overloaded,
    theirs: 'The engine is currently overloaded',
    attempts: 3,
  },
  {
    name: 'error in a 200',
    failure: { kind: 'error-in-200' },
    reason: 'vendor-failure',
    ours: failed,
    theirs: 'The server had an error while processing your request.',
    attempts: 1,
  },
  {
    name: 'quota in a 200',
    failure: { kind: 'error-in-200', body: 'insufficient_quota' },
    reason: 'quota-exhausted',
    ours: quota,
    theirs: 'You exceeded your current quota',
    attempts: 1,
  },
  {
    name: 'malformed JSON',
    failure: { kind: 'malformed-json' },
    reason: 'malformed-response',
    ours: malformed,
    attempts: 1,
  },
  { name: 'empty body', failure: { kind: 'empty' }, reason: 'malformed-response', ours: malformed, attempts: 1 },
  {
    name: 'page in a 200',
    failure: { kind: 'html', status: 200 },
    reason: 'invalid-settings',
    ours: 'Bench answered with a web page instead of data at {address}. Check the base URL in the setting earshot.providers (it often ends in /v1).',
    attempts: 1,
  },
  {
    name: 'reset before the headers',
    failure: { kind: 'reset-before-headers' },
    reason: 'unreachable',
    ours: 'Bench cannot be reached at {address}. The connection broke before it answered.',
    attempts: 3,
  },
  {
    name: 'redirect',
    failure: { kind: 'status', status: 307, headers: { location: 'https://elsewhere.example/v1?key=1' } },
    reason: 'invalid-settings',
    ours: 'Bench sends requests for {address} on to another address. Nothing was sent there, so that your key stays with this one. Put the final address into the setting earshot.providers if you trust it. It named https://elsewhere.example/v1.',
    attempts: 1,
  },
];

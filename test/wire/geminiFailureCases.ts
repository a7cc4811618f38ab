import { googleErrors } from '../support/geminiServer/googleErrors.ts';
import type { ErrorBody } from '../support/openaiServer/errorBodies.ts';
import type { Failure } from '../support/openaiServer/failures.ts';
import type { FailureCase } from './failureCases.ts';

function answers({ status, body }: ErrorBody): Failure {
  return { kind: 'status', status, body };
}

const invalidKey = 'Bench did not accept the API key. Set the key again with Set API Key.';
const forbidden =
  'Bench does not allow this key to use the model "{model}". Select another model, or use a key with more rights.';
const noModel = 'Bench does not have the model "{model}". Select another model.';
const tooLarge = '{Recording} is too large for Bench in one request. Select a shorter part of it, or another model.';
const rateLimited = 'Bench is receiving too many requests from this key. Wait a little, then try again.';
const failed = "Bench failed while working on the request. Try again; if it goes on, look at the vendor's status page.";
const overloaded = 'Bench is overloaded. Wait a little, then try again.';
const malformed =
  'Bench sent an answer that cannot be read. Check that its address speaks the Gemini API; the log has more.';
const checkUrl = 'Check the base URL in the setting earshot.providers';

export const geminiFailureCases: readonly FailureCase[] = [
  {
    name: '400 invalid key',
    failure: answers(googleErrors.invalidKey()),
    reason: 'invalid-key',
    ours: invalidKey,
    theirs: 'API key not valid. Please pass a valid API key.',
    attempts: 1,
  },
  {
    name: '401',
    failure: answers(googleErrors.unauthenticated()),
    reason: 'invalid-key',
    ours: invalidKey,
    theirs: 'Request had invalid authentication credentials.',
    attempts: 1,
  },
  {
    name: '403 service',
    failure: answers(googleErrors.forbidden()),
    reason: 'forbidden',
    ours: forbidden,
    theirs: 'Generative Language API has not been used',
    attempts: 1,
  },
  {
    name: '403 leaked key',
    failure: answers(googleErrors.leakedKey()),
    reason: 'invalid-key',
    ours: invalidKey,
    theirs: 'Your API key was reported as leaked.',
    attempts: 1,
  },
  {
    name: '400 country',
    failure: answers(googleErrors.location()),
    reason: 'forbidden',
    ours: forbidden,
    theirs: 'User location is not supported for the API use.',
    attempts: 1,
  },
  {
    name: '404 model',
    failure: answers(googleErrors.noModel('gemini-3.8-flash')),
    reason: 'model-not-found',
    ours: noModel,
    theirs: 'models/gemini-3.8-flash is not found for API version v1beta',
    attempts: 1,
  },
  {
    name: '404 page',
    failure: { kind: 'html', status: 404 },
    reason: 'invalid-settings',
    ours: `Bench has nothing at {address} that could do this. ${checkUrl}, or select another model.`,
    attempts: 1,
  },
  {
    name: '413',
    failure: answers(googleErrors.tooLarge()),
    reason: 'clip-too-large',
    ours: tooLarge,
    theirs: 'Request Entity Too Large',
    attempts: 1,
  },
  {
    name: '400 payload',
    failure: answers(googleErrors.payload()),
    reason: 'clip-too-large',
    ours: tooLarge,
    theirs: 'Request payload size exceeds the limit: 104857600 bytes.',
    attempts: 1,
  },
  {
    name: '400 tokens',
    failure: answers(googleErrors.tooManyTokens()),
    reason: 'clip-too-long',
    ours: '{Recording} is too long for the model "{model}" of Bench. Select a shorter part of it, or transcribe it and ask about the transcript.',
    theirs: 'The input token count (1200000) exceeds',
    attempts: 1,
  },
  {
    name: '400 format',
    failure: answers(googleErrors.mimeType('audio/wav')),
    reason: 'unsupported-media',
    ours: 'Bench could not read the sound of {recording}. Convert it to WAV or MP3, or select another model.',
    theirs: 'Unsupported MIME type: audio/wav',
    attempts: 1,
  },
  {
    name: '400 deaf',
    failure: answers(googleErrors.deaf('gemini-3.8-flash')),
    reason: 'model-lacks-capability',
    ours: 'Bench does not let the model "{model}" hear audio. Select a model that hears.',
    theirs: 'Audio input modality is not enabled',
    attempts: 1,
  },
  {
    name: '400 argument',
    failure: answers(googleErrors.argument('Invalid value at contents.')),
    reason: 'request-rejected',
    ours: 'Bench rejected the request for the model "{model}". The log has its whole answer.',
    theirs: 'Invalid value at contents.',
    attempts: 1,
  },
  {
    name: '429 by the minute',
    failure: answers(googleErrors.rate()),
    reason: 'rate-limited',
    ours: rateLimited,
    theirs: 'You exceeded your current quota',
    attempts: 3,
  },
  {
    name: '429 by the minute with a long wait',
    failure: answers(googleErrors.rate('45s')),
    reason: 'rate-limited',
    ours: rateLimited,
    theirs: 'You exceeded your current quota',
    attempts: 1,
  },
  {
    name: '429 by the day',
    failure: answers(googleErrors.daily()),
    reason: 'quota-exhausted',
    ours: 'The credit or quota of your Bench account is used up. Add credit there, or select another model.',
    theirs: 'You exceeded your current quota',
    attempts: 1,
  },
  {
    name: '500',
    failure: { kind: 'status', status: 500, body: googleErrors.internal().body, retryAfterMilliseconds: 1 },
    reason: 'vendor-failure',
    ours: failed,
    theirs: 'An internal error has occurred.',
    attempts: 3,
  },
  {
    name: '503',
    failure: { kind: 'status', status: 503, body: googleErrors.overloaded().body, retryAfterMilliseconds: 1 },
    reason: 'overloaded',
    ours: overloaded,
    theirs: 'The model is overloaded.',
    attempts: 3,
  },
  {
    name: '504',
    failure: { kind: 'status', status: 504, body: googleErrors.deadline().body, retryAfterMilliseconds: 1 },
    reason: 'timeout',
    ours: 'Bench took too long to answer at {address}. Try again, with a shorter part of the recording if it goes on.',
    theirs: 'Deadline expired',
    attempts: 3,
  },
  {
    name: 'error in a 200',
    failure: { kind: 'error-in-200', body: googleErrors.overloaded().body },
    reason: 'overloaded',
    ours: overloaded,
    theirs: 'The model is overloaded.',
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
    ours: `Bench answered with a web page instead of data at {address}. ${checkUrl}.`,
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
    failure: { kind: 'status', status: 307, headers: { location: 'https://elsewhere.example/v1beta?key=1' } },
    reason: 'invalid-settings',
    ours: 'Bench sends requests for {address} on to another address. Nothing was sent there, so that your key stays with this one. Put the final address into the setting earshot.providers if you trust it. It named https://elsewhere.example/v1beta.',
    attempts: 1,
  },
];

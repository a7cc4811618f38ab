import type { ErrorReason } from '../core/errors.js';
import type { SentenceName } from './failure.js';

/** What an answer with an error means. The first rule that fits decides. */
export interface StatusRule {
  readonly from?: number;
  /** Absent: `from` alone. */
  readonly to?: number;
  /** Looked for in code, type, parameter and message of the error. */
  readonly says?: RegExp;
  /** Whether the body is JSON, as an API's would be. */
  readonly isApi?: boolean;
  readonly reason: ErrorReason;
  readonly sentence: SentenceName;
}

const quotaWords =
  /insufficient_(?:quota|funds|balance|credit)|quota_exceeded|exceeded your current quota|billing|\bcredits?\b|balance|spending limit|payment/i;

export const statusRules: readonly StatusRule[] = [
  { from: 300, to: 399, reason: 'invalid-settings', sentence: 'redirect' },
  { from: 401, reason: 'invalid-key', sentence: 'invalid-key' },
  { from: 402, reason: 'quota-exhausted', sentence: 'quota' },
  {
    from: 403,
    says: /api key.{0,60}(?:leaked|invalid|expired|suspended)|unregistered callers/i,
    reason: 'invalid-key',
    sentence: 'invalid-key',
  },
  { from: 403, says: quotaWords, reason: 'quota-exhausted', sentence: 'quota' },
  { from: 403, says: /flagged|requires moderation/i, reason: 'refused', sentence: 'refused' },
  { from: 403, reason: 'forbidden', sentence: 'forbidden' },
  { from: 404, isApi: false, reason: 'invalid-settings', sentence: 'no-address' },
  // A web framework that knows no such path, or an API that knows no such endpoint: neither is about the model.
  {
    from: 404,
    says: /^\s*Not Found\s*$|invalid url|unknown (?:url|path|endpoint)|no route|cannot (?:get|post) \/|\bResource not found/i,
    reason: 'invalid-settings',
    sentence: 'no-address',
  },
  {
    from: 404,
    says: /not an? (?:chat|audio|transcription|speech) model/i,
    reason: 'model-lacks-capability',
    sentence: 'unable',
  },
  { from: 404, says: /no endpoints found that support/i, reason: 'model-lacks-capability', sentence: 'deaf' },
  { from: 404, reason: 'model-not-found', sentence: 'no-model' },
  { from: 405, reason: 'invalid-settings', sentence: 'no-address' },
  { from: 408, reason: 'timeout', sentence: 'slow' },
  { from: 413, reason: 'clip-too-large', sentence: 'too-large' },
  { from: 415, reason: 'unsupported-media', sentence: 'format' },
  // A single request above the tokens-per-minute limit comes back as 429 and would for ever.
  { from: 429, says: /request too large/i, reason: 'clip-too-long', sentence: 'too-long' },
  // One sentence serves for a limit by the minute and by the day; only the name of the quota tells them apart.
  { from: 429, says: /Per(?:Second|Minute)/, reason: 'rate-limited', sentence: 'rate-limited' },
  // Some name the page where limits are bought, which is no word about credit.
  { from: 429, says: /rate_limit_exceeded|rate_limited/i, reason: 'rate-limited', sentence: 'rate-limited' },
  { from: 429, says: quotaWords, reason: 'quota-exhausted', sentence: 'quota' },
  { from: 429, reason: 'rate-limited', sentence: 'rate-limited' },
  { from: 503, reason: 'overloaded', sentence: 'overloaded' },
  { from: 529, reason: 'overloaded', sentence: 'overloaded' },
  { from: 504, reason: 'timeout', sentence: 'slow' },
  { from: 524, reason: 'timeout', sentence: 'slow' },
  // A machine of one's own that is too small for the model: asking again would not make it larger.
  {
    from: 500,
    says: /requires more system memory|out of memory|unable to allocate/i,
    reason: 'model-lacks-capability',
    sentence: 'unable',
  },
  { from: 500, says: /audio input is not supported/i, reason: 'model-lacks-capability', sentence: 'deaf' },
  { from: 500, to: 599, reason: 'vendor-failure', sentence: 'failed' },
  // 400, 422 and errors inside a 200 say in words what they mean.
  {
    says: /invalid_api_key|incorrect api key|api key not valid|invalid api key|API_KEY_INVALID|api key expired/i,
    reason: 'invalid-key',
    sentence: 'invalid-key',
  },
  {
    says: /insufficient_quota|exceeded your current quota|credit balance is too low|spend_limit_reached|specified API usage limits|budget_exceeded|budget has been exceeded/i,
    reason: 'quota-exhausted',
    sentence: 'quota',
  },
  {
    from: 400,
    says: /location is not supported|not available in your (?:country|region)/i,
    reason: 'forbidden',
    sentence: 'forbidden',
  },
  { says: /rate_limit|rate limit|too many requests/i, reason: 'rate-limited', sentence: 'rate-limited' },
  { says: /overloaded|server_busy|capacity/i, reason: 'overloaded', sentence: 'overloaded' },
  {
    says: /audio input is not (?:supported|enabled)|at most 0 audio|does not support (?:audio|image) input|mmproj|input modality is not enabled|expected to be either text|not (?:an? )?(?:audio|multimodal) model|input_audio.{0,40}not supported/i,
    reason: 'model-lacks-capability',
    sentence: 'deaf',
  },
  {
    says: /does not support (?:tools|thinking|chat|vision|generate)/i,
    reason: 'model-lacks-capability',
    sentence: 'unable',
  },
  {
    says: /context_length_exceeded|available context size|context (?:length|window)|maximum context|prompt is too long|too many (?:input )?tokens|token count.{0,40}exceeds|audio (?:duration|is too long)|duration.{0,40}(?:longer|exceed)|longer than \d+ ?s/i,
    reason: 'clip-too-long',
    sentence: 'too-long',
  },
  {
    says: /content size limit|payload size exceeds|(?:file|payload|request|body|audio).{0,30}too large|maximum.{0,30}(?:bytes|\bMB\b|file size)/i,
    reason: 'clip-too-large',
    sentence: 'too-large',
  },
  {
    says: /unsupported_format|valid media file|failed to load (?:image or )?audio|invalid_file_format|invalid file format|unsupported (?:audio|media|file|mime type)|input_audio\.format|file format|could not be decoded|corrupt|invalid_value.*input_audio|decod(?:e|ing).{0,20}audio|audio file might be/i,
    reason: 'unsupported-media',
    sentence: 'format',
  },
  { says: /content_policy|content_filter|moderation|safety system/i, reason: 'refused', sentence: 'refused' },
  {
    says: /model_not_found|model.{0,80}(?:does not exist|not found|not exist)|(?:unknown|invalid|no such) model|not a valid model/i,
    reason: 'model-not-found',
    sentence: 'no-model',
  },
  { from: 200, says: /server_error|internal|upstream/i, reason: 'vendor-failure', sentence: 'failed' },
  { from: 200, reason: 'vendor-failure', sentence: 'failed' },
];

/** What a broken connection means, by the codes of Node and undici. */
export interface TransportRule {
  readonly codes: RegExp;
  readonly reason: ErrorReason;
  readonly sentence: SentenceName;
  readonly hint?: string;
  /** Whether asking again within seconds can help; also whether it is safe, for what was asked may have been done. */
  readonly reconnect: boolean;
}

export const transportRules: readonly TransportRule[] = [
  {
    codes: /^ECONNREFUSED$/,
    reason: 'unreachable',
    sentence: 'unreachable',
    hint: 'Nothing answers there: is the server running?',
    reconnect: false,
  },
  {
    codes: /^(?:ENOTFOUND|EAI_)/,
    reason: 'unreachable',
    sentence: 'unreachable',
    hint: 'Its name is not known: check the address and the network.',
    reconnect: false,
  },
  {
    codes: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/,
    reason: 'unreachable',
    sentence: 'unreachable',
    hint: 'Its certificate is not trusted by this machine. A company proxy may be in between: add its certificate to the system, or ask whoever runs the server.',
    reconnect: false,
  },
  {
    codes: /^(?:EPROTO|HPE_)/,
    reason: 'unreachable',
    sentence: 'unreachable',
    hint: 'It does not speak this protocol: check whether the address begins with http:// or https://.',
    reconnect: false,
  },
  {
    codes: /^(?:UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/,
    reason: 'unreachable',
    sentence: 'unreachable',
    hint: 'It did not answer in time: check the network, a VPN or a proxy.',
    reconnect: true,
  },
  {
    codes: /^(?:EHOSTUNREACH|ENETUNREACH|ENETDOWN)$/,
    reason: 'unreachable',
    sentence: 'unreachable',
    hint: 'There is no way to it: check the network.',
    reconnect: false,
  },
  // The work may have been done and billed by now: asking again on our own would do it twice.
  { codes: /^UND_ERR_(?:HEADERS|BODY)_TIMEOUT$/, reason: 'timeout', sentence: 'slow', reconnect: false },
  {
    codes: /^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET)$/,
    reason: 'unreachable',
    sentence: 'unreachable',
    hint: 'The connection broke before it answered.',
    reconnect: true,
  },
];

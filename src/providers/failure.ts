import { EarshotError, type ErrorReason } from '../core/errors.js';
import { isRecord, listAt, recordAt, stringAt, type Failure } from './dialects/wire.js';
import { redact, trimText } from './redact.js';
import { statusRules, transportRules, type StatusRule } from './failureRules.js';

/** Whom we asked for what; everything a message may name. */
export interface Asked {
  readonly provider: string;
  readonly label: string;
  /** For people, without query or credentials. */
  readonly address: string;
  readonly model?: string;
  /** The recording concerned. */
  readonly fileName?: string;
  /** What is spoken there, such as `the Ollama API`; absent: `the OpenAI API`. */
  readonly api?: string;
  /** Another next step, where the server answered something that cannot be used. */
  readonly orElse?: string;
  /** False when the request went out without any key. */
  readonly sentKey: boolean;
  readonly secrets: readonly string[];
}

interface VendorError {
  /** Code, type and message in one line, to be searched for words. */
  readonly words: string;
  /** What a person may read; empty when there is nothing. */
  readonly text: string;
  readonly isApi: boolean;
}

/** Names of reasons and of quotas in the details of a `google.rpc.Status`. */
function detailWords(holder: unknown): (string | undefined)[] {
  return (listAt(holder, 'details') ?? []).flatMap((detail) => [
    stringAt(detail, 'reason'),
    ...(listAt(detail, 'violations') ?? []).map((violation) => stringAt(violation, 'quotaId')),
  ]);
}

function readVendorError(failure: Extract<Failure, { kind: 'status' }>): VendorError {
  let body: unknown;
  try {
    body = JSON.parse(failure.body);
  } catch {
    const isPage = /html/i.test(failure.contentType) || /^\s*<(?:!doctype|html)/i.test(failure.body);
    return { words: isPage ? '' : failure.body.slice(0, 2000), text: isPage ? '' : failure.body, isApi: false };
  }
  // Some servers put even an error into a list, as they do the parts of a stream.
  if (Array.isArray(body)) body = body[0];
  const error = recordAt(body, 'error');
  const holder = error ?? body;
  const detail = isRecord(body) ? (body['error'] ?? body['detail'] ?? body['message']) : body;
  const text =
    stringAt(holder, 'message') ??
    stringAt(body, 'message') ??
    (typeof detail === 'string' ? detail : detail === undefined ? '' : JSON.stringify(detail));
  const words = [
    ...['code', 'type', 'param', 'status'].map((key) => stringAt(holder, key)),
    ...detailWords(holder),
    stringAt(recordAt(holder, 'details'), 'error_code'),
    text,
  ];
  return { words: words.filter((word) => word !== undefined).join(' | '), text, isApi: isRecord(body) };
}

function findRule(failure: Extract<Failure, { kind: 'status' }>, error: VendorError): StatusRule {
  const fits = (rule: StatusRule): boolean =>
    (rule.from === undefined || (failure.status >= rule.from && failure.status <= (rule.to ?? rule.from))) &&
    (rule.says === undefined || rule.says.test(error.words)) &&
    (rule.isApi === undefined || rule.isApi === error.isApi);
  return statusRules.find(fits) ?? { reason: 'request-rejected', sentence: 'rejected' };
}

function aboutFile(asked: Asked): string {
  return asked.fileName ?? 'the recording';
}

/** The name of a file stays as it is. */
function atBeginning(words: string): string {
  return words.replace(/^the recording$/, 'The recording');
}

function aboutModel(asked: Asked): string {
  return asked.model === undefined ? 'the model' : `the model "${asked.model}"`;
}

/** How base URLs of OpenAI's kind are written; others have no such habit. */
function usualEnd({ api }: Asked): string {
  return api === undefined ? ' (it often ends in /v1)' : '';
}

/** What happened and what to do next, by the sentence that a rule names. */
const sentences = {
  'invalid-key': ({ label }) => `${label} did not accept the API key. Set the key again with Set API Key.`,
  'missing-key': ({ label }) => `${label} asks for an API key, and none is set. Set one with Set API Key.`,
  forbidden: (asked) =>
    `${asked.label} does not allow this key to use ${aboutModel(asked)}. Select another model, or use a key with more rights.`,
  quota: ({ label }) =>
    `The credit or quota of your ${label} account is used up. Add credit there, or select another model.`,
  'no-model': (asked) => `${asked.label} does not have ${aboutModel(asked)}. Select another model.`,
  'no-address': (asked) =>
    `${asked.label} has nothing at ${asked.address} that could do this. Check the base URL in the setting earshot.providers${usualEnd(asked)}, or select another model.`,
  'web-page': (asked) =>
    `${asked.label} answered with a web page instead of data at ${asked.address}. Check the base URL in the setting earshot.providers${usualEnd(asked)}.`,
  redirect: ({ label, address }) =>
    `${label} sends requests for ${address} on to another address. Nothing was sent there, so that your key stays with this one. Put the final address into the setting earshot.providers if you trust it.`,
  'too-large': (asked) =>
    `${atBeginning(aboutFile(asked))} is too large for ${asked.label} in one request. Select a shorter part of it, or another model.`,
  'too-long': (asked) =>
    `${atBeginning(aboutFile(asked))} is too long for ${aboutModel(asked)} of ${asked.label}. Select a shorter part of it, or transcribe it and ask about the transcript.`,
  format: (asked) =>
    `${asked.label} could not read the sound of ${aboutFile(asked)}. Convert it to WAV or MP3, or select another model.`,
  deaf: (asked) => `${asked.label} does not let ${aboutModel(asked)} hear audio. Select a model that hears.`,
  unable: (asked) => `${asked.label} cannot use ${aboutModel(asked)} for this. Select another model.`,
  refused: (asked) =>
    `${asked.label} refused this request under its usage policy. Ask in other words, or select another model.`,
  rejected: (asked) => `${asked.label} rejected the request for ${aboutModel(asked)}. The log has its whole answer.`,
  'rate-limited': ({ label }) =>
    `${label} is receiving too many requests from this key. Wait a little, then try again.`,
  overloaded: ({ label }) => `${label} is overloaded. Wait a little, then try again.`,
  failed: ({ label }) =>
    `${label} failed while working on the request. Try again; if it goes on, look at the vendor's status page.`,
  slow: ({ label, address }) =>
    `${label} took too long to answer at ${address}. Try again, with a shorter part of the recording if it goes on.`,
  unreachable: ({ label, address }) => `${label} cannot be reached at ${address}.`,
  'cut-off': ({ label }) => `${label} broke off in the middle of its answer. What came before is kept. Try again.`,
  malformed: ({ label, api = 'the OpenAI API' }) =>
    `${label} sent an answer that cannot be read. Check that its address speaks ${api}; the log has more.`,
} as const satisfies Record<string, (asked: Asked) => string>;

export type SentenceName = keyof typeof sentences;

/** Only the log sees this. */
function logDetail(failure: Failure): string {
  if (failure.kind === 'status') return `HTTP ${failure.status} ${failure.contentType}\n${failure.body.slice(0, 4000)}`;
  if (failure.kind === 'transport') return [...failure.codes, failure.text].join(' ');
  if (failure.kind === 'malformed') return `missing: ${failure.missing}`;
  return failure.kind;
}

interface Verdict {
  readonly reason: ErrorReason;
  readonly sentence: SentenceName;
  /** Of ours, behind the sentence. */
  readonly hint?: string;
  /** The other side's own words. */
  readonly text?: string;
}

function judge(failure: Failure, asked: Asked): Verdict {
  switch (failure.kind) {
    case 'status': {
      const error = readVendorError(failure);
      const { reason, sentence } = findRule(failure, error);
      const { text } = error;
      if (sentence === 'redirect') {
        return {
          reason,
          sentence,
          ...(failure.location === undefined ? {} : { hint: `It named ${failure.location}.` }),
        };
      }
      if (reason === 'invalid-key' && !asked.sentKey) return { reason: 'missing-key', sentence: 'missing-key', text };
      // Nothing was asked of a model, so that none can be missing.
      if (reason === 'model-not-found' && asked.model === undefined) {
        return { reason: 'invalid-settings', sentence: 'no-address', text };
      }
      return { reason, sentence, text };
    }
    case 'transport': {
      if (failure.timedOut) return { reason: 'timeout', sentence: 'slow' };
      const rule = transportRules.find(({ codes }) => failure.codes.some((code) => codes.test(code)));
      return rule ?? { reason: 'unreachable', sentence: 'unreachable', text: failure.text };
    }
    case 'web-page':
      return { reason: 'invalid-settings', sentence: 'web-page' };
    case 'malformed':
      return { reason: 'malformed-response', sentence: 'malformed' };
    case 'cut-off':
      return { reason: 'answer-cut-off', sentence: 'cut-off' };
    case 'refusal':
      return { reason: 'refused', sentence: 'refused', text: failure.text };
  }
}

/** The reason alone, to decide whether to ask again. */
export function reasonOf(failure: Failure, asked: Asked): ErrorReason {
  return judge(failure, asked).reason;
}

/** Whether the same request may go out again at once after this broken connection. */
export function mayReconnect(failure: Extract<Failure, { kind: 'transport' }>): boolean {
  if (failure.timedOut) return false;
  return transportRules.find(({ codes }) => failure.codes.some((code) => codes.test(code)))?.reconnect ?? true;
}

/** Reasons by which a server says that it is there, and does not do what was asked. */
const unusable: readonly ErrorReason[] = ['invalid-settings', 'forbidden', 'malformed-response', 'request-rejected'];

/** Puts a failure into words; no secret survives it, in the message or in the detail. */
export function explain(failure: Failure, asked: Asked): EarshotError {
  const { reason, sentence, hint, text } = judge(failure, asked);
  const theirs = text === undefined ? '' : trimText(redact(text, asked.secrets));
  const message = [
    sentences[sentence](asked),
    ...(asked.orElse !== undefined && unusable.includes(reason) ? [asked.orElse] : []),
    ...(hint === undefined ? [] : [redact(hint, asked.secrets)]),
    ...(theirs === '' ? [] : [`${asked.label} says: "${theirs}"`]),
  ].join(' ');
  const retryAfterSeconds = failure.kind === 'status' ? failure.retryAfterSeconds : undefined;
  return new EarshotError(reason, message, {
    provider: asked.provider,
    detail: redact(logDetail(failure), asked.secrets),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

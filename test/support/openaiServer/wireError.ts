import type { ErrorBody } from './errorBodies.ts';
import { errorBody } from './errorBodies.ts';

/** Why a request was refused. Rules in `userRules` are a user's situation; every other one is a defect of the client. */
export type Rule =
  | 'unknown-path'
  | 'method'
  | 'query'
  | 'missing-key'
  | 'wrong-key'
  | 'authorization'
  | 'content-type'
  | 'content-encoding'
  | 'too-large'
  | 'json'
  | 'multipart'
  | 'unknown-field'
  | 'duplicate-field'
  | 'missing-field'
  | 'invalid-value'
  | 'schema'
  | 'unknown-model'
  | 'model-capability'
  | 'base64'
  | 'mislabelled'
  | 'audio-damaged'
  | 'audio-empty'
  | 'file-name'
  | 'images-with-audio'
  | 'audio-required'
  | 'too-long'
  | 'unsupported-here';

const userRules: ReadonlySet<Rule> = new Set<Rule>(['missing-key', 'wrong-key', 'unknown-model']);

export function isProblem(rule: Rule): boolean {
  return !userRules.has(rule);
}

/** A request refused: what the real server would answer, and which rule of the bench it broke. */
export class WireError extends Error {
  readonly rule: Rule;
  readonly answer: ErrorBody;
  /** More than the answer says, for whoever reads the failed test. */
  readonly detail: string;

  constructor(rule: Rule, answer: ErrorBody, detail: string) {
    super(`${rule}: ${detail}`);
    this.name = 'WireError';
    this.rule = rule;
    this.answer = answer;
    this.detail = detail;
  }
}

/** A refusal with status 400, in the form of OpenAI's own. */
export function refuse(
  rule: Rule,
  message: string,
  options: { readonly code?: string; readonly param?: string; readonly detail?: string } = {},
): WireError {
  return new WireError(
    rule,
    errorBody(400, message, options.code ?? null, options.param ?? null),
    options.detail ?? message,
  );
}

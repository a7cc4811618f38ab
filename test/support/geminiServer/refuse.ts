import { WireError, type Rule } from '../openaiServer/wireError.ts';
import { googleErrors } from './googleErrors.ts';

/** A refusal with status 400, in the form of Google's own. */
export function refuse(rule: Rule, message: string): WireError {
  return new WireError(rule, googleErrors.argument(message), message);
}

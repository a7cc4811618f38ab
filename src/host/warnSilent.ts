import * as vscode from 'vscode';
import type { EarshotError } from '../core/errors.js';
import type { Log } from './log.js';

/** On the button wherever something silent may be sent all the same. */
export const sendAnyway = 'Send Anyway';

/** Shows a `clip-silent` error as the warning that it is. Resolves to whether the user wants it sent all the same. */
export async function warnSilent(error: EarshotError, log: Log): Promise<boolean> {
  log.warn(error.message);
  return (await vscode.window.showWarningMessage(log.redact(error.message), sendAnyway, 'Cancel')) === sendAnyway;
}

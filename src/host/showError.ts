import * as vscode from 'vscode';
import { errorPolicy, toEarshotError, type EarshotError, type ErrorAction } from '../core/errors.js';
import { commandIds, settingKeys } from './ids.js';
import type { Log } from './log.js';

export interface ErrorButton {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

const labels = {
  'set-key': 'Set API Key',
  'select-model': 'Select Model',
  'open-settings': 'Open Settings',
  'allow-address': 'Allow Unencrypted Server',
  'show-log': 'Show Log',
} as const satisfies Partial<Record<ErrorAction, string>>;

/** The command that opens a setting where it counts: what belongs to the machine is with the machine in a remote window. */
export function openSettingCommand(setting: string): readonly [command: string, ...commandArguments: unknown[]] {
  return setting === settingKeys.providers && vscode.env.remoteName !== undefined
    ? ['workbench.action.openRemoteSettingsFile']
    : ['workbench.action.openSettings', setting];
}

/** The button that leads on from this error, for a notification or the chat. Retry is the caller's own. */
export function buttonFor(error: EarshotError): ErrorButton | undefined {
  const { action } = errorPolicy[error.reason];
  switch (action) {
    case 'set-key':
      return {
        title: labels[action],
        command: commandIds.setApiKey,
        arguments: error.provider === undefined ? [] : [error.provider],
      };
    case 'select-model':
      return { title: labels[action], command: commandIds.selectModel, arguments: [] };
    case 'open-settings': {
      const [command, ...commandArguments] = openSettingCommand(error.setting ?? settingKeys.providers);
      return { title: labels[action], command, arguments: commandArguments };
    }
    case 'allow-address':
      return {
        title: labels[action],
        command: commandIds.allowUnencrypted,
        arguments: error.provider === undefined ? [] : [error.provider],
      };
    case 'show-log':
      return { title: labels[action], command: commandIds.showLog, arguments: [] };
    case 'retry':
    case 'none':
      return undefined;
  }
}

/**
 * Shows what went wrong with the button that leads on. Resolves to `retry` when the user asks for it, which is only offered
 * when `canRetry` is set. A cancellation is the user's own doing and is not shown.
 */
export async function showError(thrown: unknown, log: Log, canRetry = false): Promise<'retry' | undefined> {
  const error = toEarshotError(thrown);
  if (error.reason === 'cancelled') return undefined;
  log.error(error);
  const retry = 'Retry';
  const showLog = labels['show-log'];
  const button = buttonFor(error);
  const { turn, action } = errorPolicy[error.reason];
  // Where the file itself is what is wrong, the same again gives the same.
  const offersRetry = canRetry && turn !== 'us' && action !== 'none';
  const titles = new Set([...(button === undefined ? [] : [button.title]), ...(offersRetry ? [retry] : []), showLog]);
  const choice = await vscode.window.showErrorMessage(log.redact(error.message), ...titles);
  if (choice === undefined) return undefined;
  if (choice === retry) return 'retry';
  if (choice === button?.title) await vscode.commands.executeCommand(button.command, ...button.arguments);
  else if (choice === showLog) log.show();
  return undefined;
}

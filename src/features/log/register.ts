import type * as vscode from 'vscode';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';

export function registerLog({ log }: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.showLog, log, () => {
      log.show();
    }),
  ];
}

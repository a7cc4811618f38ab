import type * as vscode from 'vscode';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { clearApiKey, guarded, setApiKey } from './keyCommands.js';
import { selectModel } from './selectModel.js';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function registerModels(services: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.selectModel, () => guarded(services, () => selectModel(services))),
    registerCommand(commandIds.setApiKey, (provider, key) =>
      guarded(services, () => setApiKey(services, textOf(provider), textOf(key))),
    ),
    registerCommand(commandIds.clearApiKey, (provider) =>
      guarded(services, () => clearApiKey(services, textOf(provider))),
    ),
  ];
}

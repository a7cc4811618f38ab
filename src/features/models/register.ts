import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { clearApiKey, setApiKey } from './keyCommands.js';
import { allowUnencrypted } from './allowUnencrypted.js';
import { addServer } from './addServer.js';
import { createStatusBar } from './statusBar.js';
import { pointAtServer, selectModel } from './selectModel.js';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

export function registerModels(services: Services): readonly { dispose(): unknown }[] {
  const { log } = services;
  return [
    ...createStatusBar(services),
    registerCommand(commandIds.selectModel, log, (where) =>
      where === pointAtServer ? addServer(services) : selectModel(services),
    ),
    registerCommand(commandIds.setApiKey, log, (provider, key) => setApiKey(services, textOf(provider), textOf(key))),
    registerCommand(commandIds.clearApiKey, log, (provider) => clearApiKey(services, textOf(provider))),
    registerCommand(commandIds.allowUnencrypted, log, (provider) => allowUnencrypted(services, textOf(provider))),
  ];
}

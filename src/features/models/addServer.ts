import * as vscode from 'vscode';
import { toEarshotError } from '../../core/errors.js';
import { confirmUnencrypted } from '../../host/consent.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { addProviderSetting, readProviderSettings } from '../../host/settings.js';
import { parseAddress } from '../../providers/address.js';

function problemOf(address: string): string | undefined {
  if (!URL.canParse(address)) return 'Write an address such as http://127.0.0.1:4000/v1';
  const { protocol } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? undefined : 'The address begins with https:// or http://';
}

/** `http://127.0.0.1:4000/v1` → `127-0-0-1-4000`, which no other entry has. */
function nameFor(address: string, taken: readonly string[]): string {
  const base = new URL(address).host.replaceAll(/[^a-z0-9]+/gi, '-');
  let name = base;
  for (let count = 2; taken.includes(name); count++) name = `${base}-${count}`;
  return name;
}

/** Asks for the address of a server, writes it into the user's settings, and says what the server has. Resolves to its name. */
export async function addServer(services: Services): Promise<string | undefined> {
  const address = (
    await vscode.window.showInputBox({
      title: 'Point at a Server',
      prompt: 'Address of a server that speaks OpenAI’s language, usually ending in /v1',
      placeHolder: 'http://127.0.0.1:4000/v1',
      ignoreFocusOut: true,
      validateInput: (value) => (value.trim() === '' ? undefined : problemOf(value.trim())),
    })
  )?.trim();
  if (address === undefined || address === '') return undefined;
  const name = nameFor(address, Object.keys(readProviderSettings()));
  const { origin, isUnencrypted } = parseAddress(address, name);
  if (isUnencrypted && !(await confirmUnencrypted(name, origin))) return undefined;
  await addProviderSetting(name, { kind: 'openai-compatible', baseUrl: address });
  if (isUnencrypted) {
    await services.unencrypted.allow(name, origin);
    services.modelsChanged();
  }
  const provider = services.providers().find((candidate) => candidate.name === name);
  try {
    const models = (await provider?.models()) ?? [];
    void vscode.window.showInformationMessage(
      `${name} is set up, with ${models.length} ${models.length === 1 ? 'model' : 'models'}.`,
    );
  } catch (thrown) {
    const error = toEarshotError(thrown);
    services.log.error(error);
    const setKey = 'Set API Key';
    const buttons = provider?.key === undefined ? [] : [setKey];
    void vscode.window
      .showWarningMessage(`${name} is set up, but: ${services.log.redact(error.message)}`, ...buttons)
      .then((choice) => (choice === setKey ? vscode.commands.executeCommand(commandIds.setApiKey, name) : undefined));
  }
  return name;
}

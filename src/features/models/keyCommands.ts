import * as vscode from 'vscode';
import { EarshotError, isCancelled, toEarshotError } from '../../core/errors.js';
import { signalOf } from '../../host/cancellation.js';
import type { Services } from '../../host/services.js';
import type { Provider } from '../../providers/provider.js';
import { askUnencrypted } from './allowUnencrypted.js';

async function pickProvider(
  services: Services,
  name: string | undefined,
  title: string,
): Promise<Provider | undefined> {
  const withKey = services.providers().filter((provider) => provider.key !== undefined);
  if (name !== undefined) {
    const found = withKey.find((provider) => provider.name === name);
    if (found === undefined) {
      throw new EarshotError(
        'invalid-settings',
        `There is no provider "${name}" that takes a key. Those that do: ${withKey.map((provider) => provider.name).join(', ')}.`,
      );
    }
    return found;
  }
  if (withKey.length === 1) return withKey[0];
  const kept = await services.keys.list();
  const picked = await vscode.window.showQuickPick(
    withKey.map((provider) => ({
      label: provider.label,
      description: kept.includes(provider.name) ? '$(key) key set' : '',
      detail: provider.key?.origin ?? '',
      provider,
    })),
    { title, placeHolder: 'Pick a provider' },
  );
  return picked?.provider;
}

/** Asks the server about a key, with progress and a way to stop. Undefined means the key is good. */
async function check(provider: Provider, key: string): Promise<EarshotError | undefined> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Trying the key with ${provider.label}…`,
      cancellable: true,
    },
    async (_progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        await provider.checkKey?.(key, signal);
        return undefined;
      } catch (thrown) {
        return toEarshotError(thrown);
      } finally {
        dispose();
      }
    },
  );
}

/** Sets a key after the server has taken it, or when the user wants it kept all the same. Resolves to whether one was kept. */
export async function setApiKey(
  services: Services,
  name: string | undefined,
  given: string | undefined,
): Promise<boolean> {
  const provider = await pickProvider(services, name, 'Set API Key');
  if (provider?.key === undefined) return false;
  // The key is tried before it is kept, so it leaves.
  if (!(await askUnencrypted(services, provider))) return false;
  const { origin, page } = provider.key;
  let key = given?.trim();
  for (;;) {
    key ??= (
      await vscode.window.showInputBox({
        title: `API Key for ${provider.label}`,
        prompt: `Kept in VS Code's secret storage and sent to ${origin} only.${page === undefined ? '' : ` Get one at ${page}`}`,
        placeHolder: 'Paste the key',
        password: true,
        ignoreFocusOut: true,
        validateInput: (value) => (/\s/.test(value.trim()) ? 'A key has no spaces or line breaks in it.' : undefined),
      })
    )?.trim();
    if (key === undefined || key === '') return false;
    services.log.addSecret(key);
    const problem = await check(provider, key);
    if (problem === undefined) break;
    services.log.error(problem);
    const keep = 'Keep It Anyway';
    const another = 'Enter Another';
    const reason = isCancelled(problem) ? 'The check was cancelled.' : services.log.redact(problem.message);
    const choice = await vscode.window.showWarningMessage(`The key was not kept. ${reason}`, keep, another);
    if (choice === keep) break;
    if (choice !== another) return false;
    key = undefined;
  }
  await services.keys.set(provider.name, origin, key);
  void vscode.window.showInformationMessage(`The key for ${provider.label} is set.`);
  return true;
}

export async function clearApiKey(services: Services, name: string | undefined): Promise<boolean> {
  const kept = await services.keys.list();
  if (kept.length === 0) {
    void vscode.window.showInformationMessage('No API key is kept.');
    return false;
  }
  // Also keys of providers that the settings no longer know: those most of all should be removable.
  const labels = new Map(services.providers().map((provider) => [provider.name, provider.label]));
  const picked =
    name ??
    (
      await vscode.window.showQuickPick(
        kept.map((provider) => ({ label: labels.get(provider) ?? provider, description: provider, provider })),
        { title: 'Clear API Key', placeHolder: 'Whose key shall be removed?' },
      )
    )?.provider;
  if (picked === undefined || !kept.includes(picked)) return false;
  await services.keys.clear(picked);
  void vscode.window.showInformationMessage(`The key for ${labels.get(picked) ?? picked} is removed.`);
  return true;
}

import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { confirmUnencrypted } from '../../host/consent.js';
import type { Services } from '../../host/services.js';
import type { Provider } from '../../providers/provider.js';

const isUnencrypted = ({ destination }: Provider): boolean => destination?.isUnencrypted === true;

/**
 * Asks, unless the user has allowed it before, whether this provider may be used at its address without encryption.
 * Resolves to whether it may; at once for one that is encrypted or on this machine.
 */
export async function askUnencrypted(services: Services, provider: Provider): Promise<boolean> {
  const origin = provider.destination?.origin;
  if (origin === undefined || !isUnencrypted(provider)) return true;
  if (services.unencrypted.isAllowed(provider.name, origin)) return true;
  if (!(await confirmUnencrypted(provider.label, origin))) return false;
  await services.unencrypted.allow(provider.name, origin);
  // Its models are known from now on.
  services.modelsChanged();
  return true;
}

async function withdraw(services: Services, provider: Provider): Promise<boolean> {
  await services.unencrypted.forget(provider.name);
  services.modelsChanged();
  void vscode.window.showInformationMessage(`${provider.label} is not used any more until you allow it again.`);
  return false;
}

/** Picks among the servers that are not encrypted: one that may be used no longer may, any other is asked about. */
async function pickOne(services: Services, candidates: readonly Provider[]): Promise<boolean> {
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage(
      'Nothing to allow: every server in the setting earshot.providers is encrypted or on this machine.',
    );
    return false;
  }
  const items = candidates.map((provider) => {
    const origin = provider.destination?.origin ?? '';
    const isAllowed = services.unencrypted.isAllowed(provider.name, origin);
    return {
      label: `${isAllowed ? '$(check) ' : ''}${provider.label}`,
      description: origin,
      detail: isAllowed ? 'Allowed. Pick it to withdraw that.' : 'Not allowed yet.',
      provider,
      isAllowed,
    };
  });
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Allow Unencrypted Server',
    placeHolder: 'Servers with http:// that are not on this machine',
  });
  if (picked === undefined) return false;
  return picked.isAllowed ? withdraw(services, picked.provider) : askUnencrypted(services, picked.provider);
}

/** @param name Of a provider; absent: the user picks. Resolves to whether it may be used now. */
export async function allowUnencrypted(services: Services, name: string | undefined): Promise<boolean> {
  const providers = services.providers();
  if (name === undefined) return pickOne(services, providers.filter(isUnencrypted));
  const provider = providers.find((candidate) => candidate.name === name);
  if (provider === undefined) {
    const names = providers.map((candidate) => candidate.name).join(', ');
    throw new EarshotError('invalid-settings', `There is no provider "${name}". Those there are: ${names}.`);
  }
  return askUnencrypted(services, provider);
}

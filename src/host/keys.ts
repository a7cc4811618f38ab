import type * as vscode from 'vscode';

/** The one place that holds keys: VS Code's secret store. */
export interface Keys {
  /** Undefined when there is none, or when it was set for another address. */
  readonly get: (provider: string, origin: string) => Promise<string | undefined>;
  /** The address a key was set for, so that a moved provider can be explained. */
  readonly originOf: (provider: string) => Promise<string | undefined>;
  readonly set: (provider: string, origin: string, key: string) => Promise<void>;
  readonly clear: (provider: string) => Promise<void>;
  /** Names of the providers that have a key. */
  readonly list: () => Promise<readonly string[]>;
}

const prefix = 'earshot.key.';

interface StoredKey {
  readonly key: string;
  readonly origin: string;
}

function parse(value: string | undefined): StoredKey | undefined {
  if (value === undefined) return undefined;
  try {
    const stored: unknown = JSON.parse(value);
    if (typeof stored !== 'object' || stored === null || !('key' in stored) || !('origin' in stored)) return undefined;
    return typeof stored.key === 'string' && typeof stored.origin === 'string'
      ? { key: stored.key, origin: stored.origin }
      : undefined;
  } catch {
    // Written by something else; a key that cannot be read is no key.
    return undefined;
  }
}

/**
 * A key is kept together with the origin (scheme, host, port) it was given for and is handed out for that origin only: a setting
 * that points a provider elsewhere gets no key until the person enters it anew.
 */
export function createKeys(secrets: vscode.SecretStorage, addSecret: (secret: string) => void): Keys {
  const stored = async (provider: string): Promise<StoredKey | undefined> =>
    parse(await secrets.get(prefix + provider));
  return {
    get: async (provider, origin) => {
      const found = await stored(provider);
      if (found?.origin !== origin) return undefined;
      addSecret(found.key);
      return found.key;
    },
    originOf: async (provider) => (await stored(provider))?.origin,
    set: async (provider, origin, key) => {
      addSecret(key);
      await secrets.store(prefix + provider, JSON.stringify({ key, origin } satisfies StoredKey));
    },
    clear: async (provider) => {
      await secrets.delete(prefix + provider);
    },
    list: async () =>
      (await secrets.keys()).filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  };
}

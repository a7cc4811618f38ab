import { hostname } from 'node:os';
import * as vscode from 'vscode';
import type { Provider } from '../providers/provider.js';
import { cancelled } from '../core/errors.js';
import type { GatePorts } from '../workflows/gate.js';
import type { NamedFile } from './workspacePaths.js';

const stateKey = 'earshot.agreedTo';

/** Asks before something leaves this machine or costs much. Closing the question is a no. */
export async function confirmSending(question: string, detail: string): Promise<boolean> {
  const send = 'Send';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, send)) === send;
}

/**
 * Asks before another model's tool call reads files outside of the workspace. Closing the question is a no.
 * @param lines Markdown, which a dialog shows as plain text.
 * @throws EarshotError `cancelled`.
 */
export async function confirmOutside(
  title: string,
  lines: readonly string[],
  files: readonly NamedFile[],
): Promise<void> {
  const allow = 'Allow';
  const detail = [
    `A language model asks for ${files.map(({ shown }) => shown).join(', ')}, which is outside of this workspace.`,
    ...lines.map((line) => line.replaceAll('**', '').replaceAll(/\\(.)/g, '$1')),
  ].join('\n\n');
  if ((await vscode.window.showWarningMessage(title, { modal: true, detail }, allow)) !== allow) throw cancelled();
}

/** To whom the user has agreed to send recordings, by origin; of this machine, not of a workspace. */
export function agreements(state: vscode.Memento): Pick<GatePorts, 'hasAgreedTo' | 'rememberAgreement'> {
  const known = (): readonly string[] => {
    const value: unknown = state.get(stateKey);
    return Array.isArray(value) ? value.filter((origin) => typeof origin === 'string') : [];
  };
  return {
    hasAgreedTo: (origin) => known().includes(origin),
    rememberAgreement: async (origin) => {
      if (!known().includes(origin)) await state.update(stateKey, [...known(), origin]);
    },
  };
}

/** Asks before recordings and keys go to another machine as plain http. Closing the question is a no. */
export async function confirmUnencrypted(label: string, origin: string): Promise<boolean> {
  const allow = 'Use Without Encryption';
  const detail = `${origin} is not on this machine, and http:// is not encrypted. Everyone on the network in between can read and change what you send and get: recordings, transcripts, questions, answers, and your API key for this server. Use https:// or a tunnel to a port of this machine if you can. You are asked once for this address, and again when it changes.`;
  return (
    (await vscode.window.showWarningMessage(
      `Send recordings and keys to ${label} unencrypted?`,
      { modal: true, detail },
      allow,
    )) === allow
  );
}

/** Which providers the user lets go to another machine as plain http. */
export interface UnencryptedAddresses {
  readonly isAllowed: (provider: string, origin: string) => boolean;
  readonly allow: (provider: string, origin: string) => Promise<void>;
  readonly forget: (provider: string) => Promise<void>;
  /** Forgets what was allowed for addresses that no provider has any more. */
  readonly keepFor: (providers: readonly Provider[]) => void;
}

/** Kept for the machine that sends: the same state is shared with remote windows, where an address may be another machine's. */
export function unencryptedAddresses(state: vscode.Memento): UnencryptedAddresses {
  const key = `earshot.unencrypted.${hostname()}`;
  const known = (): ReadonlyMap<string, string> => {
    const value: unknown = state.get(key);
    return new Map(
      typeof value === 'object' && value !== null
        ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
        : [],
    );
  };
  const keep = async (entries: Iterable<readonly [provider: string, origin: string]>): Promise<void> => {
    await state.update(key, Object.fromEntries(entries));
  };
  return {
    isAllowed: (provider, origin) => known().get(provider) === origin,
    allow: (provider, origin) => keep([...known(), [provider, origin]]),
    forget: (provider) => keep([...known()].filter(([name]) => name !== provider)),
    keepFor: (providers) => {
      const origins = new Map(providers.map(({ name, destination }) => [name, destination?.origin]));
      const kept = [...known()].filter(([name, origin]) => origins.get(name) === origin);
      if (kept.length < known().size) void keep(kept);
    },
  };
}

import * as vscode from 'vscode';
import type { GatePorts } from '../workflows/gate.js';

const stateKey = 'earshot.agreedTo';

/** Asks before something leaves this machine or costs much. Closing the question is a no. */
export async function confirmSending(question: string, detail: string): Promise<boolean> {
  const send = 'Send';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, send)) === send;
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

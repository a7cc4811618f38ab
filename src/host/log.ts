import * as vscode from 'vscode';
import type { EarshotError } from '../core/errors.js';
import { createRedactor } from './redact.js';

/** The log channel. Nothing reaches it unredacted. */
export interface Log {
  readonly info: (text: string) => void;
  readonly warn: (text: string) => void;
  readonly error: (error: EarshotError) => void;
  readonly show: () => void;
  /** From now on this text never appears in the log. */
  readonly addSecret: (secret: string) => void;
  readonly redact: (text: string) => string;
  readonly dispose: () => void;
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel('Earshot', { log: true });
  const { redact, addSecret } = createRedactor();
  return {
    info: (text) => {
      channel.info(redact(text));
    },
    warn: (text) => {
      channel.warn(redact(text));
    },
    error: (error) => {
      channel.error(
        redact(`[${error.reason}] ${error.message}${error.detail === undefined ? '' : `\n${error.detail}`}`),
      );
    },
    show: () => {
      channel.show();
    },
    addSecret,
    redact,
    dispose: () => {
      channel.dispose();
    },
  };
}

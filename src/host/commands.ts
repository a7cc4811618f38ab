import * as vscode from 'vscode';
import type { commandIds } from './ids.js';
import type { Log } from './log.js';
import { showError } from './showError.js';
import type { TranscriptFormat } from './transcriptFiles.js';
import type { SpeakerWay } from '../workflows/sides.js';

type CommandId = (typeof commandIds)[keyof typeof commandIds];

export interface TranscribeArguments {
  /** `provider:model`. */
  readonly model?: string;
  readonly language?: string;
  /** Where the transcript goes; absent: as the setting says. */
  readonly target?: 'beside' | 'untitled';
  /** How it is written; absent: as the setting says. */
  readonly format?: TranscriptFormat;
  /** Send recordings also where there is nothing to hear in them. */
  readonly sendSilent?: boolean;
  /** Who is named as speaker; absent: as the setting says. */
  readonly speakers?: SpeakerWay;
}

export interface AskArguments {
  readonly prompt?: string;
  /** `provider:model`. */
  readonly model?: string;
  /** Send recordings also where there is nothing to hear in them. */
  readonly sendSilent?: boolean;
}

/**
 * Registers a command whose id is one of the table's. Arguments come from anywhere and are checked by the command itself.
 * An error is shown with its reason and its button; the command then resolves to undefined.
 */
export function registerCommand(
  id: CommandId,
  log: Log,
  run: (...given: readonly unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...given: unknown[]) => {
    try {
      return await run(...given);
    } catch (thrown) {
      void showError(thrown, log);
      return undefined;
    }
  });
}

/** The Uris that a menu, the palette or other code handed over: Explorer gives the clicked one and the whole selection. */
export function urisOf(first: unknown, all: unknown): readonly vscode.Uri[] {
  const selection = Array.isArray(all) ? all.filter((item) => item instanceof vscode.Uri) : [];
  if (selection.length > 0) return selection;
  if (first instanceof vscode.Uri) return [first];
  if (Array.isArray(first)) return first.filter((item) => item instanceof vscode.Uri);
  return [];
}

export function stringOf(given: unknown, key: string): string | undefined {
  if (typeof given !== 'object' || given === null || !(key in given)) return undefined;
  const value: unknown = Reflect.get(given, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isSet(given: unknown, key: string): boolean {
  return typeof given === 'object' && given !== null && Reflect.get(given, key) === true;
}

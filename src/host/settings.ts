import * as vscode from 'vscode';
import { parseModelRef, type ModelRef } from '../core/model.js';
import type { SpendingRules } from '../workflows/gate.js';
import { settingKeys } from './ids.js';
import { type TranscriptFormat, transcriptFormats } from './transcriptFiles.js';

export interface Settings {
  /** Undefined stands for `auto`. Throws EarshotError `invalid-settings` when asked for and not understood. */
  readonly model: () => ModelRef | undefined;
  readonly transcriptionModel: () => ModelRef | undefined;
  readonly speechModel: () => ModelRef | undefined;
  readonly language: string | undefined;
  readonly glossary: readonly string[];
  readonly save: 'beside' | 'untitled';
  /** What later questions about a recording rest on. */
  readonly followUps: 'auto' | 'resend' | 'transcript';
  readonly format: TranscriptFormat;
}

function read(key: string, scope: vscode.Uri | undefined): unknown {
  return vscode.workspace.getConfiguration(undefined, scope ?? null).get(key);
}

function modelRef(key: string, scope: vscode.Uri | undefined): ModelRef | undefined {
  const value = read(key, scope);
  return typeof value === 'string' ? parseModelRef(value, key) : undefined;
}

export function readSettings(scope?: vscode.Uri): Settings {
  const language = read(settingKeys.transcriptionLanguage, scope);
  const followUps = read(settingKeys.chatFollowUps, scope);
  const glossary = read(settingKeys.transcriptionGlossary, scope);
  return {
    model: () => modelRef(settingKeys.model, scope),
    transcriptionModel: () => modelRef(settingKeys.transcriptionModel, scope),
    speechModel: () => modelRef(settingKeys.speechModel, scope),
    language:
      typeof language === 'string' && language.trim() !== '' && language !== 'auto' ? language.trim() : undefined,
    glossary: Array.isArray(glossary) ? glossary.filter((term): term is string => typeof term === 'string') : [],
    save: read(settingKeys.transcriptionSave, scope) === 'untitled' ? 'untitled' : 'beside',
    followUps: followUps === 'resend' || followUps === 'transcript' ? followUps : 'auto',
    format: transcriptFormats.find((name) => name === read(settingKeys.transcriptionFormat, scope)) ?? 'vtt',
  };
}

/**
 * The providers as the person at this machine set them up. The setting has machine scope, so that VS Code ignores what a
 * workspace says; only the global value is read all the same, because where a key is sent must never hang on one guard.
 */
export function readProviderSettings(): Readonly<Record<string, unknown>> {
  return vscode.workspace.getConfiguration().inspect<Record<string, unknown>>(settingKeys.providers)?.globalValue ?? {};
}

/** `auto`, `off` or the path of a program; like providers from the user's own settings alone, since it is run. */
export function readFfmpeg(): string {
  const value = vscode.workspace.getConfiguration().inspect<string>(settingKeys.ffmpeg)?.globalValue;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : 'auto';
}

/**
 * Privacy and budget. A workspace may be stricter than the user, never laxer: of the values that apply the strictest counts.
 */
export function readSpendingRules(): SpendingRules {
  const valuesOf = (key: string): readonly unknown[] => {
    const found = vscode.workspace.getConfiguration().inspect(key);
    return [found?.globalValue ?? found?.defaultValue, found?.workspaceValue, found?.workspaceFolderValue];
  };
  const amount = (key: string): number | undefined => {
    const amounts = valuesOf(key).filter((value): value is number => typeof value === 'number' && value >= 0);
    return amounts.length === 0 ? undefined : Math.min(...amounts);
  };
  const strictness = ['always', 'firstTime', 'never'] as const;
  const asked = valuesOf(settingKeys.confirmUpload);
  const askAboveDollars = amount(settingKeys.askAbove);
  const monthlyLimitDollars = amount(settingKeys.monthlyLimit);
  return {
    localOnly: valuesOf(settingKeys.localOnly).includes(true),
    confirmUpload: strictness.find((value) => asked.includes(value)) ?? 'firstTime',
    ...(askAboveDollars === undefined ? {} : { askAboveDollars }),
    ...(monthlyLimitDollars === undefined ? {} : { monthlyLimitDollars }),
  };
}

function readNumber(key: string, least: number, otherwise: number): number {
  const value = read(key, undefined);
  return typeof value === 'number' && value >= least ? value : otherwise;
}

/** How many requests one provider gets at once. */
export function readRequestConcurrency(): number {
  return Math.floor(readNumber(settingKeys.requestConcurrency, 1, 3));
}

/** How much of what was transcribed is kept in the extension's storage. */
export function readCacheBytes(): number {
  return 1e6 * readNumber(settingKeys.cacheMaxMegabytes, 0, 200);
}

/** Adds an entry to the user's own settings of this machine. */
export async function addProviderSetting(name: string, entry: Readonly<Record<string, unknown>>): Promise<void> {
  await vscode.workspace
    .getConfiguration()
    .update(settingKeys.providers, { ...readProviderSettings(), [name]: entry }, vscode.ConfigurationTarget.Global);
}

export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration('earshot')) listener();
  });
}

/** Remembers a choice where the person who chose it is: in the workspace when it has a value there, else for the user. */
export async function rememberModel(key: 'model' | 'transcriptionModel', value: string): Promise<void> {
  const scope = vscode.window.activeTextEditor?.document.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const configuration = vscode.workspace.getConfiguration(undefined, scope);
  const current = configuration.inspect(settingKeys[key]);
  const target =
    current?.workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : current?.workspaceValue !== undefined
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await configuration.update(settingKeys[key], value, target);
}

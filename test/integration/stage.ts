// What the tests inside VS Code share: files in the open folder, a model server on loopback, and what the user was shown.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  benchKey,
  startOpenAIServer,
  type OpenAIServer,
  type OpenAIServerOptions,
} from '../support/openaiServer/server.js';
import { environment } from './environment.js';

export function put(name: string, content: Uint8Array | string): vscode.Uri {
  const path = join(environment.workspace, name);
  writeFileSync(path, content);
  return vscode.Uri.file(path);
}

export function remove(...names: readonly string[]): void {
  for (const name of names) rmSync(join(environment.workspace, name), { recursive: true, force: true });
}

export async function read(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

export async function configure(
  key: string,
  value: unknown,
  target = vscode.ConfigurationTarget.Global,
): Promise<void> {
  await vscode.workspace.getConfiguration().update(key, value, target);
}

/** A server that the user has set up as the provider `bench` with models for every need, its key kept. */
export async function startBench(options: OpenAIServerOptions = {}): Promise<OpenAIServer> {
  const server = await startOpenAIServer({ recogniser: 'tones', ...options });
  await configure('earshot.providers', {
    bench: {
      kind: 'openai-compatible',
      baseUrl: server.baseUrl,
      models: {
        'gpt-audio-1.5': { audioInput: true },
        'gpt-6-luna': { chat: true },
        'whisper-1': { chat: false, transcription: true, transcriptTimes: 'segments' },
      },
    },
  });
  assert.equal(await vscode.commands.executeCommand('earshot.setApiKey', 'bench', benchKey), true);
  return server;
}

export async function stopBench(server: OpenAIServer): Promise<void> {
  await server.close();
  await vscode.commands.executeCommand('earshot.clearApiKey', 'bench');
  for (const key of [
    'earshot.providers',
    'earshot.model',
    'earshot.transcription.model',
    'earshot.transcription.save',
  ]) {
    await configure(key, undefined);
  }
}

export interface ChatAnswer {
  readonly error: string | undefined;
  readonly answer: string;
  readonly way: string;
}

/** Asks in the real chat view and waits for the participant's result. */
export async function askInChat(prompt: string, files: readonly vscode.Uri[]): Promise<ChatAnswer> {
  await vscode.commands.executeCommand('workbench.action.chat.newChat');
  return askOn(prompt, files);
}

/** Asks in the chat that is open already. */
export async function askOn(prompt: string, files: readonly vscode.Uri[]): Promise<ChatAnswer> {
  const result = await vscode.commands.executeCommand<
    | {
        readonly metadata?: { readonly answer?: string; readonly way?: string };
        readonly errorDetails?: { readonly message: string };
      }
    | undefined
  >('workbench.action.chat.open', { query: `@audio ${prompt}`, attachFiles: [...files], blockOnResponse: true });
  assert.ok(result, 'the chat gave no result');
  return {
    error: result.errorDetails?.message,
    answer: result.metadata?.answer ?? '',
    way: result.metadata?.way ?? '',
  };
}

export interface Shown {
  readonly kind: 'error' | 'warning' | 'information';
  readonly message: string;
  readonly buttons: readonly string[];
}

type Show = (message: string, ...buttons: string[]) => Thenable<string | undefined>;

/** Notes every message the user is shown while it lasts, and presses the button that `press` names. */
export async function watchMessages<T>(
  work: (shown: Shown[]) => Promise<T>,
  press: (message: Shown) => string | undefined = () => undefined,
): Promise<T> {
  const shown: Shown[] = [];
  const functions = [
    ['error', 'showErrorMessage'],
    ['warning', 'showWarningMessage'],
    ['information', 'showInformationMessage'],
  ] as const;
  const window = vscode.window as unknown as Record<string, Show>;
  const originals = functions.map(([, name]) => window[name]);
  for (const [kind, name] of functions) {
    window[name] = (message, ...buttons) => {
      const one = { kind, message, buttons };
      shown.push(one);
      return Promise.resolve(press(one));
    };
  }
  try {
    return await work(shown);
  } finally {
    functions.forEach(([, name], index) => {
      const original = originals[index];
      if (original !== undefined) window[name] = original;
    });
  }
}

export async function until(
  what: string,
  isTrue: () => boolean | Promise<boolean>,
  milliseconds = 10_000,
): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await isTrue())) {
    if (Date.now() > end) assert.fail(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export { shareOfWords } from '../support/shareOfWords.js';

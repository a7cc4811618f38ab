// Runs inside the extension host of a fresh VS Code: measures one activation and, when asked, one transcription.
// scripts/bench.mjs starts it several times and makes the table.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';

interface BenchTask {
  readonly resultFile: string;
  /** A recording to transcribe, and the server that does it. */
  readonly clip?: { readonly path: string; readonly baseUrl: string };
}

const task = JSON.parse(readFileSync(process.env['EARSHOT_BENCH_TASK'] ?? '', 'utf8')) as BenchTask;

/** VS Code's own chat extension asks its experimentation service while it starts, in the same process as ours. */
const hostsOfVsCode = new Set(['default.exp-tas.com']);

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('earshot.earshot');
  if (extension === undefined || extension.isActive) throw new Error('The extension is missing, or awake too early');
  let connections = 0;
  const count = (message: unknown): void => {
    connections++;
    (message as { socket: Socket }).socket.once('lookup', (_error, _address, _family, host) => {
      if (hostsOfVsCode.has(host)) connections--;
    });
  };
  subscribe('net.client.socket', count);
  await extension.activate();
  // Whatever it may have started has had its time.
  await new Promise((resolve) => setTimeout(resolve, 500));
  unsubscribe('net.client.socket', count);
  // The extension measures itself: the promise above also waits for other extensions that are starting.
  const activationMilliseconds = performance.getEntriesByName('earshot.activate')[0]?.duration;
  const loadMilliseconds = await timeToLoad(extension.extensionPath);
  const firstCueMilliseconds: number[] = [];
  if (task.clip !== undefined) {
    const { path, baseUrl } = task.clip;
    await vscode.workspace.getConfiguration().update(
      'earshot.providers',
      {
        bench: { kind: 'openai-compatible', baseUrl, models: { 'whisper-1': { chat: false, transcription: true } } },
      },
      vscode.ConfigurationTarget.Global,
    );
    // The first one pays for starting the worker and loading the SDK, as a user's first one does; the others do not.
    for (let round = 0; round < 3; round++) firstCueMilliseconds.push(await timeToFirstCue(vscode.Uri.file(path)));
  }
  writeFileSync(
    task.resultFile,
    JSON.stringify({ activationMilliseconds, loadMilliseconds, connections, firstCueMilliseconds }),
  );
}

/** How long VS Code takes to load the extension's code: the same code once more, under another address. */
async function timeToLoad(extensionPath: string): Promise<number> {
  const started = performance.now();
  await import(`${pathToFileURL(join(extensionPath, 'dist', 'extension.mjs')).href}?again`);
  return performance.now() - started;
}

/** From the command to the moment when the first cue stands in an editor. */
async function timeToFirstCue(clip: vscode.Uri): Promise<number> {
  const started = performance.now();
  const shown = new Promise<number>((resolve) => {
    const look = (editor: vscode.TextEditor | undefined): void => {
      if (editor?.document.getText().includes('-->') === true) {
        subscription.dispose();
        resolve(performance.now() - started);
      }
    };
    const subscription = vscode.window.onDidChangeActiveTextEditor(look);
  });
  await vscode.commands.executeCommand('earshot.transcribe', clip, undefined, { model: 'bench:whisper-1' });
  const milliseconds = await shown;
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  return milliseconds;
}

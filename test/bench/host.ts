// Runs inside the extension host of a fresh VS Code: measures one activation and, when asked, transcriptions and what the
// language features take.
// scripts/bench.mjs starts it several times and makes the table.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vscode from 'vscode';
import { measureFeatures, watchRegistrations } from './languageFeatures.js';
import { numberIn, peakMegabytes } from './processMemory.js';

interface BenchTask {
  readonly resultFile: string;
  /** A recording to transcribe, and the server that does it. */
  readonly clip?: { readonly path: string; readonly baseUrl: string };
  /** A recording of hours, transcribed once by a server that answers late, with the row of its model. */
  readonly long?: { readonly path: string; readonly baseUrl: string; readonly row: object };
  /** Where a transcript of 10,000 cues can be written. */
  readonly transcriptPath?: string;
}

const task = JSON.parse(readFileSync(process.env['EARSHOT_BENCH_TASK'] ?? '', 'utf8')) as BenchTask;

/** VS Code's own chat extension asks its experimentation service while it starts, in the same process as ours. */
const hostsOfVsCode = new Set(['default.exp-tas.com']);

export async function run(): Promise<void> {
  const extension = vscode.extensions.getExtension('earshot.earshot');
  if (extension === undefined || extension.isActive) throw new Error('The extension is missing, or awake too early');
  if (task.transcriptPath !== undefined) watchRegistrations();
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
    await configure(baseUrl, { 'whisper-1': { chat: false, transcription: true } });
    // The first one pays for starting the worker and loading the SDK, as a user's first one does; the others do not.
    for (let round = 0; round < 3; round++) {
      firstCueMilliseconds.push((await timeToFirstCue(vscode.Uri.file(path), 'bench:whisper-1')).milliseconds);
    }
  }
  const long = task.long === undefined ? undefined : await transcribeLong(task.long);
  const features = task.transcriptPath === undefined ? undefined : await measureFeatures(task.transcriptPath);
  writeFileSync(
    task.resultFile,
    JSON.stringify({ activationMilliseconds, loadMilliseconds, connections, firstCueMilliseconds, long, features }),
  );
}

/** How long VS Code takes to load the extension's code: the same code once more, under another address. */
async function timeToLoad(extensionPath: string): Promise<number> {
  const started = performance.now();
  await import(`${pathToFileURL(join(extensionPath, 'dist', 'extension.mjs')).href}?again`);
  return performance.now() - started;
}

async function configure(baseUrl: string, models: object): Promise<void> {
  await vscode.workspace
    .getConfiguration()
    .update(
      'earshot.providers',
      { bench: { kind: 'openai-compatible', baseUrl, models } },
      vscode.ConfigurationTarget.Global,
    );
}

/** From the command to the moment when the first cue stands in an editor, and to the end of the transcription. */
async function timeToFirstCue(
  clip: vscode.Uri,
  model: string,
): Promise<{ readonly milliseconds: number; readonly wholeMilliseconds: number }> {
  const started = performance.now();
  const subscriptions: vscode.Disposable[] = [];
  const shown = new Promise<number>((resolve) => {
    const look = (): void => {
      if (vscode.window.activeTextEditor?.document.getText().includes('-->') === true) {
        resolve(performance.now() - started);
      }
    };
    subscriptions.push(vscode.window.onDidChangeActiveTextEditor(look), vscode.workspace.onDidChangeTextDocument(look));
  });
  await vscode.commands.executeCommand('earshot.transcribe', clip, undefined, { model });
  const wholeMilliseconds = performance.now() - started;
  const milliseconds = await shown;
  vscode.Disposable.from(...subscriptions).dispose();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  return { milliseconds, wholeMilliseconds };
}

async function transcribeLong({ path, baseUrl, row }: NonNullable<BenchTask['long']>): Promise<object> {
  await configure(baseUrl, { recogniser: row });
  // Lets Linux forget the highest that this process ever held; elsewhere the figure is left out.
  let before: number | undefined;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    before = numberIn('/proc/self/status', /^VmRSS:\s*(\d+) kB/m);
  } catch {
    before = undefined;
  }
  const times = await timeToFirstCue(vscode.Uri.file(path), 'bench:recogniser');
  const transcript = readFileSync(path.replace(/\.[^.]*$/, '.vtt'), 'utf8');
  return {
    ...times,
    cueCount: transcript.split('-->').length - 1,
    ...(before === undefined ? {} : { growthMegabytes: peakMegabytes() - before / 1024 }),
  };
}

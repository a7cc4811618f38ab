// Runs every *.test.ts of this folder inside the extension host. `npm run test:integration` starts it in VS Code's
// server, `npm run test:electron` on the desktop.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import * as vscode from 'vscode';
import { environment } from './environment.js';

/** What the process that started us reads when we are done. */
interface Outcome {
  passed: number;
  failed: number;
  failures: { title: string; message: string }[];
}

export async function run(): Promise<void> {
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => {
    for (const line of format(...args).split('\n')) console.info(environment.reportMark + line);
  };
  // What one test had transcribed is not there already in the next.
  const rootHooks = {
    beforeEach: async () => {
      await vscode.commands.executeCommand('earshot.clearCache');
    },
  };
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, color: false, grep: environment.grep ?? '', rootHooks });
  const folder = import.meta.dirname;
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.test.mjs')) mocha.addFile(join(folder, name));
  }
  await mocha.loadFilesAsync();
  const outcome: Outcome = { passed: 0, failed: 0, failures: [] };
  await new Promise<void>((resolve) => {
    mocha
      .run(() => {
        resolve();
      })
      .on('pass', () => outcome.passed++)
      .on('fail', (test, error: Error) => {
        outcome.failed++;
        outcome.failures.push({ title: test.fullTitle(), message: error.stack ?? error.message });
      });
  });
  writeFileSync(environment.resultFile, JSON.stringify(outcome, undefined, 2));
  if (outcome.failed > 0) throw new Error(`${outcome.failed} failed`);
}

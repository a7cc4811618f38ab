// A fresh VS Code that measures the extension in its extension host (test/bench/host.ts).
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '../lib/browser.mjs';
import { bundle } from '../lib/bundle.mjs';
import { out, root } from '../lib/paths.mjs';
import { startServer } from '../lib/vscodeServer.mjs';

const sleeper = join(out, 'bench-extension');

/** The extension as it is packed, except that nothing wakes it before the clock runs. */
export async function makeSleeper() {
  rmSync(sleeper, { recursive: true, force: true });
  for (const name of ['dist', 'media', 'package.nls.json'])
    cpSync(join(root, name), join(sleeper, name), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(sleeper, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  // What measures lies in the extension, so that both get the same `vscode` and one can watch what the other registers.
  cpSync(await bundle('bench', ['test/bench/host.ts']), join(sleeper, 'bench'), { recursive: true });
}

/** One fresh VS Code, one measurement in its extension host. */
export async function measure(folder, task) {
  const resultFile = join(folder, 'result.json');
  const taskFile = join(folder, 'task.json');
  rmSync(resultFile, { force: true });
  writeFileSync(taskFile, JSON.stringify({ resultFile, ...task }));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace, { recursive: true });
  const server = await startServer({ automation: true, env: { EARSHOT_BENCH_TASK: taskFile } });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const complaints = [];
    await page.exposeFunction('codeAutomationLog', (type, args) => type === 'error' && complaints.push(args.join(' ')));
    const exited = new Promise((resolve) => page.exposeFunction('codeAutomationExit', resolve));
    await page.goto(
      server.workbenchUrl(workspace, [
        ['extensionDevelopmentPath', `vscode-remote://remote${sleeper}`],
        ['extensionTestsPath', `vscode-remote://remote${join(sleeper, 'bench', 'host.mjs')}`],
        ['skipWelcome', 'true'],
      ]),
    );
    const code = await exited;
    if (code !== 0) throw new Error(`the measurement ended with ${code}:\n${complaints.join('\n')}`);
    return JSON.parse(readFileSync(resultFile, 'utf8'));
  } finally {
    await browser.close();
    await server.stop();
  }
}

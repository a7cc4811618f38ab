import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/lib/browser.mjs';
import { packageExtension } from '../../../scripts/lib/packageExtension.mjs';
import { out } from '../../../scripts/lib/paths.mjs';
import { makeSampleWorkspace } from '../../../scripts/lib/samples.mjs';
import { startServer, type ServerOptions, type VscodeServer } from '../../../scripts/lib/vscodeServer.mjs';
import { patience } from './until.ts';
import { Workbench } from './workbench.ts';

export interface SessionOptions extends ServerOptions {
  /** The folder whose copy is opened; the sample workspace by default. */
  readonly folder?: string;
  /** Files to add to it, by path. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** A WAV file that the browser's microphone hears. */
  readonly microphoneFile?: string;
}

/** A running VS Code with the packed extension in it, and a browser that shows it. */
export interface Session {
  readonly workbench: Workbench;
  readonly server: VscodeServer;
  /** The folder that is open, a copy that goes when the session is closed. */
  readonly workspace: string;
  /** Loads the window anew, as "Developer: Reload Window" does. */
  reload(): Promise<void>;
  /** Saves a picture and the logs under `out/failures`, and gives one line that says where and why. */
  diagnose(name: string, reason: unknown): Promise<string>;
  close(): Promise<void>;
}

/** Starts VS Code on a copy of a folder with the packed extension installed. */
export async function openVscode(options: SessionOptions = {}): Promise<Session> {
  const home = mkdtempSync(join(tmpdir(), 'earshot-workspace-'));
  const workspace = join(home, 'workspace');
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).reverse()) await step();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    copyWorkspace(options.folder ?? (await makeSampleWorkspace()), workspace, options.files ?? {});
    const server = await startServer({ ...options, vsix: options.vsix ?? (await packageExtension()) });
    closing.push(() => server.stop());
    const browser = await launchBrowser(
      options.microphoneFile === undefined ? {} : { microphoneFile: options.microphoneFile },
    );
    closing.push(() => browser.close());
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const browserLog: string[] = [];
    page.on('console', (message) => browserLog.push(`[${message.type()}] ${message.text()}`));
    page.on('pageerror', (error) => browserLog.push(`[uncaught] ${error.stack ?? error.message}`));
    const load = async (): Promise<void> => {
      await page.goto(server.workbenchUrl(workspace, [['skipWelcome', 'true']]));
      await waitForWorkbench(page);
    };
    await load();
    const workbench = new Workbench(page);
    return {
      workbench,
      server,
      workspace,
      reload: load,
      diagnose: (name, reason) => diagnose(name, reason, { workbench, server, browserLog }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function copyWorkspace(folder: string, workspace: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  cpSync(folder, workspace, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), content);
  }
}

/** Until the Explorer shows the folder's files. */
async function waitForWorkbench(page: Page): Promise<void> {
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
}

async function diagnose(
  name: string,
  reason: unknown,
  { workbench, server, browserLog }: { workbench: Workbench; server: VscodeServer; browserLog: readonly string[] },
): Promise<string> {
  const folder = join(out, 'failures');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name.replaceAll(/[^\w.-]+/g, '-').slice(0, 100));
  const picture = await workbench.page.screenshot({ path: `${file}.png` }).then(
    () => `${file}.png`,
    (error: unknown) => `no picture (${String(error)})`,
  );
  const parts = { reason: String(reason), browser: browserLog.join('\n'), 'extension host': server.extensionHostLog() };
  const text = Object.entries(parts).map(([title, part]) => `===== ${title}\n${part}\n`);
  writeFileSync(`${file}.log`, text.join('\n'));
  return `${name}: ${String(reason).split('\n')[0] ?? ''} (see ${picture} and ${file}.log)`;
}

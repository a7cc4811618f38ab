// `npm start [folder]`: sets up, packs the extension, and opens it in a real VS Code on the sample workspace or on the
// given folder, until Ctrl+C. `npm start -- --check` does the same without a display and tries the main job out.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { cache, modernNode, root, sampleWorkspace } from './lib/paths.mjs';
import { packageExtension } from './lib/packageExtension.mjs';
import { run } from './lib/run.mjs';
import { startServer, writeUserSettings } from './lib/vscodeServer.mjs';
import { setUp } from './setup.mjs';

async function main() {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: { check: { type: 'boolean' }, port: { type: 'string' } },
  });
  // Relative to where the person is, which is not where npm runs us.
  const folder = positionals[0] ? resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0]) : sampleWorkspace;
  if (positionals[0] && !(existsSync(folder) && statSync(folder).isDirectory()))
    throw new Error(`${folder} is no folder`);
  await setUp();
  const vsix = await packageExtension();
  if (options.check) return check();
  await serve(vsix, folder, options.port && Number(options.port));
}

async function check() {
  const file = join(root, 'test', 'support', 'vscode', 'check.ts');
  const { code } = await run(modernNode(), ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', file], { cwd: root });
  process.exitCode = code;
}

/** @param {string} vsix @param {string} folder @param {number | undefined} port */
async function serve(vsix, folder, port) {
  const home = join(cache, 'start');
  if (!existsSync(join(home, 'data', 'User', 'settings.json'))) writeUserSettings(home, {});
  // Whoever knows the address may run programs here, so it holds a secret.
  const connectionToken = randomBytes(16).toString('hex');
  const workspaceTrust = folder !== sampleWorkspace;
  const server = await startServer({ home, vsix, port, connectionToken, workspaceTrust });
  const url = server.workbenchUrl(folder, [['skipWelcome', 'true']]);
  console.log(`\nVS Code with Earshot is open on ${folder}:\n\n  ${url}\n\nPress Ctrl+C to stop.`);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, async () => {
      await server.stop();
      process.exit(0);
    });
  }
  openBrowser(url);
}

/** Shows the address to a person who has a screen. @param {string} url */
function openBrowser(url) {
  const { DISPLAY, WAYLAND_DISPLAY, CI } = process.env;
  const openers = {
    darwin: ['open', url],
    win32: ['rundll32', 'url.dll,FileProtocolHandler', url],
    linux: (DISPLAY || WAYLAND_DISPLAY) && ['xdg-open', url],
  };
  const opener = !CI && openers[process.platform];
  if (!opener) return;
  const child = spawn(opener[0], opener.slice(1), { stdio: 'ignore', detached: true });
  child.once('error', () => console.log('No browser could be opened; please open the address above.'));
  child.unref();
}

try {
  await main();
} catch (error) {
  console.error(`npm start failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

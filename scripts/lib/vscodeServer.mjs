// A real VS Code on loopback: start it, install the packed extension into it, open its workbench, stop it.
import { spawn } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { serverFolder } from './dependencies.mjs';
import { modernNode, root } from './paths.mjs';
import { kill, runOrThrow, track } from './run.mjs';

const serverMain = () => join(serverFolder, 'out', 'server-main.js');

/** @param {string} home */
const dirArguments = (home) => ['--server-data-dir', home, '--extensions-dir', join(home, 'extensions')];

/**
 * Starts a server of its own: own port, own data, own extensions.
 * @param {import('./vscodeServer.d.mts').ServerOptions} [options]
 * @returns {Promise<import('./vscodeServer.d.mts').VscodeServer>}
 */
export async function startServer(options = {}) {
  const isTemporary = options.home === undefined;
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'earshot-vscode-'));
  mkdirSync(home, { recursive: true });
  if (options.settings) writeSettings(home, options.settings);
  if (isTemporary || options.userSettings) writeUserSettings(home, { ...quiet, ...options.userSettings });
  if (options.vsix) await installExtension(options.vsix, home);

  const token = options.connectionToken;
  const args = [
    ...['--import', pathToFileURL(join(root, 'scripts', 'lib', 'endWithParent.mjs')).href],
    serverMain(),
    ...['--host', '127.0.0.1', '--port', String(options.port ?? 0)],
    ...(token ? ['--connection-token', token] : ['--without-connection-token']),
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...(options.automation ? ['--enable-smoke-test-driver'] : []),
    ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...dirArguments(home),
  ];
  const child = spawn(modernNode(), args, {
    cwd: home,
    env: { ...process.env, ...options.env, EARSHOT_END_WITH_PARENT: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const untrack = track(child, { group: true });
  const logFile = join(home, 'server.log');
  const log = createWriteStream(logFile);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });

  const stop = async () => {
    const closed = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
    kill(child, 'SIGTERM');
    const wasGentle = await Promise.race([closed?.then(() => true) ?? true, sleep(3000, false)]);
    // The group may outlive its leader; this is for the rest of it.
    kill(child, 'SIGKILL');
    if (!wasGentle) await closed;
    untrack();
    log.end();
    if (isTemporary) rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };

  try {
    const port = await listeningPort(child, logFile);
    return {
      port,
      home,
      logFile,
      workbenchUrl: (folder, payload) => workbenchUrl(port, folder, { payload, token }),
      extensionHostLog: () => extensionHostLog(home),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The port the server chose, as soon as it answers on it. */
async function listeningPort(child, logFile) {
  const deadline = Date.now() + 60_000;
  let ended = false;
  child.once('exit', () => (ended = true));
  child.once('error', () => (ended = true));
  while (Date.now() < deadline && !ended) {
    await sleep(100);
    const port = /agent listening on (\d+)/.exec(existsSync(logFile) ? readFileSync(logFile, 'utf8') : '')?.[1];
    if (port && (await answers(port))) return Number(port);
  }
  const tail = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n') : '';
  throw new Error(`VS Code's server ${ended ? 'ended' : 'did not answer within a minute'}:\n${tail}`);
}

async function answers(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/version`)).ok;
  } catch {
    return false;
  }
}

/**
 * Installs a packed extension for a server with this home.
 * @param {string} vsix
 * @param {string} home
 */
export async function installExtension(vsix, home) {
  const args = [serverMain(), '--accept-server-license-terms', '--install-extension', vsix, '--force'];
  await runOrThrow(modernNode(), [...args, ...dirArguments(home)], { quiet: true, timeoutSeconds: 120 });
}

/** Settings that keep VS Code from asking the network about updates, recommendations and experiments. */
const quiet = {
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
};

/**
 * Writes the settings of the machine the server runs on: where settings of the scope `machine` live, such as
 * `earshot.providers`. A workbench that is open follows within a second.
 * @param {string} home
 * @param {Readonly<Record<string, unknown>>} settings
 */
export const writeSettings = (home, settings) => writeJson(join(home, 'data', 'Machine', 'settings.json'), settings);

/**
 * Writes the settings of the user. Ordinary VS Code in a browser keeps them there; this server keeps them in a file.
 * @param {string} home
 * @param {Readonly<Record<string, unknown>>} settings
 */
export const writeUserSettings = (home, settings) => writeJson(join(home, 'data', 'User', 'settings.json'), settings);

/** What both settings files hold now. @param {string} home */
export function readSettings(home) {
  const read = (scope) => {
    const file = join(home, 'data', scope, 'settings.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  };
  return { machine: read('Machine'), user: read('User') };
}

/** @param {string} file @param {unknown} value */
function writeJson(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(value, undefined, 2));
}

/** What extension hosts of this server have logged, newest last. @param {string} home */
function extensionHostLog(home) {
  const logs = join(home, 'data', 'logs');
  if (!existsSync(logs)) return '';
  return readdirSync(logs, { recursive: true })
    .filter((name) => /(remoteexthost|Earshot[^/\\]*)\.log$/.test(name))
    .sort()
    .map((name) => `--- ${name}\n${readFileSync(join(logs, name), 'utf8')}`)
    .join('\n');
}

function workbenchUrl(port, folder, { payload, token }) {
  const url = new URL(`http://127.0.0.1:${port}/`);
  if (token) url.searchParams.set('tkn', token);
  url.searchParams.set('folder', folder);
  if (payload) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

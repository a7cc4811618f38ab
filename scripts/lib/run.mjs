// Child processes: run to the end, retry when a network hiccups, and never leave one behind.
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs a program to its end. Rejects when it cannot be started; a failing exit code is an answer, not an exception.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, timeoutSeconds?: number }} [options]
 *   `quiet` keeps the output in the result instead of showing it.
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32' && /\.(cmd|bat)$/i.test(command),
    });
    const chunks = [];
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.stderr?.on('data', (chunk) => chunks.push(chunk));
    const untrack = track(child);
    const timer = options.timeoutSeconds && setTimeout(() => child.kill('SIGKILL'), options.timeoutSeconds * 1000);
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      untrack();
      const output = Buffer.concat(chunks).toString('utf8');
      resolve({ code: code ?? 1, output: signal ? `${output}\n(ended by ${signal})` : output });
    });
  });
}

/**
 * As `run`, but a failing exit code throws, with the end of the output in the message.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export async function runOrThrow(command, args, options = {}) {
  const { code, output } = await run(command, args, options);
  if (code === 0) return output;
  const tail = output.trim().split('\n').slice(-15).join('\n');
  throw new Error(`${[command, ...args].join(' ')} ended with code ${code}${tail ? `:\n${tail}` : ''}`);
}

/**
 * Tries something that uses the network up to three times.
 * @template T
 * @param {string} what for the message between two tries
 * @param {() => Promise<T>} attempt
 * @returns {Promise<T>}
 */
export async function withRetries(what, attempt) {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 3) throw error;
      console.log(`  ${what} failed (${firstLine(error)}); trying again in ${tries * 3} s`);
      await sleep(tries * 3000);
    }
  }
}

/**
 * npm without knowing where it is: the one that started us, or the one on the PATH.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options) {
  const npmCli = process.env.npm_execpath;
  if (npmCli?.endsWith('.js')) return runOrThrow(process.execPath, [npmCli, ...args], options);
  return runOrThrow(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, options);
}

/** @param {unknown} error */
export const firstLine = (error) => (error instanceof Error ? error.message : String(error)).split('\n')[0];

/** Children to end with us; those that lead a process group (spawned with `detached`) take it with them.
 * @type {Map<import('node:child_process').ChildProcess, { group: boolean }>} */
const alive = new Map();
let watching = false;

/**
 * Ends the child with us, however we end. Returns the function that lets go of it.
 * @param {import('node:child_process').ChildProcess} child
 * @param {{ group: boolean }} [options]
 */
export function track(child, options = { group: false }) {
  alive.set(child, options);
  if (!watching) {
    watching = true;
    process.on('exit', () => [...alive.keys()].forEach((each) => kill(each, 'SIGKILL')));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
      // Somebody with a gentler way to stop has a listener too; without one this is the last word.
      process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(signal === 'SIGINT' ? 130 : 143));
    }
  }
  return () => alive.delete(child);
}

/**
 * Signals a tracked child, and its process group when it leads one.
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
export function kill(child, signal) {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(alive.get(child)?.group ? -child.pid : child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { access, constants, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { basename, delimiter, isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { cancelled, EarshotError, toEarshotError } from '../core/errors.js';
import type { ProgramOptions, ProgramRunner } from '../providers/provider.js';

const windowsSuffixes = ['.exe', '.com'];
/** Enough to see what a program complained about. */
const stderrLimit = 4000;
/** A recogniser that says more than this about one recording is broken. */
const defaultStdoutLimit = 64_000_000;
const killAfterMilliseconds = 2000;

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    // Not there, or not ours to run: either way not a program we can use.
    return false;
  }
}

function platform(): ProgramRunner['platform'] {
  const name = process.platform;
  return name === 'linux' || name === 'darwin' || name === 'win32' ? name : 'other';
}

async function find(names: readonly string[]): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder));
  const suffixes = process.platform === 'win32' ? ['', ...windowsSuffixes] : [''];
  for (const name of names) {
    const candidates = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
    for (const candidate of candidates) {
      for (const suffix of suffixes) {
        if (await isProgram(candidate + suffix)) return candidate + suffix;
      }
    }
  }
  return undefined;
}

/** Ends a program and what it has started. */
function endProgram(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { windowsHide: true });
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself in the meantime.
    child.kill(signal);
  }
}

const run = (
  program: string,
  programArguments: readonly string[],
  { signal, onLine, onBytes, input }: ProgramOptions,
  stdoutLimit: number,
): ReturnType<ProgramRunner['run']> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled());
      return;
    }
    // shell stays false: file names and settings are arguments, never commands.
    const child = spawn(program, programArguments, {
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: what a wrapper script has started must end with it.
      detached: process.platform !== 'win32',
    });
    let stdout = '';
    let stderr = '';
    let killTimer: NodeJS.Timeout | undefined;
    const abort = (): void => {
      endProgram(child, 'SIGTERM');
      killTimer ??= setTimeout(() => {
        endProgram(child, 'SIGKILL');
        // Somebody who took the pipes over must not keep us waiting.
        child.stdout.destroy();
        child.stderr.destroy();
      }, killAfterMilliseconds);
    };
    signal.addEventListener('abort', abort, { once: true });
    let refusal: unknown;
    const takeBytes = async (take: NonNullable<typeof onBytes>): Promise<void> => {
      for await (const chunk of child.stdout) {
        try {
          await take(chunk as Uint8Array);
        } catch (error) {
          refusal = error;
          abort();
          return;
        }
      }
    };
    // What breaks off was ended, by us or by itself: its exit code tells.
    const taken = onBytes === undefined ? Promise.resolve() : takeBytes(onBytes).catch(() => undefined);
    if (onBytes === undefined) {
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        if (stdout.length <= stdoutLimit) stdout += chunk;
        if (stdout.length > stdoutLimit) abort();
      });
    }
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-stderrLimit);
    });
    const lines = onLine === undefined ? undefined : createInterface({ input: child.stdout }).on('line', onLine);
    const finish = (): void => {
      signal.removeEventListener('abort', abort);
      clearTimeout(killTimer);
      lines?.close();
    };
    child.on('error', (error) => {
      finish();
      reject(
        new EarshotError(
          'program-missing',
          `${program} could not be started: ${error.message}. Install it, or select another model.`,
          {
            cause: error,
          },
        ),
      );
    });
    child.on('close', (code, killedBy) => {
      finish();
      void taken.then(() => {
        if (signal.aborted) reject(cancelled());
        else if (refusal !== undefined) reject(toEarshotError(refusal));
        else if (stdout.length > stdoutLimit) reject(saysTooMuch(program, stdoutLimit));
        else resolve({ exitCode: code ?? (killedBy === null ? 1 : 128), stdout, stderr });
      });
    });
    // A program that does not read its input closes the pipe; its exit code tells what matters.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });

/** What was cut off would be missing from a transcript without a trace. */
function saysTooMuch(program: string, limit: number): EarshotError {
  return new EarshotError(
    'program-failed',
    `${basename(program)} wrote more than ${Math.round(limit / 1e6)} MB and was ended: it may be caught in a loop. Try another model, or a part of the recording.`,
  );
}

/** Programs on this machine; see ProgramRunner for the contract. */
export function createProgramRunner(stdoutLimit = defaultStdoutLimit): ProgramRunner {
  return {
    platform: platform(),
    homeFolder: homedir(),
    find,
    list: async (folder, suffix) => {
      try {
        const names = await readdir(folder);
        return names
          .filter((name) => name.endsWith(suffix))
          .sort()
          .map((name) => join(folder, name));
      } catch {
        // Most of the folders that are asked for exist on somebody else's machine.
        return [];
      }
    },
    run: (program, programArguments, options) => run(program, programArguments, options, stdoutLimit),
    withFolder: async (work) => {
      const folder = await mkdtemp(join(tmpdir(), 'earshot-'));
      try {
        return await work({
          path: (fileName) => join(folder, fileName),
          write: (fileName, bytes) => writeFile(join(folder, fileName), bytes),
          read: async (fileName) => {
            const path = isAbsolute(fileName) ? fileName : join(folder, fileName);
            try {
              return await readFile(path);
            } catch {
              return undefined;
            }
          },
        });
      } finally {
        // A folder that something still holds open is no reason to lose what was made in it.
        await rm(folder, { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined);
      }
    },
  };
}

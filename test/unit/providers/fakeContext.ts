import type { ProgramRun, ProgramRunner, ProviderContext } from '../../../src/providers/provider.js';

/** A machine that exists in the test only: programs and files by path. */
export class FakePrograms implements ProgramRunner {
  platform: ProgramRunner['platform'] = 'linux';
  readonly homeFolder = '/home/me';
  /** Names that are on PATH. */
  installed: readonly string[] = [];
  /** Absolute paths. */
  files: readonly string[] = [];
  readonly runs: { program: string; programArguments: readonly string[]; input: string | undefined }[] = [];
  readonly written = new Map<string, Uint8Array>();
  /** What the program leaves in the work folder. */
  output: Readonly<Record<string, string>> = {};
  answer: ProgramRun = { exitCode: 0, stdout: '', stderr: '' };
  /** What the program writes to its standard output when bytes are taken. */
  sound: readonly Uint8Array[] = [];

  find(names: readonly string[]): Promise<string | undefined> {
    const name = names.find((candidate) => this.installed.includes(candidate));
    return Promise.resolve(name === undefined ? undefined : `/usr/bin/${name}`);
  }

  list(folder: string, suffix: string): Promise<readonly string[]> {
    return Promise.resolve(
      this.files.filter((path) => path.replace(/\/[^/]*$/, '') === folder && path.endsWith(suffix)),
    );
  }

  run: ProgramRunner['run'] = async (program, programArguments, { onLine, onBytes, input }) => {
    this.runs.push({ program, programArguments, input });
    for (const line of this.answer.stdout.split('\n')) onLine?.(line);
    for (const bytes of this.sound) await onBytes?.(bytes);
    return this.answer;
  };

  withFolder: ProgramRunner['withFolder'] = (work) =>
    work({
      path: (fileName) => `/scratch/${fileName}`,
      write: (fileName, bytes) => {
        this.written.set(fileName, bytes);
        return Promise.resolve();
      },
      read: (fileName) => {
        const content = this.output[fileName];
        return Promise.resolve(content === undefined ? undefined : new TextEncoder().encode(content));
      },
    });
}

export class FakeContext implements ProviderContext {
  key: string | undefined;
  readonly fetched: string[] = [];
  readonly lines: string[] = [];
  readonly secrets: string[] = [];
  readonly programs = new FakePrograms();
  readonly fetch: typeof fetch = (input) => {
    this.fetched.push(input instanceof Request ? input.url : input.toString());
    return Promise.reject(new TypeError('fetch failed'));
  };
  readonly getKey = (): Promise<string | undefined> => Promise.resolve(this.key);
  readonly log = (line: string): void => {
    this.lines.push(line);
  };
  readonly addSecret = (secret: string): void => {
    this.secrets.push(secret);
  };
}

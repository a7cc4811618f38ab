import type { TestOptions } from '@vscode/test-electron';

export interface ElectronRun {
  /** The extension's folder. */
  readonly extension: string;
  /** The bundled module with `run`. */
  readonly tests: string;
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  /** A version of VS Code; the newest stable one by default. */
  readonly version?: string | undefined;
  /** Chromium refuses its sandbox to root. */
  readonly isRoot: boolean;
}
export function electronOptions(run: ElectronRun): TestOptions;

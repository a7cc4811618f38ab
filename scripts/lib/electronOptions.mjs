// What desktop VS Code is started with for its tests; pure, so that it can be tested without a desktop.
import { join } from 'node:path';

/**
 * @param {import('./electronOptions.d.mts').ElectronRun} run
 * @returns {import('@vscode/test-electron').TestOptions}
 */
export function electronOptions({ extension, tests, workspace, env, version, isRoot }) {
  const home = join(workspace, '..', 'vscode');
  return {
    version: version ?? 'stable',
    extensionDevelopmentPath: extension,
    extensionTestsPath: tests,
    extensionTestsEnv: { ...env },
    launchArgs: [
      workspace,
      // Nothing of the person's own VS Code takes part.
      `--user-data-dir=${join(home, 'data')}`,
      `--extensions-dir=${join(home, 'extensions')}`,
      '--disable-workspace-trust',
      '--skip-welcome',
      '--skip-release-notes',
      '--disable-telemetry',
      '--disable-updates',
      ...(isRoot ? ['--no-sandbox'] : []),
    ],
  };
}

// `npm run test:electron`: the suite of test/integration in desktop VS Code. @vscode/test-electron downloads VS Code,
// so this needs an open network, and on Linux a display.
import { parseArgs } from 'node:util';
import { electronOptions } from './lib/electronOptions.mjs';
import { failureOf, prepareSuite, readOutcome, suitePaths } from './lib/integrationSuite.mjs';

const { values: options } = parseArgs({
  options: { grep: { type: 'string' }, 'vscode-version': { type: 'string' } },
});

const suite = await prepareSuite({ grep: options.grep });
try {
  const { runTests } = await import('@vscode/test-electron');
  const ending = await runTests(
    electronOptions({
      ...suitePaths,
      workspace: suite.workspace,
      env: suite.env,
      version: options['vscode-version'],
      isRoot: process.getuid?.() === 0,
    }),
  ).catch((error) => error);
  const failure = failureOf(readOutcome(), ending);
  if (failure) throw new Error(failure);
} catch (error) {
  console.error(`Desktop tests failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  suite.dispose();
}

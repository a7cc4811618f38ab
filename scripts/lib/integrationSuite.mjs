// What `integration.mjs` (VS Code's server) and `electron.mjs` (the desktop) have in common.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, filesEndingWith } from './bundle.mjs';
import { modernNode, results, root } from './paths.mjs';
import { runOrThrow } from './run.mjs';
import { makeSampleWorkspace } from './samples.mjs';

export const suitePaths = {
  extension: root,
  tests: join(root, 'out', 'integration', 'index.mjs'),
  result: join(results, 'integration.json'),
};

/** How a line of Mocha's report starts in the noise of VS Code's console. */
export const reportMark = '[mocha] ';

/**
 * Builds the extension and the tests, and makes a workspace for them.
 * @param {{ grep?: string, workspace?: string }} options
 */
export async function prepareSuite({ grep, workspace }) {
  await runOrThrow(modernNode(), ['esbuild.js', '--development'], { cwd: root, quiet: true });
  await bundle('integration', ['test/integration/index.ts', ...filesEndingWith('.test.ts', 'test/integration')]);
  mkdirSync(results, { recursive: true });
  rmSync(suitePaths.result, { force: true });
  const folder = mkdtempSync(join(tmpdir(), 'earshot-integration-'));
  const copy = join(folder, 'workspace');
  cpSync(workspace ?? (await makeSampleWorkspace()), copy, { recursive: true });
  const environmentFile = join(folder, 'environment.json');
  writeFileSync(environmentFile, JSON.stringify({ workspace: copy, resultFile: suitePaths.result, reportMark, grep }));
  return {
    workspace: copy,
    env: { EARSHOT_TEST_ENVIRONMENT: environmentFile },
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** @returns {{ passed: number, failed: number, failures: { title: string, message: string }[] } | undefined} */
export function readOutcome() {
  if (existsSync(suitePaths.result)) return JSON.parse(readFileSync(suitePaths.result, 'utf8'));
  return undefined;
}

/**
 * Why the run counts as failed, if it does. Silence is no success: no result and no test are failures too.
 * @param {ReturnType<typeof readOutcome>} outcome
 * @param {unknown} ending the exit code of VS Code, or words when there is none
 */
export function failureOf(outcome, ending) {
  if (!outcome) return `VS Code left no result (${ending})`;
  if (outcome.failed > 0) return `${outcome.failed} of ${outcome.passed + outcome.failed}`;
  if (outcome.passed === 0) return 'no test ran';
  return ending === 0 ? undefined : `VS Code ended with ${ending}`;
}

import { describe, expect, it } from 'vitest';
import { electronOptions } from '../../../scripts/lib/electronOptions.mjs';

const run = {
  extension: '/project',
  tests: '/project/out/integration/index.mjs',
  workspace: '/tmp/run/workspace',
  env: { EARSHOT_TEST_ENVIRONMENT: '/tmp/run/environment.json' },
  isRoot: false,
};

describe('the options of desktop VS Code', () => {
  it('runs the same suite on the same workspace', () => {
    const options = electronOptions(run);
    expect(options.extensionDevelopmentPath).toBe('/project');
    expect(options.extensionTestsPath).toBe('/project/out/integration/index.mjs');
    expect(options.extensionTestsEnv).toEqual(run.env);
    expect(options.launchArgs?.[0]).toBe('/tmp/run/workspace');
  });

  it("keeps the person's own VS Code out of it", () => {
    expect(electronOptions(run).launchArgs).toEqual(
      expect.arrayContaining(['--user-data-dir=/tmp/run/vscode/data', '--extensions-dir=/tmp/run/vscode/extensions']),
    );
  });

  it('takes the newest stable version unless told otherwise', () => {
    expect(electronOptions(run).version).toBe('stable');
    expect(electronOptions({ ...run, version: '1.106.0' }).version).toBe('1.106.0');
  });

  it('drops the sandbox for root only', () => {
    expect(electronOptions(run).launchArgs).not.toContain('--no-sandbox');
    expect(electronOptions({ ...run, isRoot: true }).launchArgs).toContain('--no-sandbox');
  });
});

import { describe, expect, it } from 'vitest';
import { createProgramRunner } from '../../../src/host/programs.js';
import { errorOf } from '../audio/support/sources.js';

describe('a program of this machine', () => {
  const { signal } = new AbortController();

  it('that writes without end is ended, and what it said is not passed off as all', async () => {
    const endless = ['-e', "const write = () => process.stdout.write('word '.repeat(20000), write); write();"];
    const error = await errorOf(createProgramRunner(2_000_000).run(process.execPath, endless, { signal }));
    expect(error.reason).toBe('program-failed');
    expect(error.message).toMatch(/^node\S* wrote more than 2 MB and was ended/);
  });

  it('that says as much as it may is heard to the end', async () => {
    const much = ['-e', "process.stdout.write('x'.repeat(1_000_000));"];
    const { stdout, exitCode } = await createProgramRunner(1_000_000).run(process.execPath, much, { signal });
    expect(exitCode).toBe(0);
    expect(stdout).toHaveLength(1_000_000);
  });
});

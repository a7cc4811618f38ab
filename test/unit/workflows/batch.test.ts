import { describe, expect, it } from 'vitest';
import { EarshotError, type ErrorReason } from '../../../src/core/errors.js';
import { runBatch } from '../../../src/workflows/batch.js';
import { batchReport, batchSummary, type BatchReport } from '../../../src/workflows/batchReport.js';

const items = (count: number): string[] => Array.from({ length: count }, (_, index) => `clip-${index}.wav`);
const failing = (reason: ErrorReason) => new EarshotError(reason, `It is ${reason}.`);

function run(count: number, fails: (item: string) => EarshotError | undefined, concurrency = 1) {
  const controller = new AbortController();
  const begun: string[] = [];
  let atOnce = 0;
  let most = 0;
  const outcome = runBatch({
    items: items(count),
    concurrency,
    signal: controller.signal,
    work: async (item) => {
      begun.push(item);
      most = Math.max(most, ++atOnce);
      await new Promise((resolve) => setTimeout(resolve, 0));
      atOnce--;
      const error = fails(item);
      if (error !== undefined) throw error;
      return item.toUpperCase();
    },
  });
  return { outcome, begun, controller, most: () => most };
}

describe('the same work on many files', () => {
  it('is done on each, so many at once, and told in order', async () => {
    const { outcome, most } = run(50, () => undefined, 4);
    const { done, failed, left } = await outcome;
    expect(done.map(({ result }) => result)).toEqual(items(50).map((item) => item.toUpperCase()));
    expect([failed, left]).toEqual([[], []]);
    expect(most()).toBe(4);
  });

  it('goes on after files that are at fault themselves', async () => {
    const { outcome } = run(20, (item) => (/[1357]\.wav/.test(item) ? failing('unsupported-media') : undefined));
    const { done, failed, left, stoppedBy } = await outcome;
    expect([done.length, failed.length, left.length, stoppedBy]).toEqual([12, 8, 0, undefined]);
  });

  for (const reason of ['missing-key', 'quota-exhausted', 'over-budget', 'local-only', 'no-model'] as const) {
    it(`ends at the first ${reason}, which would be the same with all`, async () => {
      const { outcome, begun } = run(20, (item) => (item === 'clip-3.wav' ? failing(reason) : undefined));
      const { done, failed, left, stoppedBy } = await outcome;
      expect([done.length, failed.length, left.length]).toEqual([3, 0, 17]);
      expect(stoppedBy?.reason).toBe(reason);
      expect(begun).toHaveLength(4);
    });
  }

  it('ends when a server fails three times in a row, and not when it fails now and then', async () => {
    const down = run(20, () => failing('unreachable'));
    expect((await down.outcome).failed).toHaveLength(3);
    expect(down.begun).toHaveLength(3);
    const flaky = run(20, (item) => (/[02468]\.wav/.test(item) ? failing('vendor-failure') : undefined));
    expect((await flaky.outcome).done).toHaveLength(10);
  });

  it('keeps what is done when the user cancels', async () => {
    const { outcome, controller, begun } = run(10_000, (item) => {
      if (item === 'clip-5.wav') controller.abort();
      return undefined;
    });
    const { done, left, stoppedBy } = await outcome;
    expect([done.length, left.length, stoppedBy?.reason]).toEqual([6, 9994, 'cancelled']);
    expect(begun).toHaveLength(6);
  });
});

describe('the report on a folder', () => {
  const report: BatchReport = {
    folder: 'Interviews',
    model: 'bench:whisper-1',
    done: [
      {
        name: 'a|b.wav',
        playAddress: 'code://open?a(1)',
        transcriptName: 'a|b.vtt',
        durationSeconds: 65,
        warnings: ['It loops at 0:12.'],
      },
    ],
    failed: [
      { name: 'c.wav', error: new EarshotError('clip-empty', 'c.wav is empty | <b>.') },
      { name: 'd.wav', error: failing('clip-silent') },
    ],
    leftCount: 2,
    upToDateCount: 3,
    stoppedBy: failing('quota-exhausted'),
    dollars: 1.5,
  };

  it('says how many of what there are', () => {
    expect(batchSummary(report)).toBe('1 transcribed, 3 up to date, 1 silent, 1 failed, 2 not begun or not finished');
  });

  it('gives each reason, and no name can break the table', () => {
    const page = batchReport(report);
    expect(page).toContain('By bench:whisper-1. 1:05 of sound, $1.50.');
    expect(page).toContain('> It ended early: It is quota-exhausted.');
    expect(page).toContain('| c.wav | c.wav is empty \\| \\<b\\>. |');
    expect(page).toContain('| [a\\|b.wav](code://open?a%281%29) (1:05) | a\\|b.vtt: ⚠ It loops at 0:12. |');
  });

  it('stays readable with ten thousand rows', () => {
    const [row] = report.done;
    if (row === undefined) throw new Error('no row');
    const page = batchReport({ ...report, done: Array.from({ length: 10_000 }, () => row) });
    expect(page.split('\n').length).toBeLessThan(1100);
    expect(page).toContain('and 9000 more');
  });
});

import { describe, expect, it } from 'vitest';
import { countMocha, countStatic, countVitest } from '../../../scripts/lib/testCounts.mjs';

describe('the counts of npm test', () => {
  it('counts a static check as one test', () => {
    expect(countStatic(true)).toEqual({ passed: 1, failed: 0 });
    expect(countStatic(false)).toEqual({ passed: 0, failed: 1 });
  });

  it('takes the numbers of the runner', () => {
    expect(countVitest(true, { numPassedTests: 7, numFailedTests: 0 })).toEqual({ passed: 7, failed: 0 });
    expect(countMocha(false, { passed: 7, failed: 2 })).toEqual({ passed: 7, failed: 2 });
  });

  it('never takes silence for success', () => {
    expect(countMocha(true, undefined)).toMatchObject({ passed: 0, failed: 1 });
    expect(countMocha(true, { passed: 0, failed: 0 })).toMatchObject({ passed: 0, failed: 1 });
    expect(countVitest(true, { numPassedTests: 0, numFailedTests: 0 })).toMatchObject({ passed: 0, failed: 1 });
  });

  it('counts a run that failed outside of its tests as a failure', () => {
    expect(countVitest(false, { numPassedTests: 7, numFailedTests: 0 })).toMatchObject({ passed: 7, failed: 1 });
    expect(countMocha(false, { passed: 7, failed: 0 })).toMatchObject({ passed: 7, failed: 1 });
  });
});

// How many tests a step ran. A step that says it failed, or that ran nothing, never counts as passed.

/**
 * @typedef {{ passed: number, failed: number, why?: string }} Count
 */

/** @param {boolean} succeeded @returns {Count} */
export const countStatic = (succeeded) => (succeeded ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

/**
 * @param {boolean} succeeded whether the process ended well
 * @param {{ numPassedTests: number, numFailedTests: number } | undefined} result vitest's JSON report
 * @returns {Count}
 */
export const countVitest = (succeeded, result) =>
  checked(succeeded, result && { passed: result.numPassedTests, failed: result.numFailedTests });

/**
 * @param {boolean} succeeded
 * @param {{ passed: number, failed: number } | undefined} result what the runner inside VS Code left
 * @returns {Count}
 */
export const countMocha = (succeeded, result) => checked(succeeded, result);

/** @param {boolean} succeeded @param {{ passed: number, failed: number } | undefined} count @returns {Count} */
function checked(succeeded, count) {
  if (!count) return { passed: 0, failed: 1, why: 'it left no result' };
  const { passed, failed } = count;
  if (passed + failed === 0) return { passed: 0, failed: 1, why: 'no test ran' };
  if (!succeeded && failed === 0) return { passed, failed: 1, why: 'every test passed, but the run failed' };
  return { passed, failed };
}

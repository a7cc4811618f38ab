// `npm test`: sets up and runs everything, each step in a process of its own, all of them even when one fails.
// The last line says how many tests passed and failed; each static check counts as one test.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { results, root } from './lib/paths.mjs';
import { npm } from './lib/run.mjs';
import { countMocha, countStatic, countVitest } from './lib/testCounts.mjs';
import { setUp } from './setup.mjs';

const vitest = (name) => ({
  name,
  args: [
    'run',
    '--silent',
    `test:${name}`,
    '--',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${resultFile(name)}`,
  ],
  count: countVitest,
});

const steps = [
  { name: 'lint', args: ['run', '--silent', 'lint'], count: countStatic },
  { name: 'format', args: ['run', '--silent', 'format:check'], count: countStatic },
  { name: 'types', args: ['run', '--silent', 'types'], count: countStatic },
  vitest('unit'),
  vitest('wire'),
  { name: 'integration', args: ['run', '--silent', 'test:integration'], count: countMocha },
  vitest('e2e'),
];

/** @param {string} name */
function resultFile(name) {
  return join(results, `${name}.json`);
}

/** @param {(typeof steps)[number]} step */
async function runStep({ name, args, count }) {
  console.log(`\n=== ${name}`);
  rmSync(resultFile(name), { force: true });
  const started = Date.now();
  const succeeded = await npm(args, { cwd: root }).then(
    () => true,
    () => false,
  );
  const result = existsSync(resultFile(name)) ? JSON.parse(readFileSync(resultFile(name), 'utf8')) : undefined;
  const { passed, failed, why } = count(succeeded, result);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`--- ${name}: ${passed} passed, ${failed} failed in ${seconds} s${why ? ` (${why})` : ''}`);
  return { name, passed, failed };
}

const counts = [];
try {
  await setUp();
  mkdirSync(results, { recursive: true });
  for (const step of steps) counts.push(await runStep(step));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  counts.push({ name: 'set-up', passed: 0, failed: 1 });
}
const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
const broken = counts.filter(({ failed }) => failed > 0).map(({ name }) => name);
if (broken.length > 0) console.log(`\nFailed: ${broken.join(', ')}`);
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
process.exitCode = broken.length > 0 ? 1 : 0;

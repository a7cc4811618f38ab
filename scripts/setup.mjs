// `npm run setup`, and the first thing `npm start` and `npm test` do. Runs in a fresh clone, on Node 20, with nothing
// installed. Everything is done once and found again the next time.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { installDependencies, installVscodeServer } from './lib/dependencies.mjs';
import { makeSampleWorkspace } from './lib/samples.mjs';
import { installSystemPackages } from './lib/systemPackages.mjs';

export async function setUp() {
  const started = Date.now();
  await installDependencies();
  await installSystemPackages();
  await installVscodeServer();
  await makeSampleWorkspace();
  console.log(`Set-up is complete (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await setUp();
  } catch (error) {
    console.error(`Set-up failed: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

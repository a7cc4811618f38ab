// `node scripts/transcriptTimes.mjs [cues]`: what reading and editing a long transcript costs, in milliseconds of processor
// time: the first time, and on average of 20 more.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import { out, root } from './lib/paths.mjs';

const outfile = join(out, 'bench-transcripts', 'transcriptTimes.mjs');
await build({
  entryPoints: [join(root, 'test', 'bench', 'transcriptTimes.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  logLevel: 'error',
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;

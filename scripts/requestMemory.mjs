// `node scripts/requestMemory.mjs [megabytes]`: what a request with a large recording costs, as a line of JSON. Growth is in
// multiples of the recording, beyond the recording itself: of the heap with all that hangs on it, and of the whole process.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { out, root } from './lib/paths.mjs';

/**
 * @typedef {{ heapTimesClip: number, residentTimesClip: number, cpuMilliseconds: number }} Cost
 * @param {number} megabytes
 * @returns {Promise<{ question: Cost, transcription: Cost, smallCpuMilliseconds: number }>}
 */
export async function measureRequestMemory(megabytes = 20) {
  const folder = join(out, 'bench-requests');
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [join(root, 'test', 'bench', 'requestMemory.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  // Takes whatever comes, holds none of it, and answers what either endpoint would be content with.
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = { text: 'heard', choices: [{ message: { content: 'heard' }, finish_reason: 'stop' }] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    const url = `http://127.0.0.1:${address.port}/v1`;
    const program = join(folder, 'requestMemory.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, url, String(megabytes)]);
    return JSON.parse(stdout);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await measureRequestMemory(Number(process.argv[2] ?? 20)), undefined, 2));
}

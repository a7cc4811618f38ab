// `node scripts/requestMemory.mjs [megabytes]`: what a request with a large recording costs, for each kind of provider, as JSON.
// Growth is in multiples of the recording, beyond the recording itself: of the heap with all that hangs on it, and of the whole
// process. The processor time of an adapter is that of a request with a small recording, beyond base64 and transport.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { modernNode, out, root } from './lib/paths.mjs';

/** What is measured. Gemini takes 15 MB in a request; what is larger is uploaded, in pieces, without any base64. */
const requests = [
  { kind: 'openai-compatible', way: 'question', mostMegabytes: Infinity },
  { kind: 'openai-compatible', way: 'transcription', mostMegabytes: Infinity },
  { kind: 'gemini', way: 'question', mostMegabytes: 14 },
  { kind: 'gemini', way: 'transcription', mostMegabytes: 14 },
  { kind: 'anthropic', way: 'question', mostMegabytes: Infinity },
  { kind: 'ollama', way: 'question', mostMegabytes: Infinity },
];

const json = (value) => ({ type: 'application/json', body: JSON.stringify(value) });
const events = (...values) => ({
  type: 'text/event-stream',
  // Not every SDK can read an event with a name.
  body: values
    .map((value) => `${value.type === undefined ? '' : `event: ${value.type}\n`}data: ${JSON.stringify(value)}\n\n`)
    .join(''),
});

/** What each endpoint would answer, by the end of its path. */
const answers = [
  [/\/transcriptions$/, () => json({ text: 'heard' })],
  [/\/chat\/completions$/, () => json({ choices: [{ message: { content: 'heard' }, finish_reason: 'stop' }] })],
  [
    /:streamGenerateContent$/,
    () => events({ candidates: [{ content: { role: 'model', parts: [{ text: 'heard' }] }, finishReason: 'STOP' }] }),
  ],
  [
    /\/messages$/,
    () =>
      events(
        { type: 'message_start', message: { id: 'm', role: 'assistant', content: [], usage: {} } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'heard' } },
        { type: 'content_block_stop', index: 0 },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: {} },
        { type: 'message_stop' },
      ),
  ],
  [
    /\/api\/chat$/,
    () => ({
      type: 'application/x-ndjson',
      body: `${JSON.stringify({ message: { content: 'heard' }, done: true, done_reason: 'stop' })}\n`,
    }),
  ],
  [/\/api\/tags$/, () => json({ models: [] })],
  [/\/models$/, () => json({ data: [], models: [] })],
  [/\/bare$/, () => json({})],
];

/**
 * @typedef {{ heapTimesClip: number, residentTimesClip: number, cpuMilliseconds: number, smallCpuMilliseconds: number, adapterCpuMilliseconds: number }} Cost
 * @param {number} megabytes
 * @returns {Promise<({ kind: string, way: string, megabytes: number } & Cost)[]>}
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
  // Takes whatever comes and holds none of it.
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const answer = answers.find(([pattern]) => pattern.test(path))?.[1]();
    request.resume().on('end', () => {
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': answer?.type ?? 'text/plain' });
      response.end(answer?.body ?? path);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    const origin = `http://127.0.0.1:${address.port}`;
    const program = join(folder, 'requestMemory.mjs');
    const measured = [];
    for (const { kind, way, mostMegabytes } of requests) {
      const size = Math.min(megabytes, mostMegabytes);
      // A process for each: memory that one has given back would hide what the next one takes.
      const given = ['--expose-gc', program, origin, kind, way, String(size)];
      const { stdout } = await promisify(execFile)(modernNode(), given);
      measured.push({ kind, way, megabytes: size, ...JSON.parse(stdout) });
    }
    return measured;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { kind, way, ...cost } of await measureRequestMemory(Number(process.argv[2] ?? 20))) {
    const rounded = Object.entries(cost).map(([name, value]) => `${name} ${Number(value.toFixed(2))}`);
    console.log(`${kind} ${way}: ${rounded.join(', ')}`);
  }
}

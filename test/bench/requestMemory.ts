// Measures what one question with a large recording costs the process that asks: memory at its peak, and processor time.
// Bundled and run in a process of its own by scripts/requestMemory.mjs, which holds the server in another.
import { readFileSync } from 'node:fs';
import { createProviders } from '../../src/providers/registry.js';
import type { ProviderContext } from '../../src/providers/provider.js';

const [baseUrl = '', megabytes = '20'] = process.argv.slice(2);
const collectGarbage = (globalThis as { gc?: () => void }).gc;

const context: ProviderContext = {
  fetch: (...request) => fetch(...request),
  getKey: () => Promise.resolve('sk-bench'),
  programs: {
    platform: 'other',
    homeFolder: '/',
    find: () => Promise.resolve(undefined),
    list: () => Promise.resolve([]),
    run: () => Promise.reject(new Error('no programs here')),
    withFolder: () => Promise.reject(new Error('no folders here')),
  },
  log: () => undefined,
  addSecret: () => undefined,
};

/** What the kernel says this process holds, at its highest since the mark was last reset. */
function residentPeakBytes(): number {
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024;
}

function heldBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const { providers } = createProviders(
  { bench: { kind: 'openai-compatible', baseUrl, models: { hears: { audioInput: true, transcription: true } } } },
  context,
);
const [provider] = providers;

async function ask(bytes: Uint8Array, way: 'question' | 'transcription'): Promise<void> {
  const { signal } = new AbortController();
  const events =
    way === 'question'
      ? provider?.converse?.(
          {
            model: 'hears',
            messages: [
              { role: 'user', content: [{ type: 'input_audio', input_audio: { data: bytes, format: 'wav' } }] },
            ],
          },
          signal,
        )
      : provider?.transcribe?.({ model: 'hears', audio: { bytes, format: 'wav', fileName: 'a.wav' } }, signal);
  for await (const event of events ?? []) if (event.type === 'upload') break;
}

async function measure(way: 'question' | 'transcription', byteLength: number) {
  const bytes = new Uint8Array(byteLength).fill(85);
  collectGarbage?.();
  const before = heldBytes();
  const residentBefore = residentPeakBytes();
  let peak = before;
  const sample = setInterval(() => (peak = Math.max(peak, heldBytes())), 1);
  const cpuBefore = process.cpuUsage();
  await ask(bytes, way);
  const { user, system } = process.cpuUsage(cpuBefore);
  clearInterval(sample);
  return {
    heapTimesClip: (peak - before) / byteLength,
    residentTimesClip: (residentPeakBytes() - residentBefore) / byteLength,
    cpuMilliseconds: (user + system) / 1000,
  };
}

// Loads the SDK and warms up; a large one first would hide the growth that is to be seen.
for (let round = 0; round < 3; round++) {
  await ask(new Uint8Array(100_000), 'question');
  await ask(new Uint8Array(100_000), 'transcription');
}
const byteLength = Number(megabytes) * 1e6;
const small = await measure('question', 100_000);
const question = await measure('question', byteLength);
const transcription = await measure('transcription', byteLength);
console.log(JSON.stringify({ question, transcription, smallCpuMilliseconds: small.cpuMilliseconds }));

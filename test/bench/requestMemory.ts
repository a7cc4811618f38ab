// Measures what one request with a large recording costs the process that asks: memory at its peak, and processor time.
// Bundled and run in a process of its own by scripts/requestMemory.mjs, which holds the server in another. The transport is
// that of the extension host.
import { readFileSync } from 'node:fs';
import { nodeFetch } from '../../src/host/nodeFetch.js';
import type { Provider, ProviderContext } from '../../src/providers/provider.js';
import { createProviders } from '../../src/providers/registry.js';

const [origin = '', kind = '', way = '', megabytes = '20'] = process.argv.slice(2);
const collectGarbage = (globalThis as { gc?: () => void }).gc;

/** How often a small request is made; what counts is the median. */
const smallRounds = 41;
const smallByteLength = 100_000;

const context: ProviderContext = {
  fetch: nodeFetch,
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

function cpuMilliseconds(since?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

const models = { hears: { chat: true, audioInput: true, transcription: true, inputFormats: ['wav'] } };
const [provider] = createProviders({ bench: { kind, baseUrl: `${origin}/v1`, models } }, context).providers;

/** Bytes of a WAV file of silence, as far as anybody looks. */
function recording(byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength).fill(85);
  bytes.set(new TextEncoder().encode('RIFF....WAVEfmt '));
  return bytes;
}

async function ask(target: Provider, bytes: Uint8Array): Promise<void> {
  const { signal } = new AbortController();
  const block = { type: 'input_audio', input_audio: { data: bytes, format: 'wav' } } as const;
  const events =
    way === 'question'
      ? target.converse?.({ model: 'hears', messages: [{ role: 'user', content: [block] }] }, signal)
      : target.transcribe?.({ model: 'hears', audio: { bytes, format: 'wav', fileName: 'a.wav' } }, signal);
  if (events === undefined) throw new Error(`${kind} has no ${way}`);
  let said = '';
  for await (const event of events) {
    if (event.type === 'upload') throw new Error('it was uploaded, so that this measures something else');
    if (event.type === 'text') said += event.text;
  }
  if (said.trim() !== 'heard') throw new Error(`${kind} understood "${said}"`);
}

/** Median processor time of a request with a small recording, when everything is loaded and warm. */
async function measureSmall(target: Provider): Promise<number> {
  const bytes = recording(smallByteLength);
  const times: number[] = [];
  for (let round = 0; round < 2 * smallRounds; round++) {
    const before = process.cpuUsage();
    await ask(target, bytes);
    if (round >= smallRounds) times.push(cpuMilliseconds(before));
  }
  return times.sort((left, right) => left - right)[smallRounds >> 1] ?? Number.NaN;
}

/** The same bytes as base64 over the same transport, by hand: what an adapter is measured against. */
async function measureBare(): Promise<number> {
  const bytes = recording(smallByteLength);
  const times: number[] = [];
  for (let round = 0; round < 2 * smallRounds; round++) {
    const before = process.cpuUsage();
    const body = JSON.stringify({ audio: Buffer.from(bytes).toString('base64') });
    const response = await nodeFetch(`${origin}/bare`, { method: 'POST', body });
    await response.text();
    if (round >= smallRounds) times.push(cpuMilliseconds(before));
  }
  return times.sort((left, right) => left - right)[smallRounds >> 1] ?? Number.NaN;
}

async function measureLarge(target: Provider, byteLength: number) {
  const bytes = recording(byteLength);
  collectGarbage?.();
  const before = heldBytes();
  // Blobs do not count as heap, so the kernel is asked as well.
  const residentBefore = process.memoryUsage.rss();
  let peak = before;
  const sample = setInterval(() => (peak = Math.max(peak, heldBytes())), 1);
  const cpuBefore = process.cpuUsage();
  await ask(target, bytes);
  const cpu = cpuMilliseconds(cpuBefore);
  clearInterval(sample);
  return {
    heapTimesClip: (peak - before) / byteLength,
    residentTimesClip: (residentPeakBytes() - residentBefore) / byteLength,
    cpuMilliseconds: cpu,
  };
}

if (provider === undefined) throw new Error(`no provider of the kind ${kind}`);
// Loads the SDK and warms up; a large one first would hide the growth that is to be seen.
const small = await measureSmall(provider);
const bare = await measureBare();
const large = await measureLarge(provider, Number(megabytes) * 1e6);
console.log(JSON.stringify({ ...large, smallCpuMilliseconds: small, adapterCpuMilliseconds: small - bare }));

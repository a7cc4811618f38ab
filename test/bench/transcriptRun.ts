// One transcription in a process of its own: the workflow, the adapter, the journal and the transport of the extension host,
// and the built worker as the extension starts it. scripts/bench/transcripts.mjs starts it: a task as JSON in, figures as JSON out.
import { cpuUsage, memoryUsage } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { AudioSource } from '../../src/audio/engine.js';
import { createWorkerEngine } from '../../src/host/audioWorker.js';
import { createJobJournals } from '../../src/host/jobJournals.js';
import { nodeFetch } from '../../src/host/nodeFetch.js';
import type { ProviderContext } from '../../src/providers/provider.js';
import { createProviders } from '../../src/providers/registry.js';
import { createRequestLimits } from '../../src/workflows/requestLimits.js';
import { transcribeClip } from '../../src/workflows/transcribeClip.js';
import { transcriber } from '../../src/workflows/transcriber.js';
import { peakMegabytes } from './processMemory.js';

interface TranscriptTask {
  /** `first-part`: only prepare the first part, which is what nobody can do without. */
  readonly kind: 'first-part' | 'transcribe';
  /** The worker's bundle. */
  readonly workerFile: string;
  readonly path: string;
  readonly durationSeconds: number;
  readonly baseUrl: string;
  /** As in `earshot.providers`. */
  readonly row: object;
  readonly concurrency: number;
  readonly journalFolder: string;
}

const task = JSON.parse(process.argv[2] ?? '') as TranscriptTask;
const source: AudioSource = { kind: 'file', name: 'interview.m4a', path: task.path };
const { signal } = new AbortController();
const context: ProviderContext = {
  fetch: nodeFetch,
  getKey: () => Promise.resolve(undefined),
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
const settings = { bench: { kind: 'openai-compatible', baseUrl: task.baseUrl, models: { recogniser: task.row } } };
const [provider] = createProviders(settings, context).providers;
const [model] = provider?.knownModels() ?? [];
if (provider === undefined || model === undefined) throw new Error('The provider or its model is missing.');
const chosen = { provider, model };
const engine = createWorkerEngine({ workerUrl: pathToFileURL(task.workerFile), ffmpeg: () => 'off' });
const idleMegabytes = memoryUsage.rss() / 2 ** 20;
const started = performance.now();
const result = task.kind === 'first-part' ? await prepareFirst() : await transcribe();
const { user, system } = cpuUsage();
const peak = peakMegabytes();
console.log(
  JSON.stringify({
    ...result,
    cpuSeconds: (user + system) / 1e6,
    peakMegabytes: peak,
    growthMegabytes: peak - idleMegabytes,
  }),
);
await engine.dispose();

function secondsSinceStart(): number {
  return (performance.now() - started) / 1000;
}

async function prepareFirst(): Promise<object> {
  for await (const piece of engine.prepare(source, transcriber(chosen).prepared, signal)) {
    return { preparationSeconds: secondsSinceStart(), byteLength: piece.bytes.byteLength };
  }
  throw new Error('There is no first part.');
}

async function transcribe(): Promise<object> {
  let firstTextSeconds: number | undefined;
  const journals = createJobJournals({
    folder: task.journalFolder,
    maxBytes: () => 1e9,
    warn: (line) => {
      throw new Error(line);
    },
  });
  const { transcript, warnings, stoppedBy } = await transcribeClip(
    { uri: pathToFileURL(task.path).href, name: 'interview.m4a', source },
    {
      chosen,
      onText: ({ settled, open }) => {
        if (settled.length + open.length > 0) firstTextSeconds ??= secondsSinceStart();
      },
    },
    {
      engine,
      journals,
      now: () => new Date(),
      permit: () => Promise.resolve(),
      requestLimit: createRequestLimits(() => task.concurrency),
    },
    signal,
  );
  const wallSeconds = secondsSinceStart();
  // No figure is of work that was not done.
  if (stoppedBy !== undefined) throw stoppedBy;
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  const { segments } = transcript;
  const endSeconds = segments.at(-1)?.endSeconds ?? 0;
  if (Math.abs(endSeconds - task.durationSeconds) > 5) {
    throw new Error(`The transcript ends at ${endSeconds} s of ${task.durationSeconds} s.`);
  }
  return { wallSeconds, firstTextSeconds, cueCount: segments.length };
}

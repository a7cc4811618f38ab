// `npm run bench [-- --json] [-- --only engine --job "m4a to" --minutes 10]`: the figures that we promise, measured on this
// machine. A figure over its limit is marked, and the command then ends with 1. Times on a busy machine say little:
// compare figures of one run with each other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { engineFigures } from './bench/engine.mjs';
import { figure, print } from './bench/figure.mjs';
import { longTranscriptFigures } from './bench/longTranscripts.mjs';
import { makeSleeper, measure } from './bench/extensionHost.mjs';
import { packageExtension } from './lib/packageExtension.mjs';
import { modernNode, root } from './lib/paths.mjs';
import { runOrThrow } from './lib/run.mjs';
import { measureRequestMemory } from './requestMemory.mjs';
import { setUp } from './setup.mjs';

/** @typedef {import('./bench/figure.mjs').Figure} Figure */

const activations = 5;
const clipSeconds = 60;

const median = (values) => [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

/** @returns {Promise<Figure[]>} */
async function sizes() {
  const vsix = await packageExtension();
  const dist = join(root, 'dist');
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return [
    figure('VSIX', statSync(vsix).size / 1000, 'kB', 3000),
    ...files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      // The hash in a chunk's name says nothing to a reader.
      .map((path) =>
        figure(path.slice(root.length + 1).replace(/-[A-Z0-9]{8}(?=\.)/, ''), statSync(path).size / 1000, 'kB'),
      ),
  ];
}

/** The model server of the tests in a process of its own, so that it does not take the extension host's time. */
async function startModelServer() {
  const main = join(root, 'test', 'support', 'openaiServer', 'main.ts');
  const child = spawn(
    modernNode(),
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', main, '--no-key', '--recogniser', 'tones', '--until-stdin-ends'],
    { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  return {
    baseUrl: JSON.parse(line).baseUrl,
    stop: async () => {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

/** A minute of tones at 44.1 kHz stereo. */
async function makeClip(folder) {
  const path = join(folder, 'minute.wav');
  await runOrThrow(
    modernNode(),
    [
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      '--input-type=module',
      '--eval',
      `import { writeFileSync } from 'node:fs';
       import { toneWords, toneWordList } from ${JSON.stringify(join(root, 'test/support/openaiServer/tones.ts'))};
       const words = Array.from({ length: ${Math.round((clipSeconds - 0.2) / 0.4)} }, (_, index) => toneWordList[index % toneWordList.length]);
       writeFileSync(${JSON.stringify(path)}, toneWords(words, { sampleRate: 44_100, channels: 2 }).wav);`,
    ],
    { cwd: root, quiet: true },
  );
  return path;
}

/** @returns {Promise<Figure[]>} */
async function times() {
  await makeSleeper();
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  const modelServer = await startModelServer();
  try {
    const clip = { path: await makeClip(folder), baseUrl: modelServer.baseUrl };
    const runs = [];
    for (let index = 0; index < activations; index++) runs.push(await measure(folder, index === 0 ? { clip } : {}));
    const [cold, ...warm] = runs[0].firstCueMilliseconds;
    return [
      figure(`activate(), median of ${activations}`, median(runs.map((run) => run.activationMilliseconds)), 'ms', 50),
      figure(`loading its code, median of ${activations}`, median(runs.map((run) => run.loadMilliseconds)), 'ms'),
      figure('opened by activation', Math.max(...runs.map((run) => run.connections)), 'sockets', 0),
      figure(`first cue of a ${clipSeconds} s clip, first time`, cold, 'ms'),
      figure(`first cue of a ${clipSeconds} s clip, afterwards`, median(warm), 'ms'),
    ];
  } finally {
    await modelServer.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Promise<Figure[]>} */
async function requests() {
  const measured = await measureRequestMemory();
  return measured.flatMap(({ kind, way, megabytes, ...cost }) => [
    figure(
      `${kind} ${way} of ${megabytes} MB, memory beside it`,
      Math.max(cost.heapTimesClip, cost.residentTimesClip),
      'times',
      2.5,
    ),
    figure(`${kind} ${way}, CPU beyond base64 and transport`, cost.adapterCpuMilliseconds, 'ms', 5),
  ]);
}

/** Each can be measured alone: `--only`. @type {Record<string, (options: { minutes: number, rounds: number, job: string[] }) => Promise<Figure[]>>} */
const sections = { sizes, times, requests, transcripts: longTranscriptFigures, engine: engineFigures };

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean' },
    only: { type: 'string', multiple: true, default: Object.keys(sections) },
    // For engine and transcripts: length of the recordings, how often each job is done; for the engine: which jobs.
    minutes: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '2' },
    job: { type: 'string', multiple: true, default: [] },
  },
});
const unknown = options.only.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0)
  throw new Error(`No section is called ${unknown[0]}. There are: ${Object.keys(sections).join(', ')}`);
// With --json nothing but the array goes to standard output.
const log = console.log;
if (options.json) console.log = console.error;
await setUp();
const figures = [];
for (const [name, section] of Object.entries(sections)) {
  if (!options.only.includes(name)) continue;
  figures.push(
    ...(await section({ minutes: Number(options.minutes), rounds: Number(options.rounds), job: options.job })),
  );
}
if (options.json) log(JSON.stringify(figures, undefined, 2));
else print(figures);
if (figures.some(({ ok }) => !ok)) process.exitCode = 1;

// The figures of long transcriptions: each job in a process of its own, against a server in another that answers late and
// costs nothing else.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle } from '../lib/bundle.mjs';
import { modernNode, out, root } from '../lib/paths.mjs';
import { runOrThrow } from '../lib/run.mjs';
import { figure } from './figure.mjs';
import { makeRecordings } from './recordings.mjs';

/** Of every request, from its last byte to the answer. */
export const latencySeconds = 2;
/** The setting's default. */
const concurrency = 3;
const row = { chat: false, transcription: true, transcriptTimes: 'words', inputFormats: ['mp4'] };

/** A model by what it takes at once: `byBytes` gives the largest parts that Earshot makes, `byTime` many small ones. */
const rows = {
  byBytes: { name: 'the largest parts', row: { ...row, maxInputBytes: 25_000_000 } },
  byTime: { name: 'parts of a minute', row: { ...row, maxInputSeconds: 60 } },
};
/** Of host and worker together. */
export const growthLimitMegabytes = 250;
/** The row of a model that takes the largest parts. */
export const largestParts = rows.byBytes.row;
const bars = { wallToIdeal: 1.15, growthMegabytes: growthLimitMegabytes, tenToOne: 1.2 };

/** The server in a process of its own. */
export async function startTranscriptServer() {
  const main = join(root, 'scripts', 'bench', 'transcriptServer.mjs');
  const child = spawn(modernNode(), [main, String(latencySeconds)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [begin] = await once(lines, 'line');
  return {
    baseUrl: JSON.parse(begin).baseUrl,
    /** Ends it. @returns {Promise<{ requests: number, mostAtOnce: number }>} what it was asked */
    stop: async () => {
      const last = once(lines, 'line');
      child.stdin.end();
      const [line] = await last;
      return JSON.parse(line);
    },
  };
}

/**
 * @param {{ minutes: number, rounds: number }} options `minutes`: of the single recording, the others are three and ten times it
 * @returns {Promise<import('./figure.mjs').Figure[]>}
 */
export async function transcriptJobFigures({ minutes, rounds }) {
  await runOrThrow(modernNode(), ['esbuild.js'], { cwd: root, quiet: true });
  const program = join(await bundle('bench-transcripts', ['test/bench/transcriptRun.ts']), 'transcriptRun.mjs');
  // A copy, so that a build that starts meanwhile changes nothing.
  const worker = join(out, 'bench-transcripts', 'dist');
  cpSync(join(root, 'dist'), worker, { recursive: true });
  const pathOf = await makeRecordings(['speech.m4a', 'threefold.m4a', 'tenfold.m4a'], minutes);
  const bench = { program, workerFile: join(worker, 'audioWorker.mjs'), pathOf, minutes };
  return [
    ...(await wallFigures(bench, rows.byTime, rounds)),
    ...(await wallFigures(bench, rows.byBytes, rounds)),
    ...(await memoryFigures(bench, rows.byBytes)),
  ];
}

/** Time is the best of the rounds, memory the worst. */
async function wallFigures(bench, kind, rounds) {
  const length = lengthOf(bench.minutes * 3);
  console.error(`Measuring ${length} in ${kind.name}`);
  const job = { recording: 'threefold.m4a', times: 3, row: kind.row };
  const [firsts, wholes] = [[], []];
  for (let round = 0; round < rounds; round++) {
    firsts.push(await run(bench, { ...job, kind: 'first-part' }));
    wholes.push(await run(bench, { ...job, kind: 'transcribe' }));
  }
  const preparation = Math.min(...firsts.map(({ preparationSeconds }) => preparationSeconds));
  const whole = wholes.reduce((best, each) => (each.wallSeconds < best.wallSeconds ? each : best));
  const { parts, mostAtOnce } = whole;
  const turns = Math.ceil(parts / concurrency);
  const ideal = preparation + turns * latencySeconds;
  const name = `${length} in ${kind.name}`;
  const formula = `${preparation.toFixed(2)} s for the first part + ceil(${parts} parts / ${concurrency}) x ${latencySeconds} s`;
  return [
    figure(`${name}: time to the ideal (${formula})`, whole.wallSeconds / ideal, 'times', bars.wallToIdeal, 3),
    figure(`${name}: time in all`, whole.wallSeconds, 's'),
    figure(`${name}: first text`, whole.firstTextSeconds, 's'),
    figure(`${name}: requests at once, at most`, mostAtOnce, 'requests', concurrency),
    figure(`${name}: CPU of host and worker`, Math.min(...wholes.map(({ cpuSeconds }) => cpuSeconds)), 's'),
    figure(
      `${name}: growth of host and worker`,
      Math.max(...wholes.map(({ growthMegabytes }) => growthMegabytes)),
      'MB',
      bars.growthMegabytes,
    ),
  ];
}

/** Ten times the length in the same memory. The short one is quick, and its memory differs from run to run: the middle of three. */
async function memoryFigures(bench, { name, row: limits }) {
  const [one, ten] = [lengthOf(bench.minutes), lengthOf(bench.minutes * 10)];
  console.error(`Measuring the memory of ${one} and of ${ten} in ${name}`);
  const shorts = [];
  for (let round = 0; round < 3; round++) {
    shorts.push(await run(bench, { kind: 'transcribe', recording: 'speech.m4a', times: 1, row: limits }));
  }
  const [, short] = shorts.sort((left, right) => left.peakMegabytes - right.peakMegabytes);
  const long = await run(bench, { kind: 'transcribe', recording: 'tenfold.m4a', times: 10, row: limits });
  return [
    figure(
      `${ten} in ${name}: peak memory to that of ${one}`,
      long.peakMegabytes / short.peakMegabytes,
      'times',
      bars.tenToOne,
      2,
    ),
    figure(`${one} in ${name}: peak memory of host and worker`, short.peakMegabytes, 'MB'),
    figure(`${ten} in ${name}: peak memory of host and worker`, long.peakMegabytes, 'MB'),
    figure(`${one} in ${name}: growth of host and worker`, short.growthMegabytes, 'MB', bars.growthMegabytes),
    figure(`${ten} in ${name}: growth of host and worker`, long.growthMegabytes, 'MB', bars.growthMegabytes),
    figure(`${ten} in ${name}: cues`, long.cueCount, 'cues'),
  ];
}

/** One job in a fresh process, with a fresh server and a journal in which nothing is. */
async function run({ program, workerFile, pathOf, minutes }, { recording, times, ...task }) {
  const server = await startTranscriptServer();
  const journalFolder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  const given = {
    workerFile,
    path: pathOf(recording),
    durationSeconds: minutes * 60 * times,
    baseUrl: server.baseUrl,
    concurrency,
    journalFolder,
    ...task,
  };
  let asked;
  let output;
  try {
    output = await runOrThrow(modernNode(), [program, JSON.stringify(given)], { quiet: true });
  } finally {
    asked = await server.stop();
    rmSync(journalFolder, { recursive: true, force: true });
  }
  return { ...JSON.parse(output.trim().split('\n').at(-1)), parts: asked.requests, mostAtOnce: asked.mostAtOnce };
}

const lengthOf = (minutes) => (minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`);

// The figures of the audio engine: each job in a process of its own, with ffmpeg's run of the same job in between, so that
// whatever else the machine does meets both. CPU seconds are the best of the rounds, memory is the worst.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../lib/bundle.mjs';
import { modernNode, out, root } from '../lib/paths.mjs';
import { runOrThrow } from '../lib/run.mjs';
import { jobs, peakMegabytesLimit, probeLimit } from './engineJobs.mjs';
import { figure } from './figure.mjs';
import { makeRecordings } from './recordings.mjs';

/**
 * @param {{ minutes: number, rounds: number, job: readonly string[] }} options `job`: parts of the names of jobs; none: all
 * @returns {Promise<import('./figure.mjs').Figure[]>}
 */
export async function engineFigures({ minutes, rounds, job }) {
  const chosen = jobs.filter(({ name }) => job.length === 0 || job.some((part) => name.includes(part)));
  if (chosen.length === 0)
    throw new Error(`No job is called so. There are: ${jobs.map(({ name }) => name).join(', ')}`);
  await runOrThrow(modernNode(), ['esbuild.js'], { cwd: root, quiet: true });
  const program = join(await bundle('bench-engine', ['test/bench/engineRun.ts']), 'engineRun.mjs');
  // A copy, so that a build that starts meanwhile changes nothing.
  const worker = join(out, 'bench-engine', 'dist');
  cpSync(join(root, 'dist'), worker, { recursive: true });
  const needed = chosen.flatMap(({ recording, warmUp, single }) => [recording, warmUp, single]);
  const pathOf = await makeRecordings([...new Set(needed.filter((name) => name !== undefined))], minutes);
  const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
  const bench = { program, workerFile: join(worker, 'audioWorker.mjs'), pathOf, minutes, rounds, folder };
  try {
    const figures = [];
    for (const each of chosen) {
      console.error(`Measuring ${each.name}`);
      figures.push(...(await measureJob(each, bench)));
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measureJob(job, bench) {
  if (job.bars.probe) return measureProbe(job, bench);
  if (job.bars.growth !== undefined) return measureGrowth(job, bench);
  return measureWork(job, bench);
}

async function measureWork(job, bench) {
  const { name, bars } = job;
  const task = taskOf(job, bench);
  const [one, two, ffmpeg] = [[], [], []];
  for (let round = 0; round < bench.rounds; round++) {
    one.push(await runEngine(bench, { ...task, coreCount: 1 }));
    if (job.ffmpeg !== undefined) ffmpeg.push(await runFfmpeg(bench.pathOf(job.recording), job.ffmpeg(bench.folder)));
    if (job.twoThreads) two.push(await runEngine(bench, { ...task, coreCount: 2 }));
  }
  const cpu = best(one, 'cpuSeconds');
  const theirs = best(ffmpeg, 'cpuSeconds');
  const perHour = (cpu * 60) / bench.minutes;
  const first = best([...one, ...two], 'firstPieceSeconds');
  const memory = (runs, threads) =>
    figure(
      `${name}: peak memory, ${threads} thread${threads > 1 ? 's' : ''}`,
      worst(runs, 'peakMegabytes'),
      'MB',
      peakMegabytesLimit[threads],
    );
  return [
    bars.cpuSecondsPerHour === undefined
      ? {
          ...figure(`${name}: CPU to ffmpeg's`, cpu / theirs, 'times', bars.ratio, 2),
          cpuSeconds: cpu,
          ffmpegCpuSeconds: theirs,
        }
      : figure(`${name}: CPU for an hour`, perHour, 's', bars.cpuSecondsPerHour),
    figure(`${name}: time in all, 1 thread`, best(one, 'wallSeconds'), 's'),
    ...(job.twoThreads
      ? [
          figure(
            `${name}: time to ffmpeg's, 2 threads`,
            best(two, 'wallSeconds') / best(ffmpeg, 'wallSeconds'),
            'times',
            bars.wallRatio,
            2,
          ),
          figure(`${name}: time in all, 2 threads`, best(two, 'wallSeconds'), 's'),
          figure(`${name}: CPU, 2 threads`, best(two, 'cpuSeconds'), 's'),
        ]
      : []),
    ...(bars.firstPieceSeconds === undefined
      ? []
      : [
          figure(`${name}: first piece`, first, 's', bars.firstPieceSeconds, 2),
          figure(`${name}: CPU to the first piece`, best(one, 'firstPieceCpuSeconds'), 's'),
        ]),
    memory(one, 1),
    ...(job.twoThreads ? [memory(two, 2)] : []),
  ];
}

async function measureProbe({ name, recording, warmUp }, bench) {
  const runs = [];
  const task = { path: bench.pathOf(recording), warmUpPath: bench.pathOf(warmUp), coreCount: 1 };
  for (let round = 0; round < bench.rounds; round++) runs.push(await runEngine(bench, task));
  const megabytesRead = worst(runs, 'bytesRead') / 1e6;
  return [
    figure(name, best(runs, 'milliseconds'), 'ms', probeLimit.milliseconds),
    figure(`${name}: with a worker to start`, best(runs, 'coldMilliseconds'), 'ms'),
    ...(Number.isNaN(megabytesRead)
      ? []
      : [figure(`${name}: bytes read`, megabytesRead, 'MB', probeLimit.megabytes, 2)]),
  ];
}

/** Ten times the length in the same memory. The short one is quick, and its memory differs from run to run: the middle of three. */
async function measureGrowth(job, bench) {
  const { name, coreCount, bars } = job;
  const shorts = [];
  for (let round = 0; round < 3; round++) {
    shorts.push(await runEngine(bench, { ...taskOf({ ...job, recording: job.single }, bench), coreCount }));
  }
  const long = await runEngine(bench, { ...taskOf(job, bench, 10), coreCount });
  const [, one] = values(shorts, 'peakMegabytes').sort((left, right) => left - right);
  const limit = peakMegabytesLimit[coreCount];
  return [
    figure(`${name}: peak memory to that of one`, long.peakMegabytes / one, 'times', bars.growth, 2),
    figure(`${name}: peak memory of one`, one, 'MB', limit),
    figure(`${name}: peak memory of ten`, long.peakMegabytes, 'MB', limit),
    figure(
      `${name}: CPU to ten times that of one`,
      long.cpuSeconds / best(shorts, 'cpuSeconds') / 10,
      'times',
      undefined,
      2,
    ),
  ];
}

const taskOf = ({ recording, prepare }, { pathOf, minutes }, times = 1) => ({
  path: pathOf(recording),
  prepare,
  durationSeconds: minutes * 60 * times,
});

async function runEngine({ program, workerFile }, task) {
  const output = await runOrThrow(modernNode(), [program, JSON.stringify({ workerFile, ...task })], { quiet: true });
  return JSON.parse(output.trim().split('\n').at(-1));
}

/** ffmpeg says itself what it used. */
async function runFfmpeg(path, args) {
  const single = ['-threads', '1', '-filter_threads', '1'];
  const command = [
    '-hide_banner',
    '-nostdin',
    '-nostats',
    '-v',
    'info',
    '-benchmark',
    '-y',
    ...single,
    '-i',
    path,
    ...args,
  ];
  const output = await runOrThrow('ffmpeg', command, { quiet: true });
  const times = /bench: utime=([\d.]+)s stime=([\d.]+)s rtime=([\d.]+)s/.exec(output);
  if (times === null) throw new Error('ffmpeg did not say how long it took.');
  const [user, system, wallSeconds] = times.slice(1).map(Number);
  return { cpuSeconds: user + system, wallSeconds };
}

const values = (runs, key) => runs.map((run) => run[key] ?? Number.NaN);
const best = (runs, key) => (runs.length === 0 ? Number.NaN : Math.min(...values(runs, key)));
const worst = (runs, key) => Math.max(...values(runs, key));

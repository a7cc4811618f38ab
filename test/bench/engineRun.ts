// One job of the engine in a process of its own, through the built worker as the extension starts it.
// scripts/bench/engine.mjs starts it: a task as JSON in, its figures as JSON out.
import { cpuUsage } from 'node:process';
import { pathToFileURL } from 'node:url';
import type { AudioSource, PrepareOptions } from '../../src/audio/engine.js';
import { createWorkerEngine } from '../../src/host/audioWorker.js';
import { numberIn, peakMegabytes } from './processMemory.js';

interface EngineTask {
  /** The worker's bundle. */
  readonly workerFile: string;
  readonly path: string;
  /** 1: everything in one thread. */
  readonly coreCount: number;
  /** Absent: probe. */
  readonly prepare?: PrepareOptions;
  /** What the pieces must reach to, so that no figure is of work that was not done. */
  readonly durationSeconds?: number;
  /** For a probe: a small recording of the same kind, probed before, so that the code is loaded. */
  readonly warmUpPath?: string;
}

const task = JSON.parse(process.argv[2] ?? '') as EngineTask;
const engine = createWorkerEngine({
  workerUrl: pathToFileURL(task.workerFile),
  ffmpeg: () => 'off',
  coreCount: task.coreCount,
});
const result = task.prepare === undefined ? await measureProbe() : await measurePrepare(task.prepare);
const { user, system } = cpuUsage();
console.log(JSON.stringify({ ...result, cpuSeconds: (user + system) / 1e6, peakMegabytes: peakMegabytes() }));
await engine.dispose();

async function measurePrepare(options: PrepareOptions): Promise<object> {
  const started = performance.now();
  let firstPieceSeconds: number | undefined;
  let firstPieceCpuSeconds: number | undefined;
  let pieceCount = 0;
  let byteLength = 0;
  let endSeconds = 0;
  for await (const piece of engine.prepare(sourceAt(task.path), options)) {
    if (firstPieceSeconds === undefined) {
      firstPieceSeconds = (performance.now() - started) / 1000;
      const { user, system } = cpuUsage();
      firstPieceCpuSeconds = (user + system) / 1e6;
    }
    if (Math.abs(piece.startSeconds - endSeconds) > 0.001) throw new Error(`A gap before ${piece.startSeconds} s.`);
    if (piece.problems !== undefined) throw new Error(`Problems: ${JSON.stringify(piece.problems)}`);
    pieceCount++;
    byteLength += piece.bytes.byteLength;
    endSeconds = piece.endSeconds;
  }
  const wallSeconds = (performance.now() - started) / 1000;
  if (task.durationSeconds !== undefined && Math.abs(endSeconds - task.durationSeconds) > 1) {
    throw new Error(`The pieces end at ${endSeconds} s of ${task.durationSeconds} s.`);
  }
  return { wallSeconds, firstPieceSeconds, firstPieceCpuSeconds, pieceCount, byteLength };
}

async function measureProbe(): Promise<object> {
  const cold = performance.now();
  await engine.probe(sourceAt(task.warmUpPath ?? task.path));
  const coldMilliseconds = performance.now() - cold;
  const readBefore = bytesRead();
  const started = performance.now();
  const probe = await engine.probe(sourceAt(task.path));
  const milliseconds = performance.now() - started;
  const readAfter = bytesRead();
  if ((probe.durationSeconds ?? 0) < 60) throw new Error('The probe found no duration.');
  return {
    coldMilliseconds,
    milliseconds,
    ...(readBefore === undefined || readAfter === undefined ? {} : { bytesRead: readAfter - readBefore }),
  };
}

function sourceAt(path: string): AudioSource {
  return { kind: 'file', name: 'recording', path };
}

/** By all threads of this process, as far as the system counts them. */
function bytesRead(): number | undefined {
  return numberIn('/proc/self/io', /^rchar: (\d+)/m);
}

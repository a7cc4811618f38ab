import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioSource, PrepareOptions } from '../../../src/audio/engine.js';
import { EarshotError, isCancelled } from '../../../src/core/errors.js';
import { mediaFormatNames } from '../../../src/core/media.js';
import { createWorkerEngine } from '../../../src/host/audioWorker.js';
import type { WorkerEngine } from '../../../src/host/audioWorker.js';
import { ffmpegNote, hasFfmpeg, makeSound } from '../audio/support/ffmpeg.js';
import { randomNumbers } from '../audio/support/mutate.js';
import { plainFormats } from '../audio/support/plainFormats.js';
import { soundFormats } from '../audio/support/soundFormats.js';
import { wavFile } from '../audio/support/wavFiles.js';
import { buildRealWorker, canCountOpenFiles, openFilesIn, until } from './support/realWorker.js';
import type { RealWorker } from './support/realWorker.js';

const answerMilliseconds = 100;
/** Of the worker itself, where other work of the machine may come between; half of the answers must keep to the bar. */
const patienceMilliseconds = 2000;
const seconds = 20;
const formats = [...plainFormats, ...soundFormats];
const range = { startSeconds: 1.1, endSeconds: seconds - 1 };
const ways: Readonly<Record<string, PrepareOptions | 'probe' | 'sha256'>> = {
  probe: 'probe',
  sha256: 'sha256',
  'to WAV': { formats: ['wav'], maxSeconds: 10, speechWav: true },
  're-packed': { formats: mediaFormatNames, range, maxSeconds: 5 },
  'to MP3': { formats: ['mp3'], maxSeconds: 10, channel: 0 },
  'to Ogg Opus': { formats: ['ogg'], maxSeconds: 10, channel: 0 },
  'to FLAC': { formats: ['flac'], maxSeconds: 10, channel: 0 },
};

let worker: RealWorker;
let engine: WorkerEngine;
/** How long the worker took to be free for the next call. */
const freeAfter: number[] = [];
const random = randomNumbers(3);
const nothing: AudioSource = { kind: 'bytes', name: 'a.wav', bytes: wavFile(new Uint8Array(3200)) };

async function work(source: AudioSource, way: PrepareOptions | 'probe' | 'sha256', signal: AbortSignal): Promise<void> {
  if (way === 'probe') await engine.probe(source, signal);
  else if (way === 'sha256') await engine.sha256(source, signal);
  else for await (const piece of engine.prepare(source, way, signal)) expect(piece.bytes.byteLength).toBeGreaterThan(0);
}

/** @returns Milliseconds to the answer, or undefined when the work was done before the cancel came. */
async function cancelledAfter(
  source: AudioSource,
  way: PrepareOptions | 'probe' | 'sha256',
): Promise<number | undefined> {
  const abort = new AbortController();
  let abortedAt = Number.NaN;
  const timer = setTimeout(
    () => {
      abortedAt = performance.now();
      abort.abort();
    },
    random() ** 2 * 150,
  );
  try {
    await work(source, way, abort.signal);
    return undefined;
  } catch (error) {
    // What a format cannot become fails the same way whether or not it is cancelled.
    if (error instanceof EarshotError && error.reason !== 'bug' && !isCancelled(error)) return undefined;
    if (!isCancelled(error)) throw error;
    const answered = performance.now() - abortedAt;
    await engine.probe(nothing);
    freeAfter.push(performance.now() - abortedAt);
    return answered;
  } finally {
    clearTimeout(timer);
  }
}

describe.skipIf(!hasFfmpeg)(`a cancel at any moment${ffmpegNote}`, () => {
  beforeAll(async () => {
    worker = await buildRealWorker();
    engine = createWorkerEngine({ workerUrl: worker.workerUrl, ffmpeg: () => 'off', coreCount: 2 });
  }, 60_000);
  afterAll(async () => {
    await engine.dispose();
    worker.remove();
  });

  it.each(formats.map((format, index) => [format.name, format, index] as const))(
    '%s: is answered within 100 ms, frees the worker and closes the file',
    async (_, format, index) => {
      const path = join(worker.folder, `${index}-${format.file}`);
      writeFileSync(path, makeSound(format.file, format.args, seconds, format.sampleRate));
      const source: AudioSource = { kind: 'file', name: format.file, path };
      const slow: string[] = [];
      for (const [name, way] of Object.entries(ways)) {
        for (let round = 0; round < (format.isPlain === true ? 1 : 2); round++) {
          const answered = await cancelledAfter(source, way);
          if (answered !== undefined && answered > answerMilliseconds) slow.push(`${name}: ${answered.toFixed(0)} ms`);
        }
      }
      expect(slow).toEqual([]);
      if (canCountOpenFiles) {
        await until(() => openFilesIn(worker.folder).length === 0, patienceMilliseconds);
        expect(openFilesIn(worker.folder)).toEqual([]);
      }
    },
    60_000,
  );

  it('was heard by the worker itself in time, and left no memory behind', async () => {
    expect(freeAfter.length).toBeGreaterThan(formats.length);
    const sorted = [...freeAfter].sort((left, right) => left - right);
    if (process.env['EARSHOT_FIGURES'] !== undefined) {
      console.log([0.5, 0.9, 0.99, 1].map((share) => sorted[Math.ceil(share * sorted.length) - 1]));
    }
    expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(answerMilliseconds);
    expect(sorted.at(-1)).toBeLessThan(patienceMilliseconds);
    const source: AudioSource = {
      kind: 'file',
      name: 'a.mp3',
      path: join(worker.folder, `${plainFormats.length}-a.mp3`),
    };
    const cancelMany = async (): Promise<number> => {
      for (let round = 0; round < 25; round++) await cancelledAfter(source, ways['to MP3'] ?? 'probe');
      return process.memoryUsage().rss;
    };
    const before = await cancelMany();
    expect((await cancelMany()) - before).toBeLessThan(100 << 20);
  }, 60_000);
});

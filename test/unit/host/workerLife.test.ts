import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AudioSource } from '../../../src/audio/engine.js';
import { createWorkerEngine } from '../../../src/host/audioWorker.js';
import type { WorkerEngine } from '../../../src/host/audioWorker.js';
import { createEncoderThread } from '../../../src/host/encoderThread.js';
import { tone } from '../audio/support/signals.js';
import { collect, errorOf } from '../audio/support/sources.js';
import { pcm16, wavFile } from '../audio/support/wavFiles.js';
import { buildRealWorker, pause } from './support/realWorker.js';
import type { RealWorker } from './support/realWorker.js';
import type { Sabotage } from './support/sabotagedWorker.js';

const source: AudioSource = { kind: 'bytes', name: 'speech.wav', bytes: wavFile(pcm16(tone(440, 16_000, 12))) };
const toMp3 = { formats: ['mp3'], maxSeconds: 5 } as const;
let worker: RealWorker;
let started: WorkerEngine[] = [];

function start(): WorkerEngine {
  const engine = createWorkerEngine({
    workerUrl: worker.workerUrl,
    coreCount: 2,
    ffmpeg: () => 'off',
    heapMegabytes: 64,
  });
  started.push(engine);
  return engine;
}

function sabotage(role: Sabotage['role'], how: Sabotage['how'] = 'exit'): void {
  const path = process.env['EARSHOT_SABOTAGE'] ?? '';
  // A thread may be reading it just now.
  writeFileSync(`${path}.new`, JSON.stringify({ role, how }));
  renameSync(`${path}.new`, path);
}

beforeAll(async () => {
  worker = await buildRealWorker('test/unit/host/support/sabotagedWorker.ts');
  process.env['EARSHOT_SABOTAGE'] = join(worker.folder, 'sabotage.json');
}, 60_000);
afterEach(async () => {
  await Promise.all(started.map((engine) => engine.dispose()));
  started = [];
});
afterAll(() => {
  delete process.env['EARSHOT_SABOTAGE'];
  worker.remove();
});

describe.each(['engine', 'encoder'] as const)('the %s thread', (role) => {
  it.each([
    ['exit', 'bug', /stopped unexpectedly\. Try again\.$/],
    ['throw', 'bug', /stopped unexpectedly\. Try again\.$/],
    ['trap', 'bug', /stopped unexpectedly\. Try again\.$/],
    ['memory', 'clip-unreadable', /more memory than there is/],
  ] as const)(
    'that dies for real (%s) is an error with a reason, and the next call works',
    async (how, reason, message) => {
      const engine = start();
      sabotage(role, how);
      const error = await errorOf(collect(engine.prepare(source, toMp3)));
      expect(error.reason).toBe(reason);
      expect(error.message).toMatch(message);
      sabotage('none');
      const pieces = await collect(engine.prepare(source, toMp3));
      expect(pieces.length).toBeGreaterThan(2);
      expect(pieces.at(-1)?.endSeconds).toBe(12);
      expect((await engine.probe(source)).durationSeconds).toBe(12);
    },
    60_000,
  );
});

describe('an encoding thread', () => {
  /** Writes a character every few milliseconds for as long as it lives. */
  const beating = (path: string): string => `
    import { appendFileSync } from 'node:fs';
    import { parentPort } from 'node:worker_threads';
    appendFileSync(${JSON.stringify(path)}, 'S');
    setInterval(() => appendFileSync(${JSON.stringify(path)}, '.'), 5);
    parentPort.on('message', () => undefined);`;

  it('serves one recording after the other, and ends when it has been idle for a while', async () => {
    const log = join(worker.folder, 'beats.txt');
    const path = join(worker.folder, 'beating.mjs');
    writeFileSync(path, beating(log));
    const encoders = createEncoderThread(pathToFileURL(path), 200);
    for (let count = 0; count < 3; count++) {
      const link = await encoders.open({ codec: 'mp3', kilobitsPerSecond: 32 });
      await pause(100);
      link.close();
    }
    expect(readFileSync(log, 'utf8').match(/S/g)).toHaveLength(1);
    await pause(600);
    const size = statSync(log).size;
    expect(size).toBeGreaterThan(3);
    await pause(100);
    expect(statSync(log).size).toBe(size);
    const again = await encoders.open({ codec: 'mp3', kilobitsPerSecond: 32 });
    await pause(300);
    expect(readFileSync(log, 'utf8').match(/S/g)).toHaveLength(2);
    again.close();
  });
});

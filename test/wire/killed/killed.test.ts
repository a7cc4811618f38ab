import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startOpenAIServer, type OpenAIServer } from '../../support/openaiServer/server.ts';
import { toneWordList, toneWords } from '../../support/openaiServer/tones.ts';
import { buildAsShipped } from '../../unit/audio/support/buildAsShipped.js';
import type { ChildJob } from './transcribeChild.js';

// A transcription in a process of its own, which is ended without warning again and again.

const path = '/v1/audio/transcriptions';
const jobCount = 5;
const killsPerJob = 4;
const words = Array.from({ length: 110 }, (_, index) => toneWordList[(index * 7 + Math.floor(index / 36)) % 36] ?? '');

/** Numbers from 0 to 1, the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('a transcription whose process is killed', () => {
  let folder: string;
  let server: OpenAIServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-killed-'));
    await buildAsShipped(
      { audioWorker: 'src/host/audioWorkerMain.ts', child: 'test/wire/killed/transcribeChild.ts' },
      folder,
    );
    writeFileSync(join(folder, 'meeting.wav'), toneWords(words, { gapSeconds: 0.6 }).wav);
    server = await startOpenAIServer({ recogniser: 'tones' });
  }, 60_000);
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const jobOf = (name: string): ChildJob => ({
    recording: join(folder, 'meeting.wav'),
    workerUrl: pathToFileURL(join(folder, 'audioWorker.mjs')).href,
    baseUrl: server.baseUrl,
    journalFolder: join(folder, `journal-${name}`),
    transcript: join(folder, `${name}.vtt`),
    concurrency: name === 'undisturbed' ? 1 : 3,
    now: '2026-11-21T10:00:00Z',
  });

  function start(job: ChildJob) {
    const child = spawn(process.execPath, [join(folder, 'child.mjs'), JSON.stringify(job)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    return { child, ended, errors: () => errors };
  }

  async function run(job: ChildJob): Promise<string> {
    const { ended, errors } = start(job);
    expect(await ended, errors()).toBe(0);
    return readFileSync(job.transcript, 'utf8');
  }

  /** What the server was sent, one hash for each request: no two parts sound alike. */
  const sent = (from = 0): readonly string[] =>
    server
      .requestsTo(path)
      .slice(from)
      .map(({ audio }) =>
        createHash('sha256')
          .update(audio[0]?.bytes ?? new Uint8Array())
          .digest('hex'),
      );

  /** Where the parts begin that are on disk, whole. */
  function journalled({ journalFolder }: ChildJob): readonly number[] {
    if (!existsSync(journalFolder)) return [];
    return readdirSync(journalFolder).flatMap((name) =>
      readFileSync(join(journalFolder, name), 'utf8')
        .split('\n')
        .flatMap((line) => {
          try {
            const { record } = JSON.parse(line) as { record: { segments?: unknown; startSeconds?: number } };
            return record.segments !== undefined && record.startSeconds !== undefined ? [record.startSeconds] : [];
          } catch {
            return [];
          }
        }),
    );
  }

  it(`ends in the same file after ${jobCount * killsPerJob} kills, and asks for no finished part again`, async () => {
    const undisturbedJob = jobOf('undisturbed');
    const undisturbed = await run(undisturbedJob);
    const starts = [...journalled(undisturbedJob)].sort((left, right) => left - right);
    // One after the other, so that requests are in the order of parts.
    const hashes = new Map(sent().map((hash, index) => [starts[index], hash]));
    expect(starts.length).toBeGreaterThan(18);
    expect(new Set(hashes.values()).size).toBe(starts.length);

    const random = seeded(21);
    let killCount = 0;
    let sparedCount = 0;
    for (let count = 0; count < jobCount; count++) {
      const job = jobOf(`killed-${count}`);
      for (let kill = 0; kill <= killsPerJob; kill++) {
        const before = server.requestsTo(path).length;
        const finished = new Set(journalled(job).map((startSeconds) => hashes.get(startSeconds)));
        const isLast = kill === killsPerJob;
        if (!isLast) server.failNext(path, { kind: 'delay', milliseconds: 40 }, 200);
        const { child, ended, errors } = start(job);
        if (!isLast) {
          const atRequest = before + Math.floor(random() * 7);
          while (server.requestsTo(path).length < atRequest && child.exitCode === null) await pause(2);
          await pause(random() * 120);
          child.kill('SIGKILL');
          if ((await ended) === null) killCount += 1;
          await server.settled();
        } else expect(await ended, errors()).toBe(0);
        expect(sent(before).filter((hash) => finished.has(hash))).toEqual([]);
        sparedCount += finished.size;
      }
      expect(readFileSync(job.transcript, 'utf8')).toBe(undisturbed);
    }
    expect(server.problems).toEqual([]);
    expect(killCount).toBeGreaterThanOrEqual(jobCount * killsPerJob - 2);
    // Otherwise nothing was there to be spared.
    expect(sparedCount).toBeGreaterThan(starts.length);
  }, 400_000);
});

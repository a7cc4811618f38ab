import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Piece } from '../../src/audio/engine.js';
import { serialiseTranscript } from '../../src/core/formats/transcriptFile.js';
import { createJobJournals } from '../../src/host/jobJournals.js';
import { createRequestLimits } from '../../src/workflows/requestLimits.js';
import { transcribeClip } from '../../src/workflows/transcribeClip.js';
import { aClip, FakeEngine } from '../support/fakes.js';
import type { Failure } from '../support/openaiServer/failures.ts';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { toneWordList, toneWords } from '../support/openaiServer/tones.ts';
import { never, providerOf, WireContext } from './askServer.ts';

// A recording of forty parts through the real provider to a server that decodes what it hears, over a line that fails.

const path = '/v1/audio/transcriptions';
const partCount = 40;
const parts = Array.from({ length: partCount }, (_, index) =>
  toneWords([0, 1, 2].map((word) => toneWordList[(index * 5 + word * 7) % 36] ?? '')),
);
const partSeconds = parts[0]?.durationSeconds ?? 1;
const pieces: readonly Piece[] = parts.map(({ wav }, index) => ({
  bytes: wav,
  format: 'wav',
  startSeconds: index * partSeconds,
  endSeconds: (index + 1) * partSeconds,
}));

const failures: readonly Failure[] = [
  { kind: 'status', status: 500 },
  { kind: 'reset-before-headers' },
  { kind: 'malformed-json' },
  { kind: 'status', status: 429, retryAfterMilliseconds: 20 },
  { kind: 'empty' },
  { kind: 'html' },
];

/** Numbers from 0 to 1, the same each time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

describe('a recording of many parts', () => {
  let server: OpenAIServer;
  let folder: string;
  beforeAll(async () => {
    server = await startOpenAIServer({ recogniser: 'tones' });
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    server.reset();
    folder = await mkdtemp(join(tmpdir(), 'earshot-flaky-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const transcribe = async (signal = never(), isKept = false) => {
    const models = { 'whisper-1': { transcription: true, inputFormats: ['wav'], transcriptTimes: 'segments' } };
    const provider = providerOf(server, 'openai', new WireContext(), { models });
    const model = await provider.model('whisper-1');
    const engine = new FakeEngine();
    engine.pieces = pieces;
    engine.probed = { ...engine.probed, durationSeconds: partCount * partSeconds };
    const outcome = await transcribeClip(
      aClip(),
      { chosen: { provider, model } },
      {
        engine,
        now: () => new Date('2026-11-21T10:00:00Z'),
        permit: () => Promise.resolve(),
        requestLimit: createRequestLimits(() => 4),
        ...(isKept
          ? { journals: createJobJournals({ folder, maxBytes: () => 1e7, warn: (line) => expect.fail(line) }) }
          : {}),
      },
      signal,
    );
    return { ...outcome, file: serialiseTranscript(outcome.transcript, () => 'sum') };
  };

  it.each([1, 2, 3])(
    'comes out the same when a tenth of the requests fail (%i)',
    async (seed) => {
      const undisturbed = await transcribe();
      expect(undisturbed.transcript.segments.map(({ text }) => text.trim()).join(' ')).toBe(
        parts.map(({ text }) => text).join(' '),
      );
      server.reset();
      const random = seeded(seed);
      let failedCount = 0;
      for (let index = 0; index < 3 * partCount; index++) {
        const isFailure = random() < 0.1;
        if (isFailure && index < partCount) failedCount += 1;
        const failure = failures[Math.floor(random() * failures.length)];
        server.failNext(path, isFailure && failure !== undefined ? failure : { kind: 'delay', milliseconds: 1 });
      }
      const { file, stoppedBy } = await transcribe();
      expect(stoppedBy).toBeUndefined();
      expect(file).toBe(undisturbed.file);
      expect(failedCount).toBeGreaterThan(0);
      expect(server.requestsTo(path).length).toBeGreaterThanOrEqual(partCount + failedCount);
      expect(server.problems).toEqual([]);
    },
    60_000,
  );

  it('is finished after being stopped again and again, with each part answered once', async () => {
    const { file } = await transcribe();
    server.reset();
    const random = seeded(7);
    let answered = 0;
    for (let stop = 0; stop < 6; stop++) {
      const controller = new AbortController();
      const stopAfter = 2 + Math.floor(random() * 5);
      const work = transcribe(controller.signal, true).catch(() => undefined);
      await server.waitForRequest(path, answered + stopAfter);
      controller.abort();
      await work;
      await server.settled();
      answered = server.requestsTo(path).length;
    }
    const { file: resumed } = await transcribe(never(), true);
    expect(resumed).toBe(file);
    // Of those that were on their way at a stop the answer is lost: at most four each time.
    expect(server.requestsTo(path).length).toBeLessThanOrEqual(partCount + 6 * 4);
    const before = server.requestsTo(path).length;
    expect((await transcribe(never(), true)).file).toBe(file);
    expect(server.requestsTo(path)).toHaveLength(before);
  }, 60_000);
});

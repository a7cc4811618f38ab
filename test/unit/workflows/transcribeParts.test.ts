import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Piece } from '../../../src/audio/engine.js';
import { serialiseTranscript } from '../../../src/core/formats/transcriptFile.js';
import { cancelled, EarshotError } from '../../../src/core/errors.js';
import { createJobJournals } from '../../../src/host/jobJournals.js';
import type { TranscriptionEvent, TranscriptionRequest } from '../../../src/providers/provider.js';
import type { Intention } from '../../../src/workflows/gate.js';
import type { JobJournals } from '../../../src/workflows/ports.js';
import { createRequestLimit } from '../../../src/workflows/requestLimits.js';
import { transcribeClip, type TranscribeOptions } from '../../../src/workflows/transcribeClip.js';
import { aClip, aModel, FakeEngine, FakeProvider, thrownBy } from '../../support/fakes.js';

const partCount = 7;
const pieces: readonly Piece[] = Array.from({ length: partCount }, (_, index) => ({
  bytes: new Uint8Array([index]),
  format: 'wav',
  startSeconds: index * 10.1,
  endSeconds: (index + 1) * 10.1,
}));
const durationSeconds = partCount * 10.1;

type Behaviour = (part: number, attempt: number) => Error | Promise<void> | undefined;

/** Says the number of the part, whenever it is asked for it, unless the test has it do something else. */
class PartProvider extends FakeProvider {
  readonly asked: number[] = [];
  readonly answered: number[] = [];
  behave: Behaviour = () => undefined;
  active = 0;
  mostActive = 0;

  override async *transcribe(request: TranscriptionRequest): AsyncGenerator<TranscriptionEvent> {
    const part = request.audio.bytes[0] ?? -1;
    const attempt = this.asked.filter((one) => one === part).length;
    this.asked.push(part);
    this.active += 1;
    this.mostActive = Math.max(this.mostActive, this.active);
    try {
      const what = this.behave(part, attempt);
      await Promise.resolve();
      yield { type: 'segment', segment: { startSeconds: 0.1, endSeconds: 2, text: `begin ${part}` } };
      if (what instanceof Error) throw what;
      await what;
      yield { type: 'segment', segment: { startSeconds: 2.2, endSeconds: 9, text: `end ${part}` } };
      yield { type: 'language', language: part === 0 ? 'en' : 'de' };
      yield { type: 'usage', usage: { audioSeconds: 10.1 } };
      this.answered.push(part);
    } finally {
      this.active -= 1;
    }
  }
}

function setUp(journals?: JobJournals, concurrency = 3) {
  const model = aModel('fake', 'listener', { transcription: true, inputFormats: ['wav'] });
  const provider = new PartProvider('fake', [model]);
  const engine = new FakeEngine();
  engine.pieces = pieces;
  engine.probed = { ...engine.probed, byteLength: 7000, durationSeconds };
  const permitted: Intention[] = [];
  const controller = new AbortController();
  const limit = createRequestLimit(() => concurrency);
  const reported: number[] = [];
  const run = async (changed: Partial<TranscribeOptions> = {}, date = '2026-11-20T10:00:00.500Z') => {
    const outcome = await transcribeClip(
      aClip(),
      { chosen: { provider, model }, ...changed },
      {
        engine,
        now: () => new Date(date),
        permit: (intention) => {
          permitted.push(intention);
          return Promise.resolve();
        },
        requestLimit: () => limit,
        ...(journals === undefined ? {} : { journals }),
      },
      controller.signal,
      ({ completeUntilSeconds }) => reported.push(completeUntilSeconds),
    );
    return { ...outcome, file: serialiseTranscript(outcome.transcript, () => 'sum') };
  };
  return { provider, engine, run, permitted, controller, reported };
}

const unreachable = new EarshotError('unreachable', 'The line broke.');
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

describe('transcribing the parts of a recording', () => {
  let folder: string;
  let journals: JobJournals;
  let undisturbed: string;
  const warnings: string[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-jobs-'));
    journals = reopened();
    undisturbed = (await setUp().run()).file;
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** As another window, or the same after it was closed, sees it. */
  const reopened = () => createJobJournals({ folder, maxBytes: () => 1e6, warn: (line) => warnings.push(line) });

  it('has several on their way at once, as many as allowed, and puts them in order whichever is answered first', async () => {
    const { provider, run, reported } = setUp();
    provider.behave = (part) => new Promise((resolve) => setTimeout(resolve, part % 3 === 0 ? 30 : 1));
    const { file } = await run();
    expect(file).toBe(undisturbed);
    expect(provider.mostActive).toBe(3);
    expect(provider.answered).not.toEqual(range(0, partCount));
    expect(reported).toEqual([...reported].sort((left, right) => left - right));
    expect(reported.at(-1)).toBeCloseTo(durationSeconds);
  });

  it('holds one prepared part more than are on their way, and no more', async () => {
    const { provider, engine, run } = setUp();
    let prepared = 0;
    let most = 0;
    engine.prepare = async function* () {
      for (const piece of pieces) {
        most = Math.max(most, ++prepared - provider.answered.length);
        yield await Promise.resolve(piece);
      }
    };
    provider.behave = () => new Promise((resolve) => setTimeout(resolve, 2));
    await run();
    expect(most).toBe(4);
  });

  it('asks once more in the end for a part that failed, and then misses nothing', async () => {
    const { provider, run } = setUp();
    provider.behave = (part, attempt) => (part % 3 === 1 && attempt === 0 ? unreachable : undefined);
    const { file, stoppedBy } = await run();
    expect(stoppedBy).toBeUndefined();
    expect(file).toBe(undisturbed);
    expect(provider.asked.slice(-2)).toEqual([1, 4]);
  });

  it('ends at the first gap when a part fails for good, and keeps the later parts for the next time', async () => {
    const { provider, run } = setUp(journals);
    provider.behave = (part) => (part === 2 ? unreachable : undefined);
    const { transcript, stoppedBy } = await run();
    expect(stoppedBy).toMatchObject({ reason: 'unreachable' });
    expect(transcript.segments.map(({ text }) => text)).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2']);
    expect(transcript.provenance.completeUntilSeconds).toBeCloseTo(2 * 10.1 + 2);
    const next = setUp(reopened());
    const resumed = await next.run();
    expect(next.provider.asked).toEqual([2]);
    expect(resumed.file).toBe(undisturbed);
  });

  it('gives up when one part after another fails', async () => {
    const { provider, run } = setUp(journals, 1);
    provider.behave = (part) => (part > 0 ? unreachable : undefined);
    expect((await run()).stoppedBy).toMatchObject({ reason: 'unreachable' });
    expect(provider.asked).toEqual([0, 1, 2, 3]);
  });

  it('sends nothing more once the key is refused', async () => {
    const { provider, run } = setUp(journals, 1);
    provider.behave = (part) => (part === 2 ? new EarshotError('invalid-key', 'Refused.') : undefined);
    expect((await run()).stoppedBy).toMatchObject({ reason: 'invalid-key' });
    expect(provider.asked).toEqual([0, 1, 2]);
  });

  it('waits as long as a server asks that has had too much, and misses nothing', async () => {
    const { provider, run } = setUp();
    const tooMuch = new EarshotError('rate-limited', 'Too many.', { retryAfterSeconds: 0.05 });
    provider.behave = (part, attempt) => (part < 3 && attempt === 0 ? tooMuch : undefined);
    expect((await run()).file).toBe(undisturbed);
    expect(provider.asked).toHaveLength(partCount + 3);
  });

  it.each(range(0, partCount))('goes on after an end at part %i with what is missing, to the same file', async (at) => {
    // The end of the process: the part has been answered, and nothing that comes after it happens any more.
    const dying: JobJournals = {
      open: async (key, now) => {
        const journal = await journals.open(key, now);
        return {
          ...journal,
          addPart: async (part) => {
            if (part.startSeconds >= at * 10.1 - 1e-6) throw new Error('killed');
            await journal.addPart(part);
          },
        };
      },
    };
    const killed = setUp(dying, 1);
    expect((await killed.run()).stoppedBy?.message).toMatch(/killed/);
    expect(killed.provider.asked).toEqual(range(0, at + 1));
    const next = setUp(reopened());
    const { file } = await next.run({}, '2026-11-20T23:59:00Z');
    expect(next.provider.asked).toEqual(range(at, partCount));
    // A job of which nothing was finished has only just begun.
    expect(file).toBe(at === 0 ? undisturbed.replace('10:00:00', '23:59:00') : undisturbed);
    expect(next.permitted[0]?.audioSeconds).toBeCloseTo((partCount - at) * 10.1);
    expect(next.permitted[0]?.byteLength).toBe((partCount - at) * 1000);
  });

  it('goes on after a cancellation', async () => {
    const { provider, run, controller } = setUp(journals);
    provider.behave = (part) => {
      if (part < 4) return undefined;
      controller.abort();
      return cancelled();
    };
    expect((await run()).stoppedBy).toMatchObject({ reason: 'cancelled' });
    const next = setUp(reopened());
    expect((await next.run()).file).toBe(undisturbed);
    expect(next.provider.asked).not.toContain(0);
    expect(new Set([...provider.answered, ...next.provider.asked]).size).toBe(partCount);
    expect(provider.answered.length + next.provider.asked.length).toBe(partCount);
  });

  it('asks nobody, not even the user, for what is there as a whole', async () => {
    await setUp(journals).run();
    const next = setUp(reopened());
    expect((await next.run({}, '2026-12-24T10:00:00Z')).file).toBe(undisturbed);
    expect(next.provider.asked).toEqual([]);
    expect(next.permitted).toEqual([]);
    expect(next.engine.prepared).toEqual([]);
  });

  it.each([
    ['another language', { language: 'fr' }],
    ['another glossary', { glossary: ['Earshot'] }],
  ])('asks anew for %s', async (_what, changed) => {
    await setUp(journals).run();
    const next = setUp(reopened());
    await next.run(changed);
    expect(next.provider.asked).toHaveLength(partCount);
  });

  it('believes only parts that lie where they lie now', async () => {
    const { provider, run } = setUp(journals);
    provider.behave = (part) => (part === 6 ? unreachable : undefined);
    await run();
    const next = setUp(reopened());
    next.engine.pieces = pieces.map((piece, index) =>
      index === 3 ? { ...piece, endSeconds: 39 } : index === 4 ? { ...piece, startSeconds: 39 } : piece,
    );
    await next.run();
    expect(next.provider.asked.sort()).toEqual([3, 4, 6]);
  });

  it('does not keep that nobody spoke', async () => {
    const silent = setUp(journals);
    silent.provider.transcribe = async function* () {
      yield await Promise.resolve({ type: 'text', text: ' ' } as const);
    };
    expect(await thrownBy(silent.run())).toMatchObject({ reason: 'no-speech' });
    const next = setUp(reopened());
    await next.run();
    expect(next.provider.asked).toHaveLength(partCount);
    expect(warnings).toEqual([]);
  });

  const loop = 'thank you very much '.repeat(8);
  const halved: Piece[] = [];
  /** An engine that gives a range of part 3 the number 33, and a recogniser that hangs on the numbers given. */
  function hanging(hangsOn: readonly number[], ports?: JobJournals) {
    const all = setUp(ports);
    halved.length = 0;
    all.engine.prepare = async function* (_source, { range: part }) {
      if (part === undefined) yield* pieces;
      else {
        const piece: Piece = { bytes: new Uint8Array([33]), format: 'wav', ...part };
        halved.push(piece);
        yield await Promise.resolve(piece);
      }
    };
    const asked: number[] = [];
    all.provider.transcribe = async function* ({ audio }) {
      const part = audio.bytes[0] ?? -1;
      asked.push(part);
      const text = hangsOn.includes(part) ? loop : `words of ${part}`;
      yield await Promise.resolve({ type: 'segment', segment: { startSeconds: 0, endSeconds: 5, text } } as const);
      yield { type: 'usage', usage: { audioSeconds: audio.durationSeconds ?? 0 } } as const;
    };
    return { ...all, asked };
  }

  it('asks once more in two halves for a part whose text loops', async () => {
    const { run, asked } = hanging([3]);
    const { transcript, warnings: told } = await run();
    expect(asked.filter((part) => part === 33)).toHaveLength(2);
    expect(halved.map(({ endSeconds }) => endSeconds / 10.1)).toEqual([expect.closeTo(3.5), expect.closeTo(4)]);
    expect(halved[1]?.startSeconds).toBe(halved[0]?.endSeconds);
    expect(transcript.segments.map(({ text }) => text)).toEqual(
      [0, 1, 2, 33, 33, 4, 5, 6].map((part) => `words of ${part}`),
    );
    expect(transcript.segments[4]?.startSeconds).toBeCloseTo(3.5 * 10.1);
    expect(transcript.provenance.usage?.audioSeconds).toBeCloseTo(8 * 10.1);
    expect(told).toEqual([]);
  });

  it('tells of a part that stays doubtful, also when it comes from the journal', async () => {
    const { run } = hanging([3, 33], journals);
    const told = [
      'The transcript of interview.wav may hold what nobody said: at 0:30 the text repeats itself. Listen there, or transcribe it with another model.',
    ];
    expect((await run()).warnings).toEqual(told);
    const next = hanging([], reopened());
    expect((await next.run()).warnings).toEqual(told);
    expect(next.asked).toEqual([]);
  });

  it('tells of text where there is nothing to hear', async () => {
    const { engine, provider, run } = setUp();
    engine.isSilent = (...given: readonly unknown[]) => {
      const [, { range: part }] = given as [unknown, { readonly range?: Pick<Piece, 'startSeconds'> }];
      return Promise.resolve(part?.startSeconds === pieces[5]?.startSeconds);
    };
    expect((await run()).warnings[0]).toMatch(/at 0:51 there is nothing to hear/);
    expect(provider.asked).toHaveLength(partCount);
  });
});

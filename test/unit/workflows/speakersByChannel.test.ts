import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Piece, PrepareOptions } from '../../../src/audio/engine.js';
import { serialiseTranscript } from '../../../src/core/formats/transcriptFile.js';
import { EarshotError } from '../../../src/core/errors.js';
import { createJobJournals } from '../../../src/host/jobJournals.js';
import type { TranscriptionEvent, TranscriptionRequest } from '../../../src/providers/provider.js';
import type { TextSoFar } from '../../../src/workflows/textSoFar.js';
import { transcribeClip, type TranscribeOptions } from '../../../src/workflows/transcribeClip.js';
import { aClip, aModel, FakeEngine, FakeProvider } from '../../support/fakes.js';

const partSeconds = 10;
const partCount = 4;

/** A call of two channels in parts; a piece holds the number of its channel and of its part. */
class CallEngine extends FakeEngine {
  silentChannels: readonly number[] = [];
  /** Where one channel is silent: its number and the second that a part begins at. */
  silentPart: readonly [number, number] | undefined;
  override probed = {
    container: 'wav',
    codec: 'pcm-s16',
    byteLength: 4000,
    durationSeconds: partCount * partSeconds,
    channels: 2,
  } as const;

  override async *prepare(_source: unknown, options: PrepareOptions): AsyncGenerator<Piece> {
    this.prepared.push(options);
    for (let part = 0; part < partCount; part++) {
      yield await Promise.resolve({
        bytes: new Uint8Array([options.channel ?? 9, part]),
        format: 'wav',
        startSeconds: part * partSeconds,
        endSeconds: (part + 1) * partSeconds,
      } as const);
    }
  }

  override isSilent: FakeEngine['isSilent'] = (_source, { channel, range } = {}) => {
    if (channel === undefined) return Promise.resolve(false);
    const [silent, startSeconds] = this.silentPart ?? [];
    const isPart = range !== undefined && channel === silent && range.startSeconds === startSeconds;
    return Promise.resolve(isPart || this.silentChannels.includes(channel));
  };
}

/** Hears in each part who speaks and in which part, once; the right side speaks a second later. */
class CallProvider extends FakeProvider {
  readonly asked: string[] = [];
  fails: (piece: string) => Error | undefined = () => undefined;

  override async *transcribe({ audio }: TranscriptionRequest): AsyncGenerator<TranscriptionEvent> {
    const [channel = 0, part = 0] = audio.bytes;
    const piece = `${channel}.${part}`;
    this.asked.push(piece);
    const failure = this.fails(piece);
    if (failure !== undefined) throw failure;
    // The left side is slow, so that the right one is ahead.
    for (let turn = 0; turn < (channel === 0 ? 20 : 1); turn++) await Promise.resolve();
    const startSeconds = channel === 1 ? 2 : 1;
    const segment = { startSeconds, endSeconds: startSeconds + 2, text: piece };
    if (channel !== 7) yield { type: 'segment', segment };
    yield { type: 'usage', usage: { audioSeconds: partSeconds } };
  }
}

const whole = ['Left 0.0', 'Right 1.0', 'Left 0.1', 'Right 1.1', 'Left 0.2', 'Right 1.2', 'Left 0.3', 'Right 1.3'];

describe('a recording with one speaker on each channel', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'earshot-sides-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  function setUp() {
    const model = aModel('fake', 'listener', {
      transcription: true,
      inputFormats: ['wav'],
      prices: { perAudioMinute: 0.06 },
    });
    const provider = new CallProvider('fake', [model]);
    const engine = new CallEngine();
    const permitted: (number | undefined)[] = [];
    const deliveries = new Set<string | undefined>();
    const told: TextSoFar[] = [];
    const run = (changed: Partial<TranscribeOptions> = {}) =>
      transcribeClip(
        aClip('call.wav'),
        {
          chosen: { provider, model },
          speakers: 'channels',
          onText: ({ settled, open, provenance }) => told.push({ settled: [...settled], open: [...open], provenance }),
          ...changed,
        },
        {
          engine,
          now: () => new Date('2026-11-21T10:00:00Z'),
          permit: ({ audioSeconds }) => {
            permitted.push(audioSeconds);
            return Promise.resolve();
          },
          journals: createJobJournals({ folder, maxBytes: () => 1e7, warn: (line) => expect.fail(line) }),
        },
        new AbortController().signal,
        ({ delivery }) => deliveries.add(delivery),
      );
    return { provider, engine, run, permitted, deliveries, told };
  }

  const linesOf = (segments: TextSoFar['settled']): string[] =>
    segments.map(({ speaker = 'nobody', text }) => `${speaker} ${text}`);

  it('is heard side by side and put together in the order of time', async () => {
    const { run, permitted, deliveries } = setUp();
    const { transcript, warnings, stoppedBy } = await run();
    expect(linesOf(transcript.segments)).toEqual(whole);
    expect(transcript.provenance).toMatchObject({ speakersFrom: 'channels', usage: { audioSeconds: 80 } });
    expect(warnings).toEqual([]);
    expect(stoppedBy).toBeUndefined();
    expect(permitted).toEqual([80]);
    expect([...deliveries]).toEqual(['sent as it is, each channel by itself, about $0.0800']);
    expect(serialiseTranscript(transcript, () => 'sum')).toMatch(/\nspeakers: one on each channel\n/);
  });

  it('grows in the order of time, and nothing that is final changes', async () => {
    const { run, told } = setUp();
    await run();
    let before: readonly string[] = [];
    for (const { settled, open } of told) {
      const lines = linesOf(settled);
      expect(lines.slice(0, before.length)).toEqual(before);
      expect(whole.slice(0, lines.length)).toEqual(lines);
      const all = [...settled, ...open].map(({ startSeconds }) => startSeconds);
      expect(all).toEqual([...all].sort((left, right) => left - right));
      before = lines;
    }
    expect(before).toEqual(whole);
    expect(told.length).toBeGreaterThan(4);
  });

  it('is the same after it was stopped, and asks for no part again', async () => {
    const undisturbed = serialiseTranscript((await setUp().run()).transcript, () => 'sum');
    await rm(folder, { recursive: true });
    const { provider, run, permitted } = setUp();
    provider.fails = (piece) => (piece === '1.2' ? new EarshotError('invalid-key', 'No.') : undefined);
    const { transcript, stoppedBy } = await run();
    expect(stoppedBy?.reason).toBe('invalid-key');
    expect(transcript.provenance.completeUntilSeconds).toBe(20);
    expect(linesOf(transcript.segments)).toEqual(whole.slice(0, 4));
    const answered = provider.asked.filter((piece) => piece !== '1.2');
    provider.fails = () => undefined;
    provider.asked.length = 0;
    const resumed = await run();
    expect(serialiseTranscript(resumed.transcript, () => 'sum')).toBe(undisturbed);
    expect(provider.asked.filter((piece) => answered.includes(piece))).toEqual([]);
    expect(permitted[1]).toBe(80 - partSeconds * answered.length);
    provider.asked.length = 0;
    const kept = await run();
    expect(serialiseTranscript(kept.transcript, () => 'sum')).toBe(undisturbed);
    expect(provider.asked).toEqual([]);
    expect(permitted).toHaveLength(2);
  });

  it('leaves out a side on which nobody speaks, and says so', async () => {
    const { engine, run, permitted } = setUp();
    engine.silentChannels = [0];
    const { transcript, warnings } = await run();
    expect(linesOf(transcript.segments)).toEqual(whole.filter((line) => line.startsWith('Right')));
    expect(warnings).toEqual(['The left channel of call.wav is silent and was left out.']);
    expect(permitted).toEqual([40]);
  });

  it('has text doubted that stands where its own side is silent, whoever speaks on the other', async () => {
    const { engine, run } = setUp();
    engine.silentPart = [1, 20];
    const { warnings } = await run();
    expect(warnings).toEqual([
      'The transcript of call.wav may hold what nobody said: at 0:20 there is nothing to hear. Listen there, or transcribe it with another model.',
    ]);
  });

  it('is heard as one where it has another number of channels, or nobody asked for sides', async () => {
    const { engine, provider, run } = setUp();
    await run({ speakers: 'auto' });
    engine.probed = { ...engine.probed, channels: 1 } as unknown as CallEngine['probed'];
    const { transcript } = await run();
    expect(provider.asked).toEqual(['9.0', '9.1', '9.2', '9.3']);
    expect(transcript.provenance.speakersFrom).toBeUndefined();
  });

  it('names nobody where no speakers are wanted, and pays nothing for that', async () => {
    const { provider, run, told } = setUp();
    provider.transcribe = async function* () {
      provider.asked.push('x');
      yield await Promise.resolve({
        type: 'segment',
        segment: { startSeconds: 0, endSeconds: 1, text: 'hello', speaker: 'A' },
      } as const);
    };
    expect(linesOf((await run({ speakers: 'auto' })).transcript.segments)[0]).toBe('A hello');
    const { length } = provider.asked;
    expect(linesOf((await run({ speakers: 'off' })).transcript.segments)[0]).toBe('nobody hello');
    expect(linesOf(told.at(-1)?.settled ?? [])[0]).toBe('nobody hello');
    expect(provider.asked).toHaveLength(length);
  });
});

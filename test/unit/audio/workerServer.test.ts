import { beforeEach, describe, expect, it } from 'vitest';
import type { SoundAnalysis } from '../../../src/audio/analyse/analyseSound.js';
import type { Delivery } from '../../../src/audio/delivery.js';
import type { AudioEngine, Piece } from '../../../src/audio/engine.js';
import type { AudioAnswer, AudioAsk } from '../../../src/audio/workerProtocol.js';
import { serveAudioEngine } from '../../../src/audio/workerServer.js';
import { EarshotError } from '../../../src/core/errors.js';
import { aBytesSource } from './support/sources.js';

const source = aBytesSource(new Uint8Array(10));
const options = { formats: ['wav'] } as const;

const level = { secondsPerBin: 1, minimum: new Int16Array(3), maximum: new Int16Array(3), rms: new Uint16Array(3) };
const analysis: SoundAnalysis = {
  durationSeconds: 3,
  peaks: [level],
  speech: [],
  silences: [{ startSeconds: 0, endSeconds: 3 }],
  speechSeconds: 0,
  loudestDecibels: -120,
  samplePeakDecibels: -120,
  clippedSampleCount: 0,
  isEffectivelySilent: true,
  problems: [],
};

class ScriptedEngine implements AudioEngine {
  made = 0;
  ended = 0;
  signal: AbortSignal | undefined;
  probe = (): Promise<never> =>
    Promise.reject(new EarshotError('clip-empty', 'a.wav is empty.', { detail: 'log only', cause: new Error('x') }));
  sha256 = (): Promise<string> => Promise.reject(new RangeError('Oops.'));
  plan = (): Promise<Delivery> =>
    Promise.resolve({ way: 'as-it-is', format: 'wav', reason: 'sent as it is', partCount: 1 });
  isSilent = (): Promise<boolean> => Promise.resolve(true);
  analyse = (): Promise<SoundAnalysis> => Promise.resolve(analysis);
  async *prepare(_source: unknown, _options: unknown, signal?: AbortSignal): AsyncGenerator<Piece> {
    this.signal = signal;
    try {
      for (;;) {
        this.made++;
        await Promise.resolve();
        yield { bytes: new Uint8Array(8), format: 'wav', startSeconds: this.made, endSeconds: this.made + 1 };
        if (this.made === 3) return;
      }
    } finally {
      this.ended++;
    }
  }
}

let engine: ScriptedEngine;
let send: (ask: AudioAsk) => void;
let sent: { answer: AudioAnswer; transfer: readonly ArrayBuffer[] }[];

/** Lets everything that was started run to where it waits. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}

beforeEach(() => {
  engine = new ScriptedEngine();
  sent = [];
  serveAudioEngine(
    {
      postMessage: (answer, transfer) => void sent.push({ answer, transfer }),
      onMessage: (listener) => {
        send = listener;
      },
    },
    engine,
  );
});

describe('serving the audio engine', () => {
  it('answers with the plan, the analysis and the silence, and hands the wave form over', async () => {
    send({ type: 'plan', id: 1, source, options });
    send({ type: 'analyse', id: 2, source, options: {} });
    send({ type: 'isSilent', id: 3, source, options: {} });
    await settle();
    expect(sent.map(({ answer }) => answer.type)).toEqual(['plan', 'analyse', 'isSilent']);
    expect(sent[0]?.answer).toMatchObject({ plan: { reason: 'sent as it is' } });
    expect(sent[1]?.answer).toEqual({ type: 'analyse', id: 2, analysis });
    expect(sent[1]?.transfer).toEqual([level.minimum.buffer, level.maximum.buffer, level.rms.buffer]);
    expect(sent[2]?.answer).toEqual({ type: 'isSilent', id: 3, isSilent: true });
  });

  it('makes a piece only when it is asked for, and says when there are no more', async () => {
    send({ type: 'prepare', id: 1, source, options });
    await settle();
    expect(engine.made).toBe(0);
    for (let count = 1; count <= 3; count++) {
      send({ type: 'next', id: 1 });
      await settle();
      expect(engine.made).toBe(count);
    }
    send({ type: 'next', id: 1 });
    await settle();
    expect(sent.map(({ answer }) => answer.type)).toEqual(['piece', 'piece', 'piece', 'end']);
  });

  it('hands the bytes of a piece over instead of copying them', async () => {
    send({ type: 'prepare', id: 1, source, options });
    send({ type: 'next', id: 1 });
    await settle();
    const [first] = sent;
    expect(first?.answer.type === 'piece' && first.transfer[0] === first.answer.piece.bytes.buffer).toBe(true);
  });

  it('frees a call that is cancelled between two pieces', async () => {
    send({ type: 'prepare', id: 1, source, options });
    send({ type: 'next', id: 1 });
    await settle();
    send({ type: 'cancel', id: 1 });
    await settle();
    expect(engine.signal?.aborted).toBe(true);
    expect(engine.ended).toBe(1);
    send({ type: 'next', id: 1 });
    await settle();
    expect(sent.at(-1)?.answer).toEqual({ type: 'end', id: 1 });
  });

  it('answers an error with reason, message and detail, and nothing that cannot cross', async () => {
    send({ type: 'probe', id: 7, source });
    await settle();
    expect(sent[0]?.answer).toEqual({
      type: 'error',
      id: 7,
      error: { reason: 'clip-empty', message: 'a.wav is empty.', detail: 'log only' },
    });
  });

  it('turns an error of ours into a bug with its stack for the log', async () => {
    send({ type: 'sha256', id: 8, source });
    await settle();
    const answer = sent[0]?.answer;
    expect(answer).toMatchObject({ type: 'error', id: 8, error: { reason: 'bug' } });
    expect(answer?.type === 'error' && answer.error.detail).toContain('RangeError: Oops.');
  });
});

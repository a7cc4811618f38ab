import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { build, type BuildOptions } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioEngine, Piece } from '../../src/audio/engine.js';
import type { MediaFormatName } from '../../src/core/media.js';
import { createWorkerEngine, type WorkerEngine } from '../../src/host/audioWorker.js';
import type { Provider } from '../../src/providers/provider.js';
import { transcribeClip } from '../../src/workflows/transcribeClip.js';
import { makeLongM4a, type LongRecording } from '../support/longRecording.js';
import type { ReceivedAudio } from '../support/openaiServer/recorded.ts';
import { startOpenAIServer, type OpenAIServer } from '../support/openaiServer/server.ts';
import { never, providerOf, WireContext } from './askServer.ts';

// An hour and a half from a file through the real engine and the real provider to a server that decodes what it gets:
// laid end to end by the times that the engine gave, it must be the recording.

const minutes = 90;
const rate = 16_000;
const path = '/v1/audio/transcriptions';
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const borderSeconds = 1;
const lagLimit = Math.round(0.03 * rate);

/** What the server heard of one piece, against what the recording says at that place. */
interface Heard {
  readonly piece: Pick<Piece, 'startSeconds' | 'endSeconds' | 'format'>;
  readonly byteLength: number;
  readonly durationSeconds: number;
  readonly sums: Sums;
  /** How much later than claimed its beginning and its end lie, in seconds. */
  readonly lateStart: number;
  readonly lateEnd: number;
}

interface Sums {
  readonly product: number;
  readonly heard: number;
  readonly recorded: number;
}

describe.skipIf(!hasFfmpeg)(
  `${minutes} minutes of m4a${hasFfmpeg ? '' : ' (SKIPPED: ffmpeg is not installed)'}`,
  () => {
    let folder: string;
    let recording: LongRecording;
    let engine: WorkerEngine;
    let server: OpenAIServer;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'earshot-long-'));
      recording = makeLongM4a(folder, minutes);
      engine = createWorkerEngine({ workerUrl: await buildWorker(folder), ffmpeg: () => 'off' });
      server = await startOpenAIServer({ recogniser: 'signal' });
    }, 120_000);

    afterAll(async () => {
      await engine.dispose();
      await server.close();
      recording.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each([
      ['re-packed for a model with its real limits', 'mp4', {}, 2],
      ['converted to MP3 for a model that takes no other', 'mp3', { inputFormats: ['mp3'], maxInputSeconds: 600 }, 9],
    ] as const)(
      'arrives whole when it is %s',
      async (_way, format: MediaFormatName, limits, leastPieceCount) => {
        server.reset();
        const models = { 'whisper-1': { transcription: true, ...limits } };
        const provider = providerOf(server, 'openai', new WireContext(), { models });
        const model = await provider.model('whisper-1');
        const heard: Heard[] = [];
        let requestCount = 0;
        const look = (piece: Piece): void => {
          const requests = server.requestsTo(path);
          expect(requests).toHaveLength(1);
          requestCount += requests.length;
          expect(server.problems).toEqual([]);
          const [audio] = requests[0]?.audio ?? [];
          if (audio === undefined) throw new Error('The server got no audio.');
          heard.push(compare(audio, piece, recording));
          // What has been looked at need not be kept in memory.
          server.reset();
        };
        const { transcript, stoppedBy } = await transcribeClip(
          { uri: pathToFileURL(recording.path).href, name: basename(recording.path), source: sourceOf(recording.path) },
          { chosen: { provider: watchedProvider(provider, look), model } },
          { engine: watchedEngine(engine), now: () => new Date(), permit: () => Promise.resolve() },
          never(),
        );

        expect(stoppedBy).toBeUndefined();
        expect(requestCount).toBe(heard.length);
        expect(heard.length).toBeGreaterThanOrEqual(leastPieceCount);
        for (const { piece, byteLength, durationSeconds } of heard) {
          expect(piece.format).toBe(format);
          expect(byteLength).toBeLessThanOrEqual(25_000_000);
          expect(durationSeconds).toBeLessThanOrEqual('maxInputSeconds' in limits ? limits.maxInputSeconds : Infinity);
        }
        expect(heard[0]?.piece.startSeconds).toBeCloseTo(0, 2);
        expect(Math.abs((heard.at(-1)?.piece.endSeconds ?? 0) - recording.durationSeconds)).toBeLessThan(0.03);
        // Between what is really in one piece and in the next, whatever the engine says of them.
        const gaps = heard.slice(1).map(({ piece, lateStart }, index) => {
          const before = heard[index];
          if (before === undefined) return Infinity;
          return piece.startSeconds + lateStart - (before.piece.startSeconds + before.durationSeconds + before.lateEnd);
        });
        for (const gap of gaps) expect(Math.abs(gap)).toBeLessThan(0.02);
        for (const { lateStart } of heard) expect(Math.abs(lateStart)).toBeLessThan(0.02);
        expect(correlationOf(heard.map(({ sums }) => sums))).toBeGreaterThan(0.99);
        for (const { sums } of heard) expect(correlationOf([sums])).toBeGreaterThan(0.99);
        expect(transcript.segments.at(-1)?.endSeconds).toBeCloseTo(recording.durationSeconds, 0);
        expect(transcript.provenance.durationSeconds).toBeCloseTo(recording.durationSeconds, 1);
        if (process.env['EARSHOT_TEST_FIGURES'] !== undefined) {
          console.log(correlationOf(heard.map(({ sums }) => sums)), gaps, heard);
        }
      },
      300_000,
    );
  },
);

const sourceOf = (file: string) => ({ kind: 'file', name: basename(file), path: file }) as const;

/** Pieces that were handed out and not yet answered. */
const unanswered: Piece[] = [];

function watchedEngine(engine: AudioEngine): AudioEngine {
  return {
    ...engine,
    async *prepare(source, options, signal) {
      for await (const piece of engine.prepare(source, options, signal)) {
        unanswered.push(piece);
        yield piece;
      }
    },
  };
}

/** The provider, with a look at each piece once it has been answered. They go one by one. */
function watchedProvider(provider: Provider, look: (piece: Piece) => void): Provider {
  return {
    ...provider,
    async *transcribe(request, signal) {
      yield* provider.transcribe?.(request, signal) ?? [];
      const piece = unanswered.shift();
      if (piece !== undefined) look(piece);
    },
  };
}

function compare(audio: ReceivedAudio, piece: Piece, recording: LongRecording): Heard {
  const { samples, start } = at16kHz(audio, piece.startSeconds);
  const recorded = recording.read(start, samples.length);
  const border = Math.round(borderSeconds * rate);
  const last = samples.length - border;
  const { startSeconds, endSeconds, format } = piece;
  return {
    piece: { startSeconds, endSeconds, format },
    byteLength: audio.bytes.byteLength,
    durationSeconds: audio.durationSeconds,
    sums: sumsOf(samples, recorded),
    lateStart: lagOf(samples.subarray(0, border), start, recording) / rate,
    lateEnd: lagOf(samples.subarray(last), start + last, recording) / rate,
  };
}

/** By how many samples the recording has this sound later than at a place, at most 30 ms either way. */
function lagOf(sound: Float32Array, place: number, recording: LongRecording): number {
  const from = Math.max(0, place - lagLimit);
  const around = recording.read(from, sound.length + 2 * lagLimit);
  let best = -Infinity;
  let bestLag = NaN;
  for (let offset = 0; offset + sound.length <= around.length; offset++) {
    const correlation = correlationOf([sumsOf(sound, around.subarray(offset, offset + sound.length))]);
    if (correlation > best) [best, bestLag] = [correlation, from + offset - place];
  }
  return bestLag;
}

function sumsOf(heard: Float32Array, recorded: Float32Array): Sums {
  const sums = { product: 0, heard: 0, recorded: 0 };
  const length = Math.min(heard.length, recorded.length);
  for (let index = 0; index < length; index++) {
    const left = heard[index] ?? 0;
    const right = recorded[index] ?? 0;
    sums.product += left * right;
    sums.heard += left * left;
    sums.recorded += right * right;
  }
  return sums;
}

function correlationOf(all: readonly Sums[]): number {
  const total = (key: keyof Sums): number => all.reduce((sum, each) => sum + each[key], 0);
  return total('product') / Math.sqrt(total('heard') * total('recorded'));
}

/**
 * What was heard, resampled by ffmpeg so that no code under test takes part, and which sample of the recording it claims
 * to begin with. Zeros in front make it begin between no two samples, and are taken away again.
 */
function at16kHz(
  { samples, sampleRate }: ReceivedAudio,
  startSeconds: number,
): { samples: Float32Array; start: number } {
  if (sampleRate === rate) return { samples, start: Math.round(startSeconds * rate) };
  const place = Math.round(startSeconds * sampleRate);
  const step = sampleRate / greatestCommonDivisor(sampleRate, rate);
  const padded = new Float32Array((place % step) + samples.length);
  padded.set(samples, place % step);
  const input = ['-f', 'f32le', '-ar', String(sampleRate), '-ac', '1', '-i', '-'];
  const { buffer, byteOffset, byteLength } = execFileSync(
    'ffmpeg',
    ['-v', 'error', ...input, '-ar', String(rate), '-f', 'f32le', '-'],
    { input: new Uint8Array(padded.buffer), maxBuffer: 1 << 30 },
  );
  const resampled = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
  const skipped = Math.ceil(((place % step) * rate) / sampleRate);
  return { samples: resampled.subarray(skipped), start: ((place - (place % step)) * rate) / sampleRate + skipped };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** As it ships. */
async function buildWorker(folder: string): Promise<URL> {
  const { host, replaceable } = createRequire(import.meta.url)('../../esbuild.js') as {
    readonly host: BuildOptions;
    readonly replaceable: { readonly entry: Record<string, string>; readonly files: Record<string, string> };
  };
  const entryPoints = { audioWorker: 'src/host/audioWorkerMain.ts', ...replaceable.entry };
  await build({ ...host, entryPoints, outdir: folder, logLevel: 'error' });
  mkdirSync(join(folder, 'replaceable'), { recursive: true });
  for (const [name, file] of Object.entries(replaceable.files)) copyFileSync(file, join(folder, name));
  return pathToFileURL(join(folder, 'audioWorker.mjs'));
}

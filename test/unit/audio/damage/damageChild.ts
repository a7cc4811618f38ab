import { readFileSync } from 'node:fs';
import { sourceFromBytes } from '../../../../src/audio/byteSource.js';
import { createAudioEngine } from '../../../../src/audio/createAudioEngine.js';
import type { AudioEngine, AudioSource, PrepareOptions } from '../../../../src/audio/engine.js';
import type { PcmProblem } from '../../../../src/audio/pcmReader.js';
import { openSound } from '../../../../src/audio/readers/openSound.js';
import { EarshotError } from '../../../../src/core/errors.js';
import { mediaFormatNames } from '../../../../src/core/media.js';
import type { DamageAnswer, DamageAsk, DamageWay, Heard } from './damageProtocol.js';

/** A process of its own for damaged files: one that hangs or eats memory can be ended, and takes nobody with it. */

const wasmPath = process.argv[2] ?? '';
const audible = 1e-4;
const loud = 0.1;
const range = { startSeconds: 0.3, endSeconds: 1.2 };
const prepareOptions: Readonly<Record<Exclude<DamageWay, 'decode'>, PrepareOptions>> = {
  speech: { formats: ['wav'], maxSeconds: 1, speechWav: true },
  're-pack': { formats: mediaFormatNames, range },
  mp3: { formats: ['mp3'], maxSeconds: 1, channel: 0 },
  ogg: { formats: ['ogg'], range, channel: 0 },
  flac: { formats: ['flac'], maxSeconds: 60, channel: 0 },
};

const engine: AudioEngine = createAudioEngine({
  open: (source) =>
    source.kind === 'bytes'
      ? Promise.resolve(sourceFromBytes(source.name, source.bytes))
      : Promise.reject(new Error('No files here.')),
  createSha256: () => {
    throw new Error('Not needed here.');
  },
  loadWasm: () => Promise.resolve(new WebAssembly.Module(readFileSync(wasmPath))),
});

async function decode(bytes: Uint8Array): Promise<Heard> {
  const stream = await openSound(sourceFromBytes('damaged', bytes), {});
  let sampleCount = 0;
  let audibleCount = 0;
  let loudCount = 0;
  let isFinite = true;
  for await (const { channels } of stream.blocks) {
    const [first = new Float32Array(0)] = channels;
    sampleCount += first.length;
    for (const sample of first) {
      const size = Math.abs(sample);
      if (size > audible) audibleCount++;
      if (size > loud) loudCount++;
      if (Number.isNaN(size) || size === Infinity) isFinite = false;
    }
  }
  const { sampleRate } = stream;
  const reached = sampleCount / sampleRate;
  return { seconds: reached, sampleCount, audibleCount, loudCount, isFinite, ...endOf(stream.problems) };
}

async function prepare(source: AudioSource, options: PrepareOptions): Promise<Heard> {
  let last = Number.NEGATIVE_INFINITY;
  let first: number | undefined;
  let byteLength = 0;
  let pieceCount = 0;
  const problems: PcmProblem[] = [];
  for await (const piece of engine.prepare(source, options)) {
    first ??= piece.startSeconds;
    // Out of order or negative, a piece would be put at a wrong place of the transcript.
    if (piece.startSeconds < last - 0.1 || piece.endSeconds < piece.startSeconds) {
      throw new Error(`A piece from ${piece.startSeconds} to ${piece.endSeconds} behind one to ${last}.`);
    }
    last = piece.endSeconds;
    byteLength += piece.bytes.byteLength;
    pieceCount++;
    problems.push(...(piece.problems ?? []));
  }
  if (pieceCount === 0) throw new Error('It ended without a piece and without an error.');
  return { seconds: last - (first ?? 0), pieceCount, byteLength, ...endOf(problems) };
}

function endOf(problems: readonly PcmProblem[]): Pick<Heard, 'problemCount' | 'endsAtSeconds'> {
  const end = problems.find(({ isEnd }) => isEnd);
  return { problemCount: problems.length, ...(end === undefined ? {} : { endsAtSeconds: end.atSeconds }) };
}

async function answer({ id, bytes, way }: DamageAsk): Promise<DamageAnswer> {
  const base = { id, printed: '' };
  let printed = '';
  const print = (...words: readonly unknown[]): void => {
    printed += `${words.map(String).join(' ').slice(0, 200)}\n`;
  };
  Object.assign(console, { log: print, warn: print, error: print, info: print, debug: print });
  const startedAt = performance.now();
  const result = (rest: Pick<DamageAnswer, 'heard' | 'error'>): DamageAnswer => ({
    ...base,
    printed,
    milliseconds: performance.now() - startedAt,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
    ...rest,
  });
  try {
    const source: AudioSource = { kind: 'bytes', name: 'damaged', bytes };
    let heard: Heard;
    if (way === 'decode') {
      // Whatever a look at the file says, it must not be a surprise.
      const probe = await engine.probe(source).catch((error: unknown) => {
        if (!(error instanceof EarshotError)) throw error;
      });
      heard = { ...(await decode(bytes)), ...(probe === undefined ? {} : { probe }) };
    } else heard = await prepare(source, prepareOptions[way]);
    return result({ heard });
  } catch (error) {
    const isOurs = error instanceof EarshotError;
    const message = error instanceof Error ? (isOurs ? error.message : (error.stack ?? error.message)) : String(error);
    return result({ error: { reason: isOurs ? error.reason : 'not an EarshotError', message } });
  }
}

process.on('message', (ask: DamageAsk) => {
  void answer(ask).then((message) => process.send?.(message));
});
process.send?.({ id: 0 });

import type { Probe } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import { effectiveRange, pieceSampleLimit, planDelivery } from './delivery.js';
import type { Piece, PrepareOptions } from './engine.js';
import { isPcmCodec } from './pcm.js';
import type { PcmCodec } from './pcm.js';
import { PieceCutter } from './pieceCutter.js';
import { examine } from './probe.js';
import { readInto } from './readBlocks.js';
import { readMono } from './readMono.js';
import { createResampler } from './resample.js';
import { speechSampleRate, wavHeaderByteLength } from './speechFormat.js';
import type { WavLayout } from './wavHeader.js';
import { writeWavHeader } from './writeWav.js';

/** Carries out what `planDelivery` decides. */
export async function* prepare(
  source: ByteSource,
  options: PrepareOptions,
  signal?: AbortSignal,
): AsyncGenerator<Piece> {
  const { probe, wav } = await examine(source, signal);
  const delivery = planDelivery(probe, options);
  if (delivery.way === 'refuse') {
    throw new EarshotError(delivery.errorReason, `${source.name}: ${delivery.reason} ${delivery.nextStep}`);
  }
  if (delivery.way === 'as-it-is') {
    const bytes = await readWhole(source, wav, signal);
    yield { bytes, format: delivery.format, startSeconds: 0, endSeconds: probe.durationSeconds ?? 0 };
    return;
  }
  if (wav === undefined || !isPcm(wav)) throw new Error(`No decoder for ${probe.codec} in ${probe.container}.`);
  yield* transcode(source, wav, probe, options, signal);
}

/** A header that is wrong, or that not every reader knows, is replaced: the samples stay as they are. */
async function readWhole(
  source: ByteSource,
  wav: WavLayout | undefined,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (wav === undefined || wav.isPlain) return readInto(source, 0, source.byteLength, 0, signal);
  const bytes = await readInto(source, wav.dataStart, wav.dataEnd, wavHeaderByteLength, signal);
  writeWavHeader(bytes);
  return bytes;
}

async function* transcode(
  source: ByteSource,
  wav: WavLayout & { readonly codec: PcmCodec },
  probe: Probe,
  options: PrepareOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  const frameCount = (wav.dataEnd - wav.dataStart) / wav.frameByteLength;
  const range = effectiveRange(probe, options.range);
  const firstFrame = range === undefined ? 0 : Math.round(range.startSeconds * wav.sampleRate);
  const endFrame =
    range === undefined ? frameCount : Math.min(frameCount, Math.round(range.endSeconds * wav.sampleRate));
  const expected = Math.ceil(((endFrame - firstFrame) * speechSampleRate) / wav.sampleRate);

  // Times come from the clock of the source: our last sample may reach a little beyond its end.
  const startSeconds = firstFrame / wav.sampleRate;
  const timeOf = (sample: number): number =>
    Math.min(startSeconds + sample / speechSampleRate, endFrame / wav.sampleRate);
  const cutter = new PieceCutter(pieceSampleLimit(options), expected);
  const takePiece = (): Piece => {
    const { bytes, startSample, endSample } = cutter.cut();
    return { bytes, format: 'wav', startSeconds: timeOf(startSample), endSeconds: timeOf(endSample) };
  };
  let isEmpty = true;
  for await (const samples of speechSamples(readMono(source, wav, firstFrame, endFrame, signal), wav.sampleRate)) {
    isEmpty &&= samples.length === 0;
    for (let taken = 0; taken < samples.length;) {
      taken = cutter.fill(samples, taken);
      if (cutter.isFull) yield takePiece();
    }
  }
  while (!cutter.isEmpty) yield takePiece();
  if (isEmpty) throw new EarshotError('clip-unreadable', `${source.name} became shorter while it was read. Try again.`);
}

async function* speechSamples(
  blocks: AsyncIterable<Float32Array>,
  sampleRate: number,
): AsyncGenerator<Float32Array | Float64Array> {
  const resampler = createResampler(sampleRate);
  for await (const mono of blocks) yield resampler.push(mono);
  yield resampler.flush();
}

function isPcm(wav: WavLayout): wav is WavLayout & { readonly codec: PcmCodec } {
  return isPcmCodec(wav.codec);
}

import type { Probe, TimeRange } from '../core/clip.js';
import { EarshotError, isCancelled, throwIfCancelled } from '../core/errors.js';
import { chooseCut } from './analyse/chooseCut.js';
import type { ByteSource } from './byteSource.js';
import { effectiveRange, pieceByteLimit, pieceSampleLimit, planDelivery } from './delivery.js';
import type { Delivery } from './delivery.js';
import { encodePieces } from './encoders/encodePieces.js';
import type { EncodedPiece } from './encoders/encodePieces.js';
import type { Encoding } from './encoders/soundEncoder.js';
import type { OpenEncoder } from './encoders/encoderLink.js';
import type { Piece, PrepareOptions } from './engine.js';
import { nothingHeard, openStream } from './openStream.js';
import type { OpenForeign } from './openStream.js';
import type { PcmStream, PcmWish } from './pcmReader.js';
import { PieceCutter } from './pieceCutter.js';
import type { CutStep } from './pieceCutter.js';
import { wavPieces } from './prepareWav.js';
import { examine } from './probe.js';
import { readInto } from './readBlocks.js';
import { openSound } from './readers/openSound.js';
import type { ChooseBorder } from './repack/limits.js';
import { sniff } from './sniff.js';
import { speechSampleCount, speechSampleRate, wavHeaderByteLength } from './speechFormat.js';
import { speechSamples } from './speechSamples.js';
import type { WavLayout } from './wavHeader.js';
import { wavOutput, wavOutputSampleLimit } from './wavShape.js';
import { writeWavHeader } from './writeWav.js';

/** What `prepare` needs beside the recording itself. */
export interface PrepareTools {
  readonly openEncoder: OpenEncoder;
  /** Absent where there is none. */
  readonly openForeign?: OpenForeign;
}

/** Carries out what `planDelivery` decides. */
export async function* prepare(
  source: ByteSource,
  options: PrepareOptions,
  tools: PrepareTools,
  signal?: AbortSignal,
): AsyncGenerator<Piece> {
  if (options.playback === true) {
    const { playbackPieces } = await import('./playback/playbackPieces.js');
    yield* playbackPieces(source, options.range?.startSeconds ?? 0, tools.openForeign, signal);
    return;
  }
  const { probe, wav } = await examine(source, signal);
  const delivery = planDelivery(probe, options, { hasFfmpeg: tools.openForeign !== undefined });
  switch (delivery.way) {
    case 'refuse':
      throw new EarshotError(delivery.errorReason, `${source.name}: ${delivery.reason} ${delivery.nextStep}`);
    case 'as-it-is': {
      const bytes = await readWhole(source, wav, signal);
      yield { bytes, format: delivery.format, startSeconds: 0, endSeconds: probe.durationSeconds ?? 0 };
      break;
    }
    case 're-pack':
      yield* repack(source, probe, delivery, options, signal);
      break;
    case 'transcode':
    case 'split':
      yield* transcode(source, probe, delivery, options, tools, signal);
      break;
  }
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

async function* repack(
  source: ByteSource,
  probe: Probe,
  delivery: Delivery & { way: 're-pack' },
  options: PrepareOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  const range = effectiveRange(probe, options.range);
  const limits = {
    maxBytes: pieceByteLimit(options),
    maxSeconds: options.maxSeconds ?? Number.POSITIVE_INFINITY,
    ...(range === undefined ? {} : { range }),
  };
  const chooseBorder: ChooseBorder = (fromSeconds, toSeconds) =>
    bestBorder(source, { startSeconds: fromSeconds, endSeconds: toSeconds }, signal);
  const { firstFrame } = await sniff(source, signal);
  if (delivery.format === 'mp3' && firstFrame !== undefined) {
    const { repackMp3 } = await import('./repack/repackMp3.js');
    yield* repackMp3(source, firstFrame, limits, chooseBorder, signal);
    return;
  }
  const { repackPackets } = await import('./repack/repackPackets.js');
  yield* repackPackets(source, delivery.format, limits, chooseBorder, signal);
}

/** What is heard around the seconds where a cut may fall, to tell the words there from the noise. */
const contextSeconds = 1;

/** Decodes just the seconds where a cut may fall, which is little even for hours. */
async function bestBorder(source: ByteSource, window: TimeRange, signal: AbortSignal | undefined): Promise<number> {
  const startSeconds = Math.max(0, window.startSeconds - contextSeconds);
  const range = { startSeconds, endSeconds: window.endSeconds + contextSeconds };
  try {
    const stream = await openSound(source, { range, mono: true, minSampleRate: speechSampleRate }, signal);
    const samples = new Float32Array(speechSampleCount(range.endSeconds - startSeconds) + 1);
    let length = 0;
    for await (const block of speechSamples(stream)) {
      const count = Math.min(block.length, samples.length - length);
      samples.set(block.subarray(0, count), length);
      length += count;
    }
    const from = Math.min(length, speechSampleCount(window.startSeconds - startSeconds));
    const to = Math.min(length, Math.floor((window.endSeconds - startSeconds) * speechSampleRate));
    return startSeconds + chooseCut(samples.subarray(0, length), from, to) / speechSampleRate;
  } catch (error) {
    throwIfCancelled(signal);
    if (isCancelled(error)) throw error;
    // What cannot be decoded here may still be cut: the receiver has to cope with it.
    return window.endSeconds;
  }
}

async function* transcode(
  source: ByteSource,
  probe: Probe,
  delivery: Delivery & { way: 'transcode' | 'split' },
  options: PrepareOptions,
  tools: PrepareTools,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  const { format } = delivery;
  const range = effectiveRange(probe, options.range);
  const wish: PcmWish = {
    ...(range === undefined ? {} : { range }),
    ...(options.channel === undefined && options.wav?.keepChannels !== true ? { mono: true } : {}),
    ...(options.wav === undefined ? { minSampleRate: speechSampleRate } : {}),
  };
  const stream = await openStream(source, wish, tools.openForeign, signal);
  const startSeconds = range === undefined ? 0 : Math.round(range.startSeconds * stream.sampleRate) / stream.sampleRate;
  const knownEnd = range?.endSeconds ?? probe.durationSeconds ?? 0;
  let reported = 0;
  let isEmpty = true;
  // Times come from the clock of the source: our last sample may reach a little beyond its end.
  const timeOf = (sample: number): number => {
    const seconds = startSeconds + sample / speechSampleRate;
    return Math.abs(seconds - knownEnd) < 1 / speechSampleRate ? knownEnd : seconds;
  };
  const expectedSeconds = believedSeconds(knownEnd - startSeconds, source);
  for await (const piece of encoded(stream, delivery, expectedSeconds, options, tools, signal)) {
    const { bytes, startSample, endSample } = piece;
    const endSeconds = timeOf(endSample);
    const problems = stream.problems.slice(reported).filter(({ atSeconds }) => atSeconds <= endSeconds);
    reported += problems.length;
    isEmpty = false;
    yield {
      bytes,
      format,
      startSeconds: timeOf(startSample),
      endSeconds,
      ...(problems.length === 0 ? {} : { problems }),
    };
  }
  if (isEmpty) throw nothingHeard(source, stream);
}

async function* encoded(
  stream: PcmStream,
  { encoding }: Delivery & { way: 'transcode' | 'split' },
  expectedSeconds: number | undefined,
  options: PrepareOptions,
  tools: PrepareTools,
  signal: AbortSignal | undefined,
): AsyncGenerator<EncodedPiece> {
  const { channel, maxSeconds = Number.POSITIVE_INFINITY } = options;
  if (options.wav !== undefined) {
    const output = wavOutput(options, { sampleRate: stream.sampleRate, channels: stream.channelCount });
    const limit = wavOutputSampleLimit(output, pieceByteLimit(options), maxSeconds);
    yield* wavPieces(stream, output, channel, limit, signal);
    return;
  }
  const limit = pieceSampleLimit(options, encoding);
  const encoder = await tools.openEncoder(withExpectation(encoding, limit, expectedSeconds));
  try {
    yield* encodePieces(cutSteps(stream, channel, limit), encoder, signal);
  } finally {
    encoder.close();
  }
}

/** For longer ones no memory is laid aside: a header may claim any duration. */
const expectedSecondsLimit = 4 * 3600;
/** No sound takes less. */
const fewestBytesPerSecond = 60;

function believedSeconds(seconds: number, { byteLength }: ByteSource): number | undefined {
  const isCredible = seconds > 0 && seconds <= expectedSecondsLimit && seconds * fewestBytesPerSecond <= byteLength;
  return isCredible ? seconds : undefined;
}

function withExpectation(encoding: Encoding, limit: number, seconds: number | undefined): Encoding {
  if (encoding.codec !== 'pcm-s16' || seconds === undefined) return encoding;
  // The resampler may end a little later than the clock says.
  return { ...encoding, expectedSampleCount: Math.min(limit, speechSampleCount(seconds) + speechSampleRate / 10) };
}

async function* cutSteps(stream: PcmStream, channel: number | undefined, limit: number): AsyncGenerator<CutStep> {
  const cutter = new PieceCutter(limit);
  for await (const samples of speechSamples(stream, channel)) yield* cutter.push(samples);
  yield* cutter.flush();
}

import { throwIfCancelled } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { BitWriter } from '../encoders/bitWriter.js';
import { flacBlockSampleCount, writeFlacFrame } from '../encoders/flacFrame.js';
import type { Piece } from '../engine.js';
import { createMonoConverter } from '../monoConverter.js';
import { openStream } from '../openStream.js';
import type { OpenForeign } from '../openStream.js';
import type { PcmStream } from '../pcmReader.js';
import { examine } from '../probe.js';
import { createTimeSlice } from '../timeSlice.js';
import { roundToPcm16 } from '../writeWav.js';
import { writePlaybackFragment, writePlaybackHead } from './fragmentedMp4.js';
import type { PlaybackFormat, PlaybackFrame } from './fragmentedMp4.js';

/** Nobody hears more, and a sample entry of MP4 has no room for much more. Hz. */
const highestSampleRate = 48_000;
/** A resampler has to have heard what came before, or the sound would click where it goes on. */
const prerollSeconds = 0.1;
/** Longer than any recording; finite, since programs are told it too. */
const endOfTimeSeconds = 10_000_000;
/** The first is short, so that it is heard at once; each is twice as long as the one before. */
const firstPieceSeconds = 0.25;
const longestPieceSeconds = 4;

/**
 * The sound for a player, from a time on, piece by piece as they are asked for. Nothing is decoded ahead. All pieces of one
 * recording fit together, whichever call they are from: fragments of MP4 with FLAC, the first with the head in front.
 * More than two channels are mixed to one. Throws as `openStream` does.
 */
export async function* playbackPieces(
  source: ByteSource,
  startSeconds: number,
  openForeign: OpenForeign | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<Piece> {
  const { probe } = await examine(source, signal);
  if (startSeconds >= (probe.durationSeconds ?? Number.POSITIVE_INFINITY)) return;
  const resamples = (probe.sampleRate ?? highestSampleRate) > highestSampleRate;
  // On a sample, at or before the place: a player finds no sound where its buffer begins too late.
  const rate = Math.min(probe.sampleRate ?? highestSampleRate, highestSampleRate);
  const audibleFrom = Math.floor(startSeconds * rate + 1e-3) / rate;
  const fromSeconds = Math.max(0, resamples ? audibleFrom - prerollSeconds : audibleFrom);
  const range = { startSeconds: fromSeconds, endSeconds: endOfTimeSeconds };
  const stream = await openStream(source, fromSeconds > 0 ? { range } : {}, openForeign, signal);
  const sampleRate = Math.min(stream.sampleRate, highestSampleRate);
  const channelCount = stream.channelCount === 2 ? 2 : 1;
  const fromSample = Math.round(fromSeconds * sampleRate);
  const writer = new PieceWriter({ sampleRate, channelCount }, fromSample, Math.round(audibleFrom * sampleRate));
  const pauseWhenDue = createTimeSlice();
  let reported = 0;
  const withProblems = (piece: Piece): Piece => {
    const problems = stream.problems.slice(reported);
    reported = stream.problems.length;
    return problems.length === 0 ? piece : { ...piece, problems };
  };
  for await (const planes of playedPlanes(stream, { sampleRate, channelCount })) {
    for (const piece of writer.push(planes)) yield withProblems(piece);
    await pauseWhenDue();
    throwIfCancelled(signal);
  }
  const last = writer.finish();
  if (last !== undefined) yield withProblems(last);
}

async function* playedPlanes(
  stream: PcmStream,
  { sampleRate, channelCount }: PlaybackFormat,
): AsyncGenerator<readonly Float32Array[]> {
  const isAsItIs = stream.sampleRate === sampleRate && stream.channelCount === channelCount;
  const picks = channelCount === 1 ? (['mean'] as const) : [0, 1];
  const { channelCount: channels, sampleRate: inputRate } = stream;
  const converters = isAsItIs
    ? []
    : picks.map((pick) => createMonoConverter({ inputRate, outputRate: sampleRate, channels, pick }));
  for await (const block of stream.blocks) {
    yield isAsItIs ? block.channels : converters.map((converter) => converter.pushPlanes(block.channels));
  }
  if (!isAsItIs) yield converters.map((converter) => converter.flush());
}

/** Makes frames of samples, and pieces of frames. */
class PieceWriter {
  readonly #format: PlaybackFormat;
  readonly #bits = new BitWriter(flacBlockSampleCount * 4);
  readonly #block: readonly Int16Array[];
  /** In samples; those before it only warmed a resampler up. */
  readonly #audibleFrom: number;
  #head: Uint8Array;
  #filled = 0;
  /** Of the samples that come next. */
  #sample: number;
  #frames: PlaybackFrame[] = [];
  #pieceStart: number;
  #pieceSeconds = firstPieceSeconds;
  #pieceCount = 0;

  constructor(format: PlaybackFormat, fromSample: number, audibleFrom: number) {
    this.#format = format;
    this.#block = Array.from({ length: format.channelCount }, () => new Int16Array(flacBlockSampleCount));
    this.#head = writePlaybackHead(format);
    this.#sample = fromSample;
    this.#audibleFrom = audibleFrom;
    this.#pieceStart = Math.max(fromSample, audibleFrom);
  }

  *push(planes: readonly Float32Array[]): Generator<Piece> {
    const length = planes[0]?.length ?? 0;
    let taken = Math.min(length, Math.max(0, this.#audibleFrom - this.#sample));
    this.#sample += taken;
    while (taken < length) {
      const count = Math.min(length - taken, flacBlockSampleCount - this.#filled);
      this.#block.forEach((block, channel) => {
        const plane = planes[channel];
        if (plane !== undefined) roundToPcm16(plane, taken, taken + count, block, this.#filled);
      });
      this.#filled += count;
      this.#sample += count;
      taken += count;
      if (this.#filled < flacBlockSampleCount) break;
      this.#writeFrame();
      if (this.#sample - this.#pieceStart >= this.#pieceSeconds * this.#format.sampleRate) yield this.#takePiece();
    }
  }

  /** What is left; undefined when that is nothing. */
  finish(): Piece | undefined {
    if (this.#filled > 0) this.#writeFrame();
    return this.#frames.length > 0 ? this.#takePiece() : undefined;
  }

  #writeFrame(): void {
    const channels = this.#block.map((block) => block.subarray(0, this.#filled));
    this.#bits.clear();
    writeFlacFrame(this.#bits, channels, this.#format.sampleRate, this.#sample - this.#filled, 'varying');
    this.#frames.push({ bytes: this.#bits.written.slice(), sampleCount: this.#filled });
    this.#filled = 0;
  }

  #takePiece(): Piece {
    const { sampleRate } = this.#format;
    const bytes = writePlaybackFragment(this.#head, this.#frames, this.#pieceStart, ++this.#pieceCount);
    const piece = {
      bytes,
      format: 'mp4',
      startSeconds: this.#pieceStart / sampleRate,
      endSeconds: this.#sample / sampleRate,
    } as const;
    this.#head = new Uint8Array(0);
    this.#frames = [];
    this.#pieceStart = this.#sample;
    this.#pieceSeconds = Math.min(longestPieceSeconds, this.#pieceSeconds * 2);
    return piece;
  }
}

import { throwIfCancelled } from '../core/errors.js';
import type { ChannelPick, MonoConverter } from './conversion.js';
import type { EncodedPiece } from './encoders/encodePieces.js';
import { GrowingBlock } from './growingBlock.js';
import { createMonoConverter } from './monoConverter.js';
import type { PcmStream } from './pcmReader.js';
import { PieceCutter } from './pieceCutter.js';
import type { CutStep } from './pieceCutter.js';
import { speechSampleRate, wavHeaderByteLength } from './speechFormat.js';
import { createTimeSlice } from './timeSlice.js';
import { roundToPcm16, writeWavHeader } from './writeWav.js';
import type { WavOutput } from './wavShape.js';

/**
 * WAV files of any rate and with all channels, cut at the same places as speech. Places are counted in samples at 16 kHz,
 * as everywhere; a file begins at the frame that is nearest.
 * @param limit In samples at 16 kHz.
 */
export async function* wavPieces(
  stream: PcmStream,
  output: WavOutput,
  channel: number | undefined,
  limit: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<EncodedPiece> {
  const mono: ChannelPick = stream.channelCount === 1 ? 'mean' : (channel ?? 'mean');
  const converterOf = (pick: ChannelPick, outputRate: number): MonoConverter =>
    createMonoConverter({ inputRate: stream.sampleRate, outputRate, channels: stream.channelCount, pick });
  // A stream may have other channels than its header led one to expect.
  const picks = output.channelCount === 1 ? [mono] : Array.from({ length: stream.channelCount }, (_, index) => index);
  const converters = picks.map((pick) => converterOf(pick, output.sampleRate));
  const guide = converterOf(mono, speechSampleRate);
  const cutter = new PieceCutter(limit);
  const frames = new FrameBuffer(picks.length, output.sampleRate);
  const pauseWhenDue = createTimeSlice();
  for await (const { channels } of stream.blocks) {
    frames.append(converters.map((converter) => converter.pushPlanes(channels)));
    yield* taken(cutter.push(guide.pushPlanes(channels)), frames);
    await pauseWhenDue();
    throwIfCancelled(signal);
  }
  frames.append(converters.map((converter) => converter.flush()));
  const last = [...cutter.push(guide.flush()), ...cutter.flush()].filter((step) => step.type === 'border');
  for (const [index, step] of last.entries()) yield frames.take(step, index === last.length - 1);
}

function* taken(steps: Iterable<CutStep>, frames: FrameBuffer): Generator<EncodedPiece> {
  for (const step of steps) if (step.type === 'border') yield frames.take(step, false);
}

/** What is converted and not yet in a file. */
class FrameBuffer {
  readonly #sampleRate: number;
  readonly #planes: GrowingBlock[];
  #startFrame = 0;

  constructor(channelCount: number, sampleRate: number) {
    this.#sampleRate = sampleRate;
    this.#planes = Array.from({ length: channelCount }, () => new GrowingBlock());
  }

  append(channels: readonly Float32Array[]): void {
    channels.forEach((samples, index) => this.#planes[index]?.append(samples));
  }

  /** @param isLast Takes what is left, which may be a frame more. */
  take({ startSample, endSample }: CutStep & { type: 'border' }, isLast: boolean): EncodedPiece {
    const held = this.#planes[0]?.content.length ?? 0;
    const endFrame = Math.round((endSample * this.#sampleRate) / speechSampleRate);
    const count = isLast ? held : Math.min(held, endFrame - this.#startFrame);
    const channelCount = this.#planes.length;
    const interleaved = new Int16Array(count * channelCount + wavHeaderByteLength / 2);
    const samples = interleaved.subarray(wavHeaderByteLength / 2);
    const rounded = new Int16Array(count);
    this.#planes.forEach((plane, channel) => {
      roundToPcm16(plane.content, 0, count, rounded, 0);
      for (let frame = 0, place = channel; frame < count; frame++, place += channelCount) {
        samples[place] = rounded[frame] ?? 0;
      }
      plane.dropFirst(count);
    });
    this.#startFrame += count;
    // Typed arrays write in the machine's byte order, which is little-endian wherever WebAssembly runs.
    const bytes = new Uint8Array(interleaved.buffer);
    writeWavHeader(bytes, this.#sampleRate, channelCount);
    return { bytes, startSample, endSample };
  }
}

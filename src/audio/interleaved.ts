import { throwIfCancelled } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import { splitChannels } from './pcm.js';
import type { PcmCodec } from './pcm.js';
import type { PcmBlock, PcmProblem, PcmStream } from './pcmReader.js';
import { createTimeSlice } from './timeSlice.js';

/** Where uncompressed samples lie in a file, and how. */
export interface InterleavedLayout {
  readonly codec: PcmCodec;
  readonly sampleRate: number;
  readonly channels: number;
  readonly frameByteLength: number;
  readonly dataStart: number;
  readonly dataEnd: number;
}

/** Sound that lies uncompressed in a file: whoever can take it as it lies saves a copy of everything. */
export interface InterleavedStream extends PcmStream {
  readonly codec: PcmCodec;
  /** The same sound as `blocks`; one of the two is read, once. Whole frames, valid until the next is asked for. */
  readonly byteBlocks: AsyncIterable<Uint8Array>;
}

export function isInterleaved(stream: PcmStream): stream is InterleavedStream {
  return 'byteBlocks' in stream;
}

/** Large, because every read costs a trip to another thread and back. */
const readByteLength = 1 << 20;
/** What the receiver of planes works on at a time. */
const planeFrames = 16_384;

/** @param firstFrame @param endFrame Of the data, half-open. */
export function readInterleaved(
  source: ByteSource,
  layout: InterleavedLayout,
  firstFrame: number,
  endFrame: number,
  signal?: AbortSignal,
): InterleavedStream {
  const { codec, sampleRate, channels, frameByteLength, dataStart } = layout;
  const problems: PcmProblem[] = [];

  async function* byteBlocks(): AsyncGenerator<Uint8Array> {
    const pauseWhenDue = createTimeSlice();
    const framesPerRead = Math.max(1, Math.floor(readByteLength / frameByteLength));
    let pending: Promise<Uint8Array> | undefined;
    const end = dataStart + endFrame * frameByteLength;
    const readAt = (position: number): Promise<Uint8Array> => {
      const work = source.read(position, Math.min(end, position + framesPerRead * frameByteLength), signal);
      // It is awaited later, or not at all if the receiver stops: a failure must not count as unhandled.
      work.catch(() => undefined);
      return work;
    };
    for (let position = dataStart + firstFrame * frameByteLength; position < end;) {
      const wanted = Math.min(end - position, framesPerRead * frameByteLength);
      const bytes = await (pending ?? readAt(position));
      throwIfCancelled(signal);
      // Read while the block before is worked on.
      pending = position + wanted < end ? readAt(position + wanted) : undefined;
      if (bytes.byteLength > 0) yield bytes;
      if (bytes.byteLength < wanted) {
        const atSeconds = (position + bytes.byteLength - dataStart) / frameByteLength / sampleRate;
        problems.push({ atSeconds, message: 'The file became shorter while it was read.', isEnd: true });
        return;
      }
      position += wanted;
      await pauseWhenDue();
      throwIfCancelled(signal);
    }
  }

  async function* blocks(): AsyncGenerator<PcmBlock> {
    for await (const bytes of byteBlocks()) {
      for (let start = 0; start < bytes.byteLength; start += planeFrames * frameByteLength) {
        const part = bytes.subarray(start, start + planeFrames * frameByteLength);
        yield { channels: splitChannels(codec, channels, part) };
      }
    }
  }

  return { sampleRate, channelCount: channels, codec, problems, blocks: blocks(), byteBlocks: byteBlocks() };
}

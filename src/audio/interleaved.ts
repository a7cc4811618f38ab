import { readByteBlocks } from './byteBlocks.js';
import type { ByteSource } from './byteSource.js';
import { splitChannels } from './pcm.js';
import type { PcmCodec } from './pcm.js';
import type { PcmBlock, PcmProblem, PcmStream } from './pcmReader.js';

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

/** What the receiver of planes works on at a time. */
const planeFrames = 16_384;

/** @param firstFrame @param endFrame Of the data, half-open. @param problems What is known to be missing. */
export function readInterleaved(
  source: ByteSource,
  layout: InterleavedLayout,
  firstFrame: number,
  endFrame: number,
  signal?: AbortSignal,
  problems: PcmProblem[] = [],
): InterleavedStream {
  const { codec, sampleRate, channels, frameByteLength, dataStart } = layout;

  async function* byteBlocks(): AsyncGenerator<Uint8Array> {
    const end = dataStart + endFrame * frameByteLength;
    let position = dataStart + firstFrame * frameByteLength;
    for await (const bytes of readByteBlocks(source, position, end, frameByteLength, signal)) {
      yield bytes;
      position += bytes.byteLength;
    }
    if (position < end) problems.unshift(shrunk((position - dataStart) / frameByteLength / sampleRate));
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

export function shrunk(atSeconds: number): PcmProblem {
  return { atSeconds, message: 'The file became shorter while it was read.', isEnd: true };
}

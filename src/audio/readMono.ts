import type { ByteSource } from './byteSource.js';
import { mixToMono } from './pcm.js';
import type { PcmCodec } from './pcm.js';
import { readBlocks } from './readBlocks.js';
import type { WavLayout } from './wavHeader.js';

/** Small enough that working on one takes a few milliseconds, large enough that reading it costs little. */
const blockByteLength = 1 << 18;

/** The samples of a WAV file as one channel, block by block. Each block is valid until the next is asked for. */
export async function* readMono(
  source: ByteSource,
  wav: WavLayout & { readonly codec: PcmCodec },
  firstFrame: number,
  endFrame: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array> {
  const { frameByteLength, dataStart } = wav;
  const framesPerBlock = Math.max(1, Math.floor(blockByteLength / frameByteLength));
  const mono = new Float32Array(framesPerBlock);
  const start = dataStart + firstFrame * frameByteLength;
  const end = dataStart + endFrame * frameByteLength;
  for await (const bytes of readBlocks(source, start, end, framesPerBlock * frameByteLength, signal)) {
    const frames = mixToMono(wav.codec, wav.channels, bytes, mono);
    yield mono.subarray(0, frames);
  }
}

import type { ChannelPick, MonoConverter } from './conversion.js';
import { isInterleaved } from './interleaved.js';
import { createMonoConverter } from './monoConverter.js';
import type { PcmBlock, PcmStream } from './pcmReader.js';
import { speechSampleRate } from './speechFormat.js';

export interface ConvertOptions {
  /** Hz; 16 kHz unless said. */
  readonly sampleRate?: number;
  /** One channel of the result each: the mean of all unless said. For a clip of each channel, `[0, 1]`. */
  readonly picks?: readonly ChannelPick[];
}

/**
 * Sound at another rate and with other channels, block by block in step with the source. Uncompressed files are mixed
 * straight from their bytes. The arrays of a block are valid until the next is asked for.
 */
export function convertStream(stream: PcmStream, options: ConvertOptions = {}): PcmStream {
  const { sampleRate = speechSampleRate, picks = ['mean'] } = options;
  const converters = picks.map((pick) =>
    createMonoConverter({
      inputRate: stream.sampleRate,
      outputRate: sampleRate,
      channels: stream.channelCount,
      pick: stream.channelCount === 1 ? 'mean' : pick,
      ...(isInterleaved(stream) ? { codec: stream.codec } : {}),
    }),
  );
  return {
    sampleRate,
    channelCount: picks.length,
    problems: stream.problems,
    blocks: convertBlocks(stream, converters),
  };
}

async function* convertBlocks(stream: PcmStream, converters: readonly MonoConverter[]): AsyncGenerator<PcmBlock> {
  const all = (convert: (converter: MonoConverter) => Float32Array): PcmBlock => ({
    channels: converters.map(convert),
  });
  if (isInterleaved(stream)) {
    for await (const bytes of stream.byteBlocks) yield all((converter) => converter.pushBytes(bytes));
  } else {
    for await (const { channels } of stream.blocks) yield all((converter) => converter.pushPlanes(channels));
  }
  yield all((converter) => converter.flush());
}

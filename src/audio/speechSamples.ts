import { convertStream } from './convertStream.js';
import type { PcmStream } from './pcmReader.js';

/** Any sound as 16 kHz mono: one of its channels, or all mixed. Each block is valid until the next is asked for. */
export async function* speechSamples(stream: PcmStream, channel?: number): AsyncGenerator<Float32Array> {
  const picks = [channel ?? ('mean' as const)];
  for await (const { channels } of convertStream(stream, { picks }).blocks) yield channels[0] ?? new Float32Array(0);
}

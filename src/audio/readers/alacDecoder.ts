import { createAlacDecoder } from '../codecs/alac/alacDecoder.js';
import type { PacketDecoder } from './soundTrack.js';

/** @param setup The content of the `alac` box behind its version and flags. */
export function createAlacPacketDecoder(setup: readonly Uint8Array[]): PacketDecoder {
  const decoder = createAlacDecoder(setup[0] ?? new Uint8Array(0));
  return {
    sampleRate: decoder.config.sampleRate,
    channelCount: decoder.config.channelCount,
    decode: (packet) => decoder.decode(packet).channels,
    free: () => undefined,
  };
}

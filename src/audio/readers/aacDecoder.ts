import { createAacDecoder } from '../codecs/aac/aacDecoder.js';
import type { PcmWish } from '../pcmReader.js';
import type { PacketDecoder } from './soundTrack.js';

/** @param setup AudioSpecificConfig, or the first frame where every frame has an ADTS header. */
export function createAacPacketDecoder(setup: readonly Uint8Array[], wish: PcmWish): PacketDecoder {
  const [head] = setup;
  const isAdts = head?.[0] === 0xff && ((head[1] ?? 0) & 0xf0) === 0xf0;
  const options = {
    ...(head === undefined ? {} : isAdts ? { adtsFrame: head } : { audioSpecificConfig: head }),
    mono: wish.mono === true,
  };
  const decoder = createAacDecoder(options);
  // The core of HE-AAC has half the rate that the container promises, so that only the decoder knows what half of it is.
  const isHalved = wish.minSampleRate !== undefined && decoder.sampleRate / 2 >= wish.minSampleRate;
  const chosen = isHalved ? createAacDecoder({ ...options, halfRate: true }) : decoder;
  return {
    sampleRate: chosen.sampleRate,
    channelCount: chosen.channelCount,
    decode: (packet) => chosen.decode(packet).channels,
    free: () => undefined,
  };
}

import { createAacDecoder } from '../codecs/aac/aacDecoder.js';
import type { AacDecoder } from '../codecs/aac/aacDecoder.js';
import { quarterDelaySampleCount } from '../codecs/quarterDelayTaps.js';
import type { PcmWish } from '../pcmReader.js';
import { createQuarterDelay } from './quarterDelay.js';
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
  if (!isHalved) return wrap(decoder, 0, (channels) => channels);
  const halved = createAacDecoder({ ...options, halfRate: true });
  // Its samples lie a quarter of a sample early, which the ear forgives and a comparison with the whole rate does not.
  const delays = Array.from({ length: halved.channelCount }, createQuarterDelay);
  return wrap(halved, quarterDelaySampleCount, (channels) =>
    channels.map((channel, index) => delays[index]?.(channel) ?? channel),
  );
}

function wrap(
  decoder: AacDecoder,
  delaySampleCount: number,
  finish: (channels: readonly Float32Array[]) => readonly Float32Array[],
): PacketDecoder {
  const { sampleRate, channelCount } = decoder;
  return {
    sampleRate,
    channelCount,
    delaySampleCount,
    decode: (packet) => finish(decoder.decode(packet).channels),
    free: () => undefined,
  };
}

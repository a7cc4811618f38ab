import { CodecError } from '../codecs/codecError.js';
import { createLibopusDecoder } from '../codecs/opus/libopusDecoder.js';
import type { LibopusOptions } from '../codecs/opus/libopusDecoder.js';
import type { PcmWish } from '../pcmReader.js';
import { parseOpusMapping, splitOpusPacket } from './opusStreams.js';
import type { OpusMapping } from './opusStreams.js';
import type { PacketDecoder } from './soundTrack.js';

type SampleRate = LibopusOptions['sampleRate'];

const sampleRates: readonly SampleRate[] = [8000, 12_000, 16_000, 24_000];

/** Opus knows no rate of its own: it is decoded straight to the one that is wanted. */
export function opusSampleRate(wish: PcmWish): SampleRate {
  const { minSampleRate } = wish;
  return (minSampleRate === undefined ? undefined : sampleRates.find((rate) => rate >= minSampleRate)) ?? 48_000;
}

/** @param setup `OpusHead` (RFC 7845, 5.1). */
export async function createOpusDecoder(setup: readonly Uint8Array[], wish: PcmWish): Promise<PacketDecoder> {
  const head = setup[0] ?? new Uint8Array(0);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const sourceChannelCount = head.byteLength > 9 ? view.getUint8(9) : 2;
  const sampleRate = opusSampleRate(wish);
  const mapping = parseOpusMapping(view);
  if (mapping !== undefined) return createMultistreamDecoder(view, mapping, sampleRate, wish.mono === true);
  if (sourceChannelCount > 2) throw new CodecError('unsupported', `${sourceChannelCount} channels without a table`);
  const channels = wish.mono === true || sourceChannelCount === 1 ? 1 : 2;
  const gain = head.byteLength >= 19 ? view.getInt16(16, true) : 0;
  const decoder = await createLibopusDecoder({ sampleRate, channelCount: channels, gain });
  return {
    sampleRate,
    channelCount: channels,
    decode: (packet) => {
      const samples = decoder.decode(packet);
      return channels === 1 ? [samples] : splitStereo(samples);
    },
    free: () => {
      decoder.free();
    },
  };
}

/** Each stream has a decoder of its own; one channel is the mean of all. */
async function createMultistreamDecoder(
  head: DataView,
  mapping: OpusMapping,
  sampleRate: SampleRate,
  isMono: boolean,
): Promise<PacketDecoder> {
  const { streamCount, coupledCount } = mapping;
  // More cannot become eight channels, and each takes memory.
  if (streamCount > 8) throw new CodecError('unsupported', `${streamCount} streams`);
  const gain = head.getInt16(16, true);
  const decoders = await Promise.all(
    Array.from({ length: streamCount }, (_, stream) =>
      createLibopusDecoder({ sampleRate, channelCount: stream < coupledCount ? 2 : 1, gain }),
    ),
  );
  return {
    sampleRate,
    channelCount: isMono ? 1 : mapping.channels.length,
    decode: (packet) => {
      const packets = splitOpusPacket(packet, streamCount);
      const decoded = decoders.flatMap((decoder, stream) => {
        const samples = decoder.decode(packets[stream] ?? new Uint8Array(0));
        return stream < coupledCount ? splitStereo(samples) : [samples.slice()];
      });
      const length = Math.min(...decoded.map((channel) => channel.length));
      const planes = mapping.channels.map((index) => decoded[index]?.subarray(0, length) ?? new Float32Array(length));
      return isMono ? [meanOf(planes, length)] : planes;
    },
    free: () => {
      for (const decoder of decoders) decoder.free();
    },
  };
}

function meanOf(planes: readonly Float32Array[], length: number): Float32Array {
  const mean = new Float32Array(length);
  for (const plane of planes)
    for (let index = 0; index < length; index++) mean[index] = (mean[index] ?? 0) + (plane[index] ?? 0) / planes.length;
  return mean;
}

function splitStereo(samples: Float32Array): Float32Array[] {
  const left = new Float32Array(samples.length / 2);
  const right = new Float32Array(samples.length / 2);
  for (let index = 0, place = 0; index < left.length; index++, place += 2) {
    left[index] = samples[place] ?? 0;
    right[index] = samples[place + 1] ?? 0;
  }
  return [left, right];
}

import { createDecoder, DecoderCtl } from 'libopus-wasm';
import type { SampleRate } from 'libopus-wasm';
import type { PcmWish } from '../pcmReader.js';
import type { PacketDecoder } from './soundTrack.js';

const sampleRates: readonly SampleRate[] = [8000, 12_000, 16_000, 24_000];

/** Opus knows no rate of its own: it is decoded straight to the one that is wanted. */
export function opusSampleRate(wish: PcmWish): SampleRate {
  const { minSampleRate } = wish;
  return (minSampleRate === undefined ? undefined : sampleRates.find((rate) => rate >= minSampleRate)) ?? 48_000;
}

/**
 * @param setup `OpusHead` (RFC 7845, 5.1).
 * @throws Error when the channels are more than two: those are several streams in one.
 */
export async function createOpusDecoder(setup: readonly Uint8Array[], wish: PcmWish): Promise<PacketDecoder> {
  const head = setup[0] ?? new Uint8Array(0);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const sourceChannelCount = head.byteLength > 9 ? view.getUint8(9) : 2;
  const channels = wish.mono === true || sourceChannelCount === 1 ? 1 : 2;
  const sampleRate = opusSampleRate(wish);
  const decoder = await createDecoder({ sampleRate, channels });
  const gain = head.byteLength >= 19 ? view.getInt16(16, true) : 0;
  if (gain !== 0) decoder.decoderCtl(DecoderCtl.SetGain, gain);
  return {
    sampleRate,
    channelCount: channels,
    decode: (packet) => {
      if (packet.byteLength === 0) throw new Error('it is empty');
      const samples = decoder.decodeFloat(packet);
      return channels === 1 ? [samples] : splitStereo(samples);
    },
    free: () => {
      decoder.free();
    },
  };
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

import { isPcmCodec, pcmFormats } from '../pcm.js';
import type { PcmFormat } from '../pcm.js';
import type { PacketDecoder } from './soundTrack.js';

export const isPcmTrackCodec = isPcmCodec;

/** PCM in QuickTime and Matroska files, as cameras write it. */
export function createPcmDecoder(codec: string, sampleRate: number, channelCount: number): PacketDecoder {
  if (!isPcmCodec(codec)) throw new Error(`${codec} is not PCM`);
  const { sampleByteLength: byteLength, sampleAt }: PcmFormat = pcmFormats[codec];
  return {
    sampleRate,
    channelCount,
    decode: (packet) => {
      const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
      const count = Math.floor(packet.byteLength / (byteLength * channelCount));
      return Array.from({ length: channelCount }, (_, channel) => {
        const samples = new Float32Array(count);
        let offset = channel * byteLength;
        for (let index = 0; index < count; index++, offset += byteLength * channelCount) {
          samples[index] = sampleAt(view, offset);
        }
        return samples;
      });
    },
    free: () => undefined,
  };
}

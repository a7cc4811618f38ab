import { isPcmCodec, splitChannels } from '../pcm.js';
import type { PcmCodec } from '../pcm.js';
import type { PacketDecoder } from './soundTrack.js';

/** mediabunny's names are ours but for one. */
function pcmCodecOf(codec: string): PcmCodec | undefined {
  if (codec === 'ulaw') return 'mulaw';
  return isPcmCodec(codec) ? codec : undefined;
}

export function isPcmTrackCodec(codec: string): boolean {
  return pcmCodecOf(codec) !== undefined;
}

/** PCM in QuickTime and Matroska files, as cameras write it. */
export function createPcmDecoder(codec: string, sampleRate: number, channelCount: number): PacketDecoder {
  const pcmCodec = pcmCodecOf(codec) ?? 'pcm-s16';
  return {
    sampleRate,
    channelCount,
    decode: (packet) => splitChannels(pcmCodec, channelCount, packet),
    free: () => undefined,
  };
}

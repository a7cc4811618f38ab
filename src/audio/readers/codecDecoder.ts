import type { PcmWish } from '../pcmReader.js';
import { createPcmDecoder, isPcmTrackCodec } from './pcmDecoder.js';
import type { PacketDecoder, SoundTrack } from './soundTrack.js';

/** Every decoder is a chunk of its own, loaded when its codec first appears. */
const decoders: Readonly<
  Record<string, (track: SoundTrack, setup: readonly Uint8Array[], wish: PcmWish) => Promise<PacketDecoder>>
> = {
  aac: async (_, setup, wish) => (await import('./aacDecoder.js')).createAacPacketDecoder(setup, wish),
  alac: async (_, setup) => (await import('./alacDecoder.js')).createAlacPacketDecoder(setup),
  flac: async (_, setup, wish) => (await import('./flacDecoder.js')).createFlacDecoder(setup, wish),
  mp3: async (track) => (await import('./mp3Packets.js')).createMp3PacketDecoder(track),
  opus: async (_, setup, wish) => (await import('./opusDecoder.js')).createOpusDecoder(setup, wish),
  vorbis: async (_, setup, wish) => (await import('./vorbisDecoder.js')).createVorbisPacketDecoder(setup, wish),
};

export function isDecodable(codec: string): boolean {
  return isPcmTrackCodec(codec) || Object.hasOwn(decoders, codec);
}

/** @throws Error when the codec's headers are damaged. */
export async function createPacketDecoder(
  track: SoundTrack,
  setup: readonly Uint8Array[],
  wish: PcmWish,
): Promise<PacketDecoder> {
  if (isPcmTrackCodec(track.codec)) return createPcmDecoder(track.codec, track.sampleRate, track.channelCount);
  const create = decoders[track.codec];
  if (create === undefined) throw new Error(`there is no decoder for ${track.codec}`);
  return create(track, setup, wish);
}

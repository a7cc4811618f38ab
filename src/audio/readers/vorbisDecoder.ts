import { CodecError } from '../codecs/codecError.js';
import { createVorbisDecoder } from '../codecs/vorbis/vorbisDecoder.js';
import type { VorbisDecoder } from '../codecs/vorbis/vorbisDecoder.js';
import type { PcmWish } from '../pcmReader.js';
import type { PacketDecoder } from './soundTrack.js';

/** Where the number of channels stands in the first header. */
const channelCountOffset = 11;

/**
 * Our own decoder where one channel will do; libvorbis for single channels, and for what ours does not take.
 * @param setup The three headers of Vorbis; the second, the comments, is not needed.
 */
export async function createVorbisPacketDecoder(setup: readonly Uint8Array[], wish: PcmWish): Promise<PacketDecoder> {
  const own = wish.mono === true || setup[0]?.[channelCountOffset] === 1 ? createOwn(setup, wish) : undefined;
  if (own === undefined) return (await import('./vorbisLibrary.js')).createVorbisLibraryDecoder(setup);
  const { sampleRate, delaySampleCount } = own;
  return {
    sampleRate,
    channelCount: 1,
    delaySampleCount,
    decode: (packet) => [own.decode(packet)],
    free: () => undefined,
  };
}

function createOwn([identification, , codebooks]: readonly Uint8Array[], wish: PcmWish): VorbisDecoder | undefined {
  if (identification === undefined || codebooks === undefined) return undefined;
  const { minSampleRate } = wish;
  const limits = minSampleRate === undefined ? {} : { minSampleRate };
  try {
    return createVorbisDecoder({ identification, setup: codebooks, ...limits });
  } catch (error) {
    // The library may take what is unusual, or say what is wrong.
    if (error instanceof CodecError) return undefined;
    throw error;
  }
}

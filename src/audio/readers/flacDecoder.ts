import { createFlacFrameDecoder } from '../codecs/flac/flacFrameDecoder.js';
import type { PcmWish } from '../pcmReader.js';
import { parseFlacInfo } from './flacFrames.js';
import type { PacketDecoder } from './soundTrack.js';

/** @param setup `fLaC` and STREAMINFO, marked as the last block of metadata. */
export async function createFlacDecoder(setup: readonly Uint8Array[], wish: PcmWish): Promise<PacketDecoder> {
  const head = setup[0] ?? new Uint8Array(0);
  const info = parseFlacInfo(head);
  if (info === undefined) throw new Error('its header is damaged');
  const isMixed = wish.mono === true && info.channelCount > 1;
  const decode = createFlacFrameDecoder(info, isMixed);
  if (decode === undefined) return (await import('./flacLibrary.js')).createFlacLibraryDecoder(head, info);
  return { sampleRate: info.sampleRate, channelCount: isMixed ? 1 : info.channelCount, decode, free: () => undefined };
}

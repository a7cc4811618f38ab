import { EarshotError, throwIfCancelled } from '../../core/errors.js';
import { mediaFormatLabel } from '../../core/media.js';
import type { ByteSource } from '../byteSource.js';
import { CodecError } from '../codecs/codecError.js';
import { codecLabel } from './codecLabels.js';
import { openPcm } from '../pcmFiles.js';
import type { PcmStream, PcmWish } from '../pcmReader.js';
import { sniff } from '../sniff.js';
import type { Sniffed } from '../sniff.js';
import { createPacketDecoder, isDecodable } from './codecDecoder.js';
import { decodeTrack } from './decodeTrack.js';
import { checkLimits } from './limits.js';
import type { PacketDecoder, SoundTrack } from './soundTrack.js';

/**
 * Opens the sound of any recording that Earshot reads, whatever its name says. The stream must be read to its end or
 * left with `return`; either frees what it holds. The source stays the caller's.
 * @throws EarshotError `unsupported-media` naming what it is, `clip-unreadable`, `clip-empty`, `cancelled`; the blocks
 * throw the same, and `clip-unreadable` at the end when there was nothing to decode.
 */
export async function openSound(source: ByteSource, wish: PcmWish, signal?: AbortSignal): Promise<PcmStream> {
  throwIfCancelled(signal);
  const sniffed = await sniff(source, signal);
  if (sniffed.container === 'wav' || sniffed.container === 'aiff') {
    return openPcm(source, sniffed.container, wish, signal);
  }
  if (sniffed.container === 'mp3' && sniffed.firstFrame !== undefined) {
    checkLimits(source.name, sniffed.firstFrame.header.sampleRate, sniffed.firstFrame.header.channels);
    const { openMp3 } = await import('./mp3Sound.js');
    return openMp3(source, sniffed.firstFrame, wish, signal);
  }
  return openTrack(source, await trackOf(source, sniffed, signal), wish, signal);
}

async function trackOf(source: ByteSource, sniffed: Sniffed, signal: AbortSignal | undefined): Promise<SoundTrack> {
  const { container, codec, firstFrame, start } = sniffed;
  switch (container) {
    case 'aac':
      if (firstFrame === undefined) break;
      return (await import('./adtsTrack.js')).openAdtsTrack(source, firstFrame, signal);
    case 'flac':
      return (await import('./flacTrack.js')).openFlacTrack(source, start, signal);
    case 'ogg':
      return (await import('./oggTrack.js')).openOggTrack(source, codec, signal);
    case 'mp4':
    case 'mov':
      return (await import('./mp4Track.js')).openMp4Track(source, signal);
    case 'webm':
      return (await import('./matroskaTrack.js')).openMatroskaTrack(source, signal);
    case 'mpegts':
      return (await import('./transportTrack.js')).openTransportTrack(source, signal);
    default:
      break;
  }
  throw undecodable(
    source.name,
    `${mediaFormatLabel(container)}${codec === 'unknown' ? '' : ` (${codecLabel(codec)})`}`,
  );
}

async function openTrack(
  source: ByteSource,
  track: SoundTrack,
  wish: PcmWish,
  signal: AbortSignal | undefined,
): Promise<PcmStream> {
  try {
    if (!isDecodable(track.codec)) throw undecodable(source.name, codecLabel(track.codec));
    checkLimits(source.name, track.sampleRate, track.channelCount);
    const create = (setup: readonly Uint8Array[]): Promise<PacketDecoder> =>
      createChecked(source.name, track, setup, wish);
    return decodeTrack(source.name, track, await create(track.setup), create, wish, signal);
  } catch (error) {
    track.close();
    throw error;
  }
}

async function createChecked(
  name: string,
  track: SoundTrack,
  setup: readonly Uint8Array[],
  wish: PcmWish,
): Promise<PacketDecoder> {
  try {
    const decoder = await createPacketDecoder(track, setup, wish);
    // The codec's own headers may say otherwise than the container.
    checkLimits(name, decoder.sampleRate, decoder.channelCount);
    return decoder;
  } catch (error) {
    if (error instanceof EarshotError) throw error;
    if (error instanceof CodecError && error.reason === 'unsupported') {
      throw undecodable(name, `${codecLabel(track.codec)} of a kind that is not read here (${error.message})`);
    }
    throw new EarshotError(
      'clip-unreadable',
      `${name} cannot be decoded: the headers of its ${codecLabel(track.codec)} sound are damaged. Copy it again.`,
      { cause: error, detail: String(error) },
    );
  }
}

function undecodable(name: string, what: string): EarshotError {
  return new EarshotError(
    'unsupported-media',
    `${name} holds ${what}, which Earshot cannot decode. Convert it to WAV, MP3 or FLAC first.`,
  );
}

import { ADTS, CustomSource, EncodedPacketSink, FLAC, Input, Logging, LogLevel, MPEG_TS } from 'mediabunny';
import type { EncodedPacket, InputAudioTrack } from 'mediabunny';
import { EarshotError, isCancelled, throwIfCancelled } from '../../core/errors.js';
import type { MediaFormatName } from '../../core/media.js';
import { createBlockReader } from '../blockCache.js';
import type { ByteSource } from '../byteSource.js';
import type { PcmProblem } from '../pcmReader.js';
import { sniff } from '../sniff.js';
import { bytesOf } from './bytesOf.js';
import type { ChooseBorder, RepackedPieces, RepackLimits } from './limits.js';
import { muxedFile } from './muxedFiles.js';
import type { MuxedFormat } from './muxedFiles.js';
import { aacInMp4 } from './mp4File.js';
import { opusInOgg, vorbisInOgg } from './oggFiles.js';
import { oggTrackPackets } from './oggTrackPackets.js';
import type { PacketFile, TimedPacket } from './packetFile.js';
import type { PacketSource } from './packetSource.js';
import { splitPackets } from './splitPackets.js';
import { trackPackets } from './trackPackets.js';
import { opusInWebm } from './webmFile.js';

// It would print what it thinks of a file to the console of the extension host.
Logging.level = LogLevel.Silent;

/** Begins before a range by more than any lead-in. */
const rangeLeadSeconds = 0.5;

/** Takes the packets of the sound track out of their container and packs them into files of `format`. */
export async function* repackPackets(
  source: ByteSource,
  format: MediaFormatName,
  limits: RepackLimits,
  chooseBorder: ChooseBorder,
  signal: AbortSignal | undefined,
): RepackedPieces {
  let packets: PacketSource | undefined;
  try {
    packets = await openPackets(source, signal);
    const file = describeFile(packets, format);
    yield* splitPackets(source.name, packets, file, limits, rangeLeadSeconds, chooseBorder, signal);
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof EarshotError || isCancelled(error)) throw error;
    throw new EarshotError(
      'clip-unreadable',
      `${source.name} cannot be cut: it seems to be damaged. Copy or download it again.`,
      { cause: error, detail: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    );
  } finally {
    packets?.close();
  }
}

async function openPackets(source: ByteSource, signal: AbortSignal | undefined): Promise<PacketSource> {
  const { container, codec } = await sniff(source, signal);
  switch (container) {
    case 'mp4':
    case 'mov':
      return trackPackets(await (await import('../readers/mp4Track.js')).openMp4Track(source, signal));
    case 'webm':
      return trackPackets(await (await import('../readers/matroskaTrack.js')).openMatroskaTrack(source, signal));
    case 'ogg':
      return oggTrackPackets(await (await import('../readers/oggTrack.js')).openOggTrack(source, codec, signal));
    default:
      return openOther(source, signal);
  }
}

/** By mediabunny. */
async function openOther(source: ByteSource, signal: AbortSignal | undefined): Promise<PacketSource> {
  const input = new Input({
    formats: [FLAC, ADTS, MPEG_TS],
    source: new CustomSource({
      getSize: () => source.byteLength,
      read: createBlockReader(source, signal),
      handleUnhandledError: (error) => error,
      maxCacheSize: 0,
    }),
  });
  try {
    const track = await input.getPrimaryAudioTrack();
    if (track === null) throw new Error('There is no sound track.');
    const codec = await track.getCodec();
    const config = await track.getDecoderConfig();
    if (codec === null || config === null) throw new Error('The codec of the sound track is unknown.');
    const problems: PcmProblem[] = [];
    const description = bytesOf(config.description).slice();
    return {
      codec,
      config,
      headers: [description],
      packets: (fromSeconds) => timedPackets(track, fromSeconds, problems),
      problems,
      close: () => {
        input.dispose();
      },
    };
  } catch (error) {
    input.dispose();
    throw error;
  }
}

function describeFile({ codec, config, headers }: PacketSource, format: MediaFormatName): PacketFile {
  const [head] = headers;
  if (format === 'ogg' && codec === 'opus' && head !== undefined) return opusInOgg(head);
  if (format === 'ogg' && codec === 'vorbis') return vorbisInOgg(headers, config.sampleRate);
  if (format === 'webm' && codec === 'opus' && head !== undefined) return opusInWebm(head);
  if (format === 'mp4' && codec === 'aac' && head !== undefined) return aacInMp4(config);
  if (!isMuxed(format)) throw new Error(`Nothing writes ${codec} as ${format}.`);
  return muxedFile(format, codec, config);
}

function isMuxed(format: MediaFormatName): format is MuxedFormat {
  return format === 'aac' || format === 'flac';
}

async function* timedPackets(
  track: InputAudioTrack,
  from: number,
  problems: PcmProblem[],
): AsyncGenerator<readonly TimedPacket[]> {
  const sink = new EncodedPacketSink(track);
  let packet = await (from > 0 ? sink.getPacket(from) : sink.getFirstPacket());
  while (packet !== null) {
    const { data, timestamp, duration } = packet;
    yield [{ data, startSeconds: timestamp, durationSeconds: duration }];
    packet = await nextPacket(sink, packet, problems);
  }
}

/** Its own iterator reads ahead, and takes longer the more packets it is ahead. */
async function nextPacket(
  sink: EncodedPacketSink,
  packet: EncodedPacket,
  problems: PcmProblem[],
): Promise<EncodedPacket | null> {
  try {
    return await sink.getNextPacket(packet);
  } catch (error) {
    if (error instanceof EarshotError) throw error;
    const atSeconds = Math.max(0, packet.timestamp + packet.duration);
    problems.push({ atSeconds, message: 'The file is damaged here and cannot be read any further.', isEnd: true });
    return null;
  }
}

import {
  ADTS,
  CustomSource,
  EncodedPacketSink,
  FLAC,
  Input,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  WEBM,
} from 'mediabunny';
import type { InputAudioTrack } from 'mediabunny';
import { EarshotError, isCancelled, throwIfCancelled } from '../../core/errors.js';
import type { MediaFormatName } from '../../core/media.js';
import { createBlockReader } from '../blockCache.js';
import type { ByteSource } from '../byteSource.js';
import { opusPacketSampleCount } from '../encoders/opusHead.js';
import { bytesOf } from './bytesOf.js';
import type { ChooseBorder, RepackedPieces, RepackLimits } from './limits.js';
import { muxedFile } from './muxedFiles.js';
import type { MuxedFormat } from './muxedFiles.js';
import { opusInOgg, vorbisInOgg } from './oggFiles.js';
import type { PacketFile, TimedPacket } from './packetFile.js';
import { splitPackets } from './splitPackets.js';

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
  const input = new Input({
    formats: [MP4, QTFF, MATROSKA, WEBM, OGG, FLAC, ADTS, MPEG_TS],
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
    const file = await describeFile(track, format);
    const container = await input.getFormat();
    const isMatroska = container === WEBM || container === MATROSKA;
    const packets = timedPackets(track, limits, isMatroska ? await preSkipSeconds(track) : 0);
    yield* splitPackets(source.name, packets, file, limits, chooseBorder, signal);
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof EarshotError || isCancelled(error)) throw error;
    throw new EarshotError(
      'clip-unreadable',
      `${source.name} cannot be cut: it seems to be damaged. Copy or download it again.`,
      { cause: error, detail: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    );
  } finally {
    input.dispose();
  }
}

async function describeFile(track: InputAudioTrack, format: MediaFormatName): Promise<PacketFile> {
  const codec = await track.getCodec();
  const config = await track.getDecoderConfig();
  if (codec === null || config === null) throw new Error('The codec of the sound track is unknown.');
  const description = descriptionOf(config);
  if (format === 'ogg' && codec === 'opus') return opusInOgg(description);
  if (format === 'ogg' && codec === 'vorbis') return vorbisInOgg(description, config.sampleRate);
  if (!isMuxed(format)) throw new Error(`Nothing writes ${codec} as ${format}.`);
  return muxedFile(format, codec, config);
}

function isMuxed(format: MediaFormatName): format is MuxedFormat {
  return format === 'mp4' || format === 'aac' || format === 'webm' || format === 'flac';
}

async function* timedPackets(
  track: InputAudioTrack,
  limits: RepackLimits,
  delaySeconds: number,
): AsyncGenerator<TimedPacket> {
  const sink = new EncodedPacketSink(track);
  const codec = await track.getCodec();
  const from = Math.max(0, (limits.range?.startSeconds ?? 0) - rangeLeadSeconds);
  // Its own iterator reads ahead, and takes longer the more packets it is ahead.
  let packet = await (from > 0 ? sink.getPacket(from) : sink.getFirstPacket());
  for (; packet !== null; packet = await sink.getNextPacket(packet)) {
    const { data, timestamp, duration } = packet;
    const isOpus = duration <= 0 && codec === 'opus';
    const durationSeconds = isOpus ? opusPacketSampleCount(data) / 48_000 : duration;
    // What it hands out may be a view of its cache, which would be kept whole.
    yield { data: data.slice(), startSeconds: timestamp - delaySeconds, durationSeconds };
  }
}

/** In Matroska the times of Opus packets count what its decoder leaves out. */
async function preSkipSeconds(track: InputAudioTrack): Promise<number> {
  if ((await track.getCodec()) !== 'opus') return 0;
  const config = await track.getDecoderConfig();
  const head = config === null ? new Uint8Array(0) : descriptionOf(config);
  return head.byteLength < 12 ? 0 : ((head[10] ?? 0) | ((head[11] ?? 0) << 8)) / 48_000;
}

function descriptionOf({ description }: AudioDecoderConfig): Uint8Array {
  return bytesOf(description).slice();
}

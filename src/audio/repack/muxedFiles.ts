import {
  AdtsOutputFormat,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  FlacOutputFormat,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny';
import type { AudioCodec, OutputFormat } from 'mediabunny';
import type { MediaFormatName } from '../../core/media.js';
import type { PacketFile } from './packetFile.js';
import { bytesOf } from './bytesOf.js';

export type MuxedFormat = Extract<MediaFormatName, 'mp4' | 'aac' | 'webm' | 'flac'>;

interface MuxedShape {
  readonly create: () => OutputFormat;
  readonly bytesPerPacket: number;
  /** Only MP4 can say, with an edit list, that its first samples are not to be heard. */
  readonly leadInSeconds: number;
}

const shapes: Readonly<Record<MuxedFormat, MuxedShape>> = {
  mp4: { create: () => new Mp4OutputFormat({ fastStart: 'in-memory' }), bytesPerPacket: 16, leadInSeconds: 1e-6 },
  aac: { create: () => new AdtsOutputFormat(), bytesPerPacket: 9, leadInSeconds: 0 },
  webm: { create: () => new WebMOutputFormat(), bytesPerPacket: 16, leadInSeconds: 0 },
  flac: { create: () => new FlacOutputFormat(), bytesPerPacket: 0, leadInSeconds: 0 },
};

/** Files written by mediabunny, in memory. */
export function muxedFile(format: MuxedFormat, codec: AudioCodec, config: AudioDecoderConfig): PacketFile {
  const { create, bytesPerPacket, leadInSeconds } = shapes[format];
  return {
    format,
    fixedByteLength: 16_384 + bytesOf(config.description).byteLength,
    bytesPerPacket,
    leadInSeconds,
    async write(leadIn, packets, { isFirst }) {
      const target = new BufferTarget();
      const output = new Output({ format: create(), target });
      const track = new EncodedAudioPacketSource(codec);
      output.addAudioTrack(track);
      await output.start();
      const origin = isFirst ? 0 : (packets[0]?.startSeconds ?? 0);
      let previous = Number.NEGATIVE_INFINITY;
      const heard =
        leadInSeconds > 0 ? packets : packets.filter((packet) => packet.startSeconds + packet.durationSeconds > 0);
      const decoderConfig = isFirst ? config : withoutPreSkip(codec, config);
      for (const { data, startSeconds, durationSeconds } of [...leadIn, ...heard]) {
        // Rounding must not let time run backwards.
        const time = Math.max(startSeconds - origin, previous);
        previous = time;
        await track.add(new EncodedPacket(data, 'key', time, durationSeconds), { decoderConfig });
      }
      await output.finalize();
      if (target.buffer === null) throw new Error('mediabunny wrote no file.');
      return new Uint8Array(target.buffer);
    },
  };
}

/** Only the beginning of the recording has samples to leave out; WebM has no lead-in for the others. */
function withoutPreSkip(codec: AudioCodec, config: AudioDecoderConfig): AudioDecoderConfig {
  if (codec !== 'opus' || config.description === undefined) return config;
  const description = bytesOf(config.description).slice();
  description.fill(0, 10, 12);
  return { ...config, description };
}

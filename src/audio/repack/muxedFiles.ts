import {
  AdtsOutputFormat,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  FlacOutputFormat,
  Output,
} from 'mediabunny';
import type { AudioCodec, OutputFormat } from 'mediabunny';
import type { MediaFormatName } from '../../core/media.js';
import type { PacketFile } from './packetFile.js';
import { bytesOf } from './bytesOf.js';

export type MuxedFormat = Extract<MediaFormatName, 'aac' | 'flac'>;

interface MuxedShape {
  readonly create: () => OutputFormat;
  readonly bytesPerPacket: number;
}

const shapes: Readonly<Record<MuxedFormat, MuxedShape>> = {
  aac: { create: () => new AdtsOutputFormat(), bytesPerPacket: 9 },
  flac: { create: () => new FlacOutputFormat(), bytesPerPacket: 0 },
};

/** Files written by mediabunny, in memory. */
export function muxedFile(format: MuxedFormat, codec: AudioCodec, config: AudioDecoderConfig): PacketFile {
  const { create, bytesPerPacket } = shapes[format];
  return {
    format,
    fixedByteLength: 16_384 + bytesOf(config.description).byteLength,
    bytesPerPacket,
    // Neither can say that its first samples are not to be heard.
    leadInSeconds: 0,
    async write(run) {
      const target = new BufferTarget();
      const output = new Output({ format: create(), target });
      const track = new EncodedAudioPacketSource(codec);
      output.addAudioTrack(track);
      await output.start();
      const origin = run.isFirst ? 0 : run.startSeconds(0);
      let previous = Number.NEGATIVE_INFINITY;
      for (let index = 0; index < run.count; index++) {
        const [startSeconds, durationSeconds] = [run.startSeconds(index), run.durationSeconds(index)];
        if (startSeconds + durationSeconds <= 0) continue;
        // Rounding must not let time run backwards.
        const time = Math.max(startSeconds - origin, previous);
        previous = time;
        await track.add(new EncodedPacket(run.data(index), 'key', time, durationSeconds), { decoderConfig: config });
      }
      await output.finalize();
      if (target.buffer === null) throw new Error('mediabunny wrote no file.');
      return new Uint8Array(target.buffer);
    },
  };
}

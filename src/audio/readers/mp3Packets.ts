import { createMpegDecoder } from './mpegDecoder.js';
import type { PacketDecoder, SoundTrack } from './soundTrack.js';

/** MP3 in Matroska, MP4 and transport streams. */
export async function createMp3PacketDecoder(track: SoundTrack): Promise<PacketDecoder> {
  const decoder = await createMpegDecoder();
  return {
    sampleRate: track.sampleRate,
    channelCount: track.channelCount,
    decode: (packet) => {
      const blocks: (readonly Float32Array[])[] = [];
      let message: string | undefined;
      for (const { channels } of decoder.feed(packet, (words) => (message ??= words))) {
        blocks.push(channels.map((channel) => channel.slice()));
      }
      if (blocks.length === 0 && message !== undefined) throw new Error(message);
      return joinBlocks(blocks);
    },
    free: () => {
      decoder.free();
    },
  };
}

function joinBlocks(blocks: readonly (readonly Float32Array[])[]): readonly Float32Array[] {
  const [first] = blocks;
  if (first === undefined || blocks.length === 1) return first ?? [];
  const length = blocks.reduce((sum, channels) => sum + (channels[0]?.length ?? 0), 0);
  return first.map((_, index) => {
    const joined = new Float32Array(length);
    let offset = 0;
    for (const channels of blocks) {
      joined.set(channels[index] ?? [], offset);
      offset += channels[index]?.length ?? 0;
    }
    return joined;
  });
}

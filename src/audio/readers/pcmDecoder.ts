import type { PacketDecoder } from './soundTrack.js';

type ReadSample = (view: DataView, offset: number) => number;

/** As mediabunny names them; G.711 is not among them, for lack of recordings in these containers. */
const formats: Readonly<Record<string, readonly [byteLength: number, read: ReadSample]>> = {
  'pcm-u8': [1, (view, offset) => (view.getUint8(offset) - 128) / 128],
  'pcm-s8': [1, (view, offset) => view.getInt8(offset) / 128],
  'pcm-s16': [2, (view, offset) => view.getInt16(offset, true) / 32_768],
  'pcm-s16be': [2, (view, offset) => view.getInt16(offset) / 32_768],
  'pcm-s24': [3, (view, offset) => (view.getInt8(offset + 2) * 65_536 + view.getUint16(offset, true)) / 8_388_608],
  'pcm-s24be': [3, (view, offset) => (view.getInt16(offset) * 256 + view.getUint8(offset + 2)) / 8_388_608],
  'pcm-s32': [4, (view, offset) => view.getInt32(offset, true) / 2_147_483_648],
  'pcm-s32be': [4, (view, offset) => view.getInt32(offset) / 2_147_483_648],
  'pcm-f32': [4, (view, offset) => view.getFloat32(offset, true)],
  'pcm-f32be': [4, (view, offset) => view.getFloat32(offset)],
  'pcm-f64': [8, (view, offset) => view.getFloat64(offset, true)],
  'pcm-f64be': [8, (view, offset) => view.getFloat64(offset)],
};

export function isPcmTrackCodec(codec: string): boolean {
  return Object.hasOwn(formats, codec);
}

/** PCM in QuickTime and Matroska files, as cameras write it. */
export function createPcmDecoder(codec: string, sampleRate: number, channelCount: number): PacketDecoder {
  const [byteLength, read] = formats[codec] ?? [1, () => 0];
  return {
    sampleRate,
    channelCount,
    decode: (packet) => {
      const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
      const count = Math.floor(packet.byteLength / (byteLength * channelCount));
      return Array.from({ length: channelCount }, (_, channel) => {
        const samples = new Float32Array(count);
        let offset = channel * byteLength;
        for (let index = 0; index < count; index++, offset += byteLength * channelCount) {
          const sample = read(view, offset);
          samples[index] = Number.isFinite(sample) ? sample : 0;
        }
        return samples;
      });
    },
    free: () => undefined,
  };
}

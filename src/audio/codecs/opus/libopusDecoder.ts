// By its path, since the package exports only classes that make a new array for every packet: 50 a second, each with memory
// of its own, take a tenth of the time of decoding.
import createModule from '../../../../node_modules/libopus-wasm/dist/generated/libopus.generated.mjs';
import type { LibopusModule } from '../../../../node_modules/libopus-wasm/dist/generated/libopus.generated.mjs';

/** Three frames of 40 ms, the most that a packet may hold (RFC 6716, 3.2.5). */
const longestPacketSeconds = 0.12;
const setGainRequest = 4034;

export interface LibopusOptions {
  readonly sampleRate: 8000 | 12_000 | 16_000 | 24_000 | 48_000;
  readonly channelCount: 1 | 2;
  /** In 256ths of a decibel, as `OpusHead` has it. */
  readonly gain: number;
}

/** libopus for one stream. */
export interface LibopusDecoder {
  /**
   * @returns Interleaved samples, valid until the next call of this decoder or of another.
   * @throws Error on a packet that is damaged; the next one may be fine.
   */
  decode(packet: Uint8Array): Float32Array;
  /** To be called once. */
  free(): void;
}

let loading: Promise<LibopusModule> | undefined;

export async function createLibopusDecoder({
  sampleRate,
  channelCount,
  gain,
}: LibopusOptions): Promise<LibopusDecoder> {
  const module = await (loading ??= createModule());
  const sampleLimit = sampleRate * longestPacketSeconds;
  const samples = allocate(module, sampleLimit * channelCount * 4);
  let packetRoom = 4096;
  let packetPlace = allocate(module, packetRoom);
  const decoder = openDecoder(module, sampleRate, channelCount);
  if (gain !== 0) module._oc_decoder_ctl(decoder, setGainRequest, gain);
  return {
    decode(packet) {
      if (packet.byteLength === 0) throw new Error('it is empty');
      if (packet.byteLength > packetRoom) {
        module._free(packetPlace);
        packetRoom = packet.byteLength;
        packetPlace = allocate(module, packetRoom);
      }
      module.HEAPU8.set(packet, packetPlace);
      const count = module._oc_decode_float(decoder, packetPlace, packet.byteLength, samples, sampleLimit, 0);
      if (count < 0) throw new Error(module.UTF8ToString(module._oc_strerror(count)));
      return module.HEAPF32.subarray(samples / 4, samples / 4 + count * channelCount);
    },
    free() {
      module._oc_destroy_decoder(decoder);
      module._free(packetPlace);
      module._free(samples);
    },
  };
}

function openDecoder(module: LibopusModule, sampleRate: number, channelCount: number): number {
  const error = allocate(module, 4);
  try {
    const decoder = module._oc_create_decoder(sampleRate, channelCount, error);
    const code = module.HEAP32[error / 4] ?? 0;
    if (decoder === 0 || code !== 0) throw new Error(module.UTF8ToString(module._oc_strerror(code)));
    return decoder;
  } finally {
    module._free(error);
  }
}

function allocate(module: LibopusModule, byteLength: number): number {
  const place = module._malloc(byteLength);
  if (place === 0) throw new RangeError('Array buffer allocation failed');
  return place;
}

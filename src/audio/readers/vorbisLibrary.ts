import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import type { PacketDecoder } from './soundTrack.js';
import { valueIn } from './wasmDecoder.js';
import type { WasmArray, WasmCommon } from './wasmDecoder.js';

interface VorbisInside {
  readonly _common: WasmCommon<{ decode_packets(decoder: number): void }>;
  readonly _decoder: number;
  readonly _input: WasmArray<Uint8Array>;
  readonly _inputLen: WasmArray<Uint32Array>;
  readonly _outputBufferPtr: WasmArray<Uint32Array>;
  readonly _channels: WasmArray<Uint32Array>;
  readonly _sampleRate: WasmArray<Uint32Array>;
  readonly _samplesDecoded: WasmArray<Uint32Array>;
  readonly _errors: WasmArray<Uint32Array>;
  readonly _errorsLength: WasmArray<Int32Array>;
  sendSetupHeader(header: Uint8Array): void;
  initDsp(): void;
}

/** @param setup The three headers of Vorbis; the second, the comments, is not needed. */
export async function createVorbisLibraryDecoder(setup: readonly Uint8Array[]): Promise<PacketDecoder> {
  const [identification, , codebooks] = setup;
  if (identification === undefined || codebooks === undefined) throw new Error('its headers are missing');
  const decoder = new OggVorbisDecoder();
  await decoder.ready;
  // Packets are handed to the decoder behind the parser of Ogg pages, which is not part of the bundle (esbuild.js).
  const inside = (decoder as unknown as { readonly _decoder: VorbisInside })._decoder;
  const { _common: common, _input: input } = inside;
  if (Math.max(identification.byteLength, codebooks.byteLength) > input.len)
    throw new Error('its headers are too long');
  inside.sendSetupHeader(identification);
  inside.sendSetupHeader(codebooks);
  inside.initDsp();
  const view = new DataView(identification.buffer, identification.byteOffset, identification.byteLength);
  return {
    sampleRate: view.getUint32(12, true),
    channelCount: view.getUint8(11),
    decode: (packet) => {
      if (packet.byteLength > input.len) throw new Error('it is too long');
      const heap = common.wasm.HEAP;
      new Uint8Array(heap, input.ptr, input.len).set(packet);
      inside._inputLen.buf[0] = packet.byteLength;
      inside._errorsLength.buf[0] = 0;
      common.wasm.decode_packets(inside._decoder);
      const sampleCount = valueIn(inside._samplesDecoded);
      if (sampleCount === 0 && valueIn(inside._errorsLength) > 0) {
        throw new Error(common.codeToString(valueIn(inside._errors)));
      }
      const channelCount = valueIn(inside._channels);
      const pointers = new Uint32Array(common.wasm.HEAP, valueIn(inside._outputBufferPtr), channelCount);
      return Array.from(pointers, (pointer) => new Float32Array(common.wasm.HEAP, pointer, sampleCount));
    },
    free: () => {
      decoder.free();
    },
  };
}

import { FLACDecoder } from '@wasm-audio-decoders/flac';
import type { FlacInfo } from './flacFrames.js';
import type { PacketDecoder } from './soundTrack.js';
import { valueIn } from './wasmDecoder.js';
import type { WasmArray, WasmCommon } from './wasmDecoder.js';

interface FlacInside {
  readonly _common: WasmCommon<{ decode_frame(decoder: number, pointer: number, length: number): void }>;
  readonly _decoder: number;
  readonly _channels: WasmArray<Uint32Array>;
  readonly _bitsPerSample: WasmArray<Uint32Array>;
  readonly _samplesDecoded: WasmArray<Uint32Array>;
  readonly _outputBufferPtr: WasmArray<Uint32Array>;
  readonly _outputBufferLen: WasmArray<Uint32Array>;
  readonly _errorStringPtr: WasmArray<Uint32Array>;
  readonly _stateStringPtr: WasmArray<Uint32Array>;
}

/** The decoder takes no more at once. */
const inputByteLengthLimit = 65_535 * 8;

/** The decoder of libFLAC, for what our own does not take. @param head `fLaC` and STREAMINFO. */
export async function createFlacLibraryDecoder(head: Uint8Array, info: FlacInfo): Promise<PacketDecoder> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  // Frames are handed to the decoder behind the parser of FLAC and Ogg, which is not part of the bundle (esbuild.js).
  const inside = (decoder as unknown as { readonly _decoder: FlacInside })._decoder;
  const decode = (packet: Uint8Array): Float32Array[] => decodeFrame(inside, packet, info.channelCount);
  // Frames may leave rate and sample size to STREAMINFO.
  decode(head);
  return {
    sampleRate: info.sampleRate,
    channelCount: info.channelCount,
    decode: (packet) => {
      if (packet.byteLength > inputByteLengthLimit) throw new Error('it is too long');
      return decode(packet);
    },
    free: () => {
      decoder.free();
    },
  };
}

function decodeFrame(inside: FlacInside, packet: Uint8Array, channelCount: number): Float32Array[] {
  const { _common: common } = inside;
  // The decoder frees what it was given.
  const input = common.allocateTypedArray(packet.byteLength, Uint8Array, false);
  input.buf.set(packet);
  common.wasm.decode_frame(inside._decoder, input.ptr, input.len);
  const error = valueIn(inside._errorStringPtr);
  const state = valueIn(inside._stateStringPtr);
  const sampleCount = valueIn(inside._samplesDecoded);
  const pointer = valueIn(inside._outputBufferPtr);
  const channels: Float32Array[] = [];
  if (sampleCount > 0 && valueIn(inside._channels) === channelCount) {
    const bits = valueIn(inside._bitsPerSample);
    for (let channel = 0; channel < channelCount; channel++) {
      const samples = new Float32Array(common.wasm.HEAP, pointer + channel * sampleCount * 4, sampleCount).slice();
      channels.push(toFullScale(samples, bits));
    }
  }
  common.wasm.free(pointer);
  inside._outputBufferLen.buf[0] = 0;
  inside._samplesDecoded.buf[0] = 0;
  if (error !== 0 || state !== 0) {
    const words = common.codeToString(error === 0 ? state : error);
    inside._errorStringPtr.buf[0] = 0;
    inside._stateStringPtr.buf[0] = 0;
    if (channels.length === 0) throw new Error(words);
  }
  return channels;
}

/** The decoder divides by the largest positive sample, 32767: here 1 is 32768 as everywhere, and the samples are exact. */
function toFullScale(samples: Float32Array, bits: number): Float32Array {
  if (bits > 24) return samples;
  const largest = 2 ** (bits - 1) - 1;
  const unit = 1 / 2 ** (bits - 1);
  for (let index = 0; index < samples.length; index++) {
    samples[index] = Math.round((samples[index] ?? 0) * largest) * unit;
  }
  return samples;
}

import { valueIn } from './wasmDecoder.js';
import type { WasmArray, WasmCommon } from './wasmDecoder.js';

interface MpegInside {
  readonly ready: Promise<void>;
  readonly _common: WasmCommon<{
    mpeg_decoder_feed(decoder: number, pointer: number, length: number): number;
    mpeg_decoder_read(
      decoder: number,
      output: number,
      outputLength: number,
      sampleCount: number,
      sampleRate: number,
      error: number,
    ): number;
  }>;
  readonly _decoder: number;
  readonly _input: WasmArray<Uint8Array>;
  readonly _output: WasmArray<Float32Array>;
  readonly _samplesDecodedPtr: WasmArray<Uint32Array>;
  readonly _sampleRatePtr: WasmArray<Uint32Array>;
  readonly _errorStringPtr: WasmArray<Uint32Array>;
}

/** The error codes of libmpg123 that are none. */
const needMore = -10;
const newFormat = -11;
/** Errors in a row without any sound; the decoder would not get past them. */
const errorLimit = 32;

export interface MpegSound {
  /** Left and right; mono is on both. Valid until the next is asked for. */
  readonly channels: readonly [Float32Array, Float32Array];
  readonly sampleRate: number;
}

export interface MpegDecoder {
  /** Takes any bytes of the stream, and makes sound of every frame that is complete. */
  feed(bytes: Uint8Array, onError: (message: string) => void): Generator<MpegSound>;
  free(): void;
}

/** MPEG Layers I to III as they come, with all that encoder and decoder put in front: the caller knows what to cut. */
export async function createMpegDecoder(): Promise<MpegDecoder> {
  // Straight from the package: libmpg123 stays a file of its own, so that anyone can put another in its place (esbuild.js).
  const { MPEGDecoder } = await import('mpg123-decoder');
  const decoder = new MPEGDecoder({ enableGapless: false });
  await decoder.ready;
  const inside = decoder as unknown as MpegInside;
  const { wasm } = inside._common;

  function* read(onError: (message: string) => void): Generator<MpegSound> {
    for (let errorCount = 0; errorCount < errorLimit;) {
      inside._samplesDecodedPtr.buf[0] = 0;
      const { ptr, len } = inside._output;
      const code = wasm.mpeg_decoder_read(
        inside._decoder,
        ptr,
        len,
        inside._samplesDecodedPtr.ptr,
        inside._sampleRatePtr.ptr,
        inside._errorStringPtr.ptr,
      );
      const count = valueIn(inside._samplesDecodedPtr);
      if (count > 0) {
        errorCount = 0;
        const sampleRate = valueIn(inside._sampleRatePtr);
        yield {
          channels: [new Float32Array(wasm.HEAP, ptr, count), new Float32Array(wasm.HEAP, ptr + count * 4, count)],
          sampleRate,
        };
      }
      if (code === needMore) return;
      if (code === newFormat || (code === 0 && count > 0)) continue;
      errorCount++;
      if (code !== 0) onError(inside._common.codeToString(valueIn(inside._errorStringPtr)));
    }
  }
  return {
    *feed(bytes, onError) {
      for (let offset = 0; offset < bytes.byteLength; offset += inside._input.len) {
        const part = bytes.subarray(offset, offset + inside._input.len);
        new Uint8Array(wasm.HEAP, inside._input.ptr, inside._input.len).set(part);
        if (wasm.mpeg_decoder_feed(inside._decoder, inside._input.ptr, part.byteLength) === needMore) continue;
        yield* read(onError);
      }
    },
    free: () => {
      decoder.free();
    },
  };
}

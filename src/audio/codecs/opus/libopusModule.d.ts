/** The WebAssembly of the package `libopus-wasm`, which it exports only behind classes that copy every packet they decode. */
declare module '*/libopus.generated.mjs' {
  export interface LibopusModule {
    /** Made anew when memory grows. */
    readonly HEAPU8: Uint8Array<ArrayBuffer>;
    readonly HEAP32: Int32Array<ArrayBuffer>;
    readonly HEAPF32: Float32Array<ArrayBuffer>;
    _malloc(byteLength: number): number;
    _free(place: number): void;
    /** @returns 0 when there is no memory, or `error` says why. */
    _oc_create_decoder(sampleRate: number, channelCount: number, error: number): number;
    _oc_destroy_decoder(decoder: number): void;
    _oc_decoder_ctl(decoder: number, request: number, value: number): number;
    /** @returns How many samples of each channel were written; an error code below zero. */
    _oc_decode_float(
      decoder: number,
      packet: number,
      packetByteLength: number,
      samples: number,
      sampleLimit: number,
      isLossRepair: number,
    ): number;
    _oc_strerror(code: number): number;
    UTF8ToString(place: number): string;
  }
  const createModule: () => Promise<LibopusModule>;
  export { createModule as default };
}

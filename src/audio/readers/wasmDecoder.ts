/**
 * The decoders of the wasm-audio-decoders family, below their own loops: those print every damaged frame to the console,
 * may not end on an error that stays, and copy each sample three times. The versions are pinned, so that what is used
 * here cannot change unseen; readers.test.ts decodes with each.
 */
export interface WasmCommon<Exports> {
  readonly wasm: Exports & WasmMemory;
  codeToString(pointer: number): string;
  allocateTypedArray(length: number, type: Uint8ArrayConstructor, setPointer: boolean): WasmArray<Uint8Array>;
}

export interface WasmMemory {
  readonly HEAP: ArrayBuffer;
  free(pointer: number): void;
}

export interface WasmArray<Values> {
  readonly ptr: number;
  readonly len: number;
  readonly buf: Values;
}

/** What the decoder left in a variable of its memory. */
export function valueIn(variable: WasmArray<Uint32Array | Int32Array>): number {
  return variable.buf[0] ?? 0;
}

import { unsupported } from '../codecError.js';

/** Below lies what the compiler of kernels puts there. */
const firstPlace = 4096;
/** What headers may make of it at most. */
const byteLengthLimit = 24 << 20;

/** The memory of a kernel while it is laid out: every part gets its place as it is added. */
export class MemoryImage {
  readonly #parts: { readonly place: number; readonly values: Int32Array | Float32Array | Uint8Array }[] = [];
  #end = firstPlace;

  get byteLength(): number {
    return this.#end;
  }

  /**
   * Room for bytes, which are zeros.
   * @throws CodecError `unsupported` when there is no more room.
   */
  reserve(byteLength: number): number {
    const place = this.#end;
    this.#end += Math.ceil(byteLength / 16) * 16;
    if (this.#end > byteLengthLimit) throw unsupported('headers that ask for more memory than is useful');
    return place;
  }

  add(values: Int32Array | Float32Array | Uint8Array): number {
    const place = this.reserve(values.byteLength);
    this.#parts.push({ place, values });
    return place;
  }

  addNumbers(numbers: readonly number[]): number {
    return this.add(Int32Array.from(numbers));
  }

  writeTo(buffer: ArrayBuffer): void {
    const target = new Uint8Array(buffer);
    for (const { place, values } of this.#parts) {
      target.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), place);
    }
  }
}

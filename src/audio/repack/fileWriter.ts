import { pieceMemory } from '../encoders/pieceMemory.js';

/** Writes a file into memory of a size that is reckoned before. Numbers are big-endian. */
export class FileWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #length = 0;

  /** @param byteLengthLimit At most so many are written; what is not touched of them costs nothing. */
  constructor(byteLengthLimit: number) {
    this.#bytes = pieceMemory(byteLengthLimit);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get byteLength(): number {
    return this.#length;
  }

  bytes(bytes: ArrayLike<number>): void {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  ascii(text: string): void {
    for (let index = 0; index < text.length; index++) this.u8(text.charCodeAt(index));
  }

  zeros(count: number): void {
    this.#length += count;
  }

  u8(value: number): void {
    this.#view.setUint8(this.#length, value);
    this.#length += 1;
  }

  u16(value: number): void {
    this.#view.setUint16(this.#length, value);
    this.#length += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  /** Fills in what was not known when it was passed over. */
  u32At(offset: number, value: number): void {
    this.#view.setUint32(offset, value);
  }

  /** A view of the memory, which may be a little longer. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}

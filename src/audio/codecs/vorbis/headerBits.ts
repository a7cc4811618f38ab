import { malformed } from '../codecError.js';

/** Reads the bits of a header as Vorbis packs them: the lowest bit of a byte comes first (Vorbis I, 2.1.4). */
export class HeaderBits {
  readonly #bytes: Uint8Array;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remaining(): number {
    return this.#bytes.byteLength * 8 - this.#position;
  }

  /**
   * @param count 0 to 32
   * @throws CodecError `malformed` at the end of the header.
   */
  read(count: number): number {
    if (count > this.remaining) throw malformed('The header ends before its contents do.');
    let value = 0;
    for (let taken = 0; taken < count;) {
      const offset = this.#position & 7;
      const step = Math.min(8 - offset, count - taken);
      const bits = ((this.#bytes[this.#position >> 3] ?? 0) >> offset) & ((1 << step) - 1);
      value += bits * 2 ** taken;
      taken += step;
      this.#position += step;
    }
    return value;
  }

  readFlag(): boolean {
    return this.read(1) === 1;
  }

  /** @throws CodecError `malformed` unless the header goes on with this byte and `vorbis`. */
  expectKind(kind: number): void {
    const name = Array.from('vorbis', (letter) => letter.charCodeAt(0));
    if ([kind, ...name].some((byte) => this.read(8) !== byte)) throw malformed('This is no such header.');
  }
}

/** How many bits a number takes; 0 for 0 (Vorbis I, 9.2.1). */
export function bitWidth(value: number): number {
  return 32 - Math.clz32(value);
}

import { malformed } from './codecError.js';

/** What a hot loop may read past the end before it looks at its position again. */
const paddingByteLength = 1024;

/** Reads big-endian bits of a copy of a packet that has zeros behind it, so that hot loops need not look at each step. */
export class BitReader {
  /** For hot loops: a bit position's next 25 bits or more are `view.getInt32(position >>> 3) << (position & 7)`. */
  view = new DataView(new ArrayBuffer(0));
  position = 0;
  bitLength = 0;
  #bytes = new Uint8Array(0);
  readonly #maxByteLength: number;

  constructor(maxByteLength: number) {
    this.#maxByteLength = maxByteLength;
  }

  /** @throws CodecError `malformed` when no packet of the format is that long. */
  load(packet: Uint8Array): void {
    const byteLength = packet.byteLength;
    if (byteLength > this.#maxByteLength) throw malformed(`A packet of ${byteLength} bytes is longer than any can be.`);
    if (byteLength + paddingByteLength > this.#bytes.byteLength) {
      this.#bytes = new Uint8Array(2 * byteLength + paddingByteLength);
      this.view = new DataView(this.#bytes.buffer);
    }
    this.#bytes.set(packet);
    this.#bytes.fill(0, byteLength, byteLength + paddingByteLength);
    this.position = 0;
    this.bitLength = byteLength * 8;
  }

  get remaining(): number {
    return this.bitLength - this.position;
  }

  /** @param count 0 to 25 */
  read(count: number): number {
    const position = this.position;
    this.skip(count);
    return count === 0 ? 0 : (this.view.getInt32(position >>> 3) << (position & 7)) >>> (32 - count);
  }

  /** @param count 0 to 32 */
  readLong(count: number): number {
    return count <= 25 ? this.read(count) : this.read(count - 16) * 0x1_0000 + this.read(16);
  }

  readFlag(): boolean {
    return this.read(1) === 1;
  }

  skip(count: number): void {
    this.position += count;
    this.checkEnd();
  }

  align(): void {
    this.position = (this.position + 7) & ~7;
  }

  checkEnd(): void {
    if (this.position > this.bitLength) throw malformed('The packet ends before its contents do.');
  }
}

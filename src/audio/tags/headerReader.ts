import type { ByteSource } from '../byteSource.js';

const byteLimit = 256 * 1024;
const readAheadByteLength = 4096;

/**
 * Reads small parts of a file here and there. Tags are a nicety: whatever a file says, no more than 256 KB are read for
 * them, and beyond that it seems to end.
 */
export class HeaderReader {
  readonly byteLength: number;
  readonly #source: ByteSource;
  readonly #signal: AbortSignal | undefined;
  #window: DataView = new DataView(new ArrayBuffer(0));
  #windowStart = 0;
  #readByteLength = 0;

  constructor(source: ByteSource, signal: AbortSignal | undefined) {
    this.#source = source;
    this.#signal = signal;
    this.byteLength = source.byteLength;
  }

  /** These bytes, or fewer at the end of the file or of patience. */
  async read(start: number, length: number, readAhead = readAheadByteLength): Promise<DataView> {
    const offset = start - this.#windowStart;
    const isHere = offset >= 0 && offset + length <= this.#window.byteLength;
    if (!isHere) await this.#load(start, Math.max(length, readAhead));
    const from = start - this.#windowStart;
    const { buffer, byteOffset, byteLength } = this.#window;
    return new DataView(buffer, byteOffset + from, Math.max(0, Math.min(length, byteLength - from)));
  }

  async #load(start: number, length: number): Promise<void> {
    const end = Math.min(this.byteLength, start + Math.min(length, byteLimit - this.#readByteLength));
    const bytes = start >= end ? new Uint8Array(0) : await this.#source.read(start, end, this.#signal);
    this.#readByteLength += bytes.byteLength;
    this.#window = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#windowStart = start;
  }
}

export function partOf(view: DataView, start: number, end = view.byteLength): DataView {
  const from = Math.max(0, Math.min(start, view.byteLength));
  return new DataView(view.buffer, view.byteOffset + from, Math.max(0, Math.min(end, view.byteLength) - from));
}

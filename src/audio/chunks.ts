import type { ByteSource } from './byteSource.js';
import { ascii } from './signatures.js';

/** One chunk of a RIFF or IFF file. */
export interface Chunk {
  readonly id: string;
  readonly bodyStart: number;
  /** As declared, which may be more than there is. */
  readonly byteLength: number;
}

/** More chunks than any real file has: a damaged file must not keep us busy. */
const chunkLimit = 2000;
const windowByteLength = 4096;
/** Of the body of each chunk this much is seen, if it has as much: a `fmt ` chunk of WAV fits, with MS ADPCM's tables. */
const seenByteLength = 64;

/** Yields each chunk with the beginning of its body; chunks are skipped by seeking, whatever their size. */
export async function* walkChunks(
  source: ByteSource,
  start: number,
  isLittleEndian: boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<[chunk: Chunk, body: DataView]> {
  let window = viewOf(new Uint8Array(0));
  let windowStart = 0;
  let position = start;
  for (let count = 0; count < chunkLimit && position + 8 <= source.byteLength; count++) {
    if (position < windowStart || position + 8 + seenByteLength > windowStart + window.byteLength) {
      window = viewOf(await source.read(position, Math.min(source.byteLength, position + windowByteLength), signal));
      windowStart = position;
    }
    const offset = position - windowStart;
    if (window.byteLength < offset + 8) return;
    const byteLength = window.getUint32(offset + 4, isLittleEndian);
    const bodyLength = Math.min(byteLength, window.byteLength - offset - 8);
    yield [
      { id: ascii(window, offset, 4), bodyStart: position + 8, byteLength },
      new DataView(window.buffer, window.byteOffset + offset + 8, bodyLength),
    ];
    position += 8 + byteLength + (byteLength % 2);
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

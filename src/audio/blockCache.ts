import type { ByteSource } from './byteSource.js';

const defaultBlockByteLength = 256 * 1024;
const keptBlocks = 6;

/** Bytes of a range, clipped to what is there: at once where they are at hand. They may be shared and must not be changed. */
export type RangeReader = (start: number, end: number) => Uint8Array | Promise<Uint8Array>;

/**
 * Reads a source in blocks and keeps the last few. For mediabunny, whose own cache copies a megabyte whenever two reads
 * overlap (1.61.0), which for an hour of packets costs more than decoding them; bytes that are here are handed out at once.
 * @param blockByteLength Small where little is wanted from many places.
 */
export function createBlockReader(
  source: ByteSource,
  signal: AbortSignal | undefined,
  blockByteLength = defaultBlockByteLength,
): RangeReader {
  const blocks = new Map<number, Uint8Array>();
  const keep = (index: number, block: Uint8Array): void => {
    blocks.delete(index);
    blocks.set(index, block);
    const oldest = blocks.keys().next();
    if (blocks.size > keptBlocks && oldest.done !== true) blocks.delete(oldest.value);
  };
  const load = async (index: number): Promise<Uint8Array> => {
    const start = index * blockByteLength;
    const block = await source.read(start, Math.min(start + blockByteLength, source.byteLength), signal);
    keep(index, block);
    return block;
  };
  const gather = async (start: number, end: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(Math.max(0, end - start));
    let filled = 0;
    for (let index = Math.floor(start / blockByteLength); index * blockByteLength < end; index++) {
      const block = blocks.get(index) ?? (await load(index));
      const blockStart = index * blockByteLength;
      const part = block.subarray(Math.max(0, start - blockStart), Math.max(0, end - blockStart));
      bytes.set(part, Math.max(0, blockStart - start));
      filled += part.byteLength;
    }
    // A file that became shorter meanwhile must not yield zeros that nobody recorded.
    return filled === bytes.byteLength ? bytes : bytes.subarray(0, filled);
  };
  return (start, end) => {
    const index = Math.floor(start / blockByteLength);
    const block = blocks.get(index);
    const offset = start - index * blockByteLength;
    if (block !== undefined && offset + end - start <= block.byteLength) {
      return block.subarray(offset, offset + end - start);
    }
    return gather(start, Math.min(end, source.byteLength));
  };
}

import { throwIfCancelled } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import { createTimeSlice } from './timeSlice.js';

/** A range block by block, stopping early where the file turns out to be shorter. */
export async function* readBlocks(
  source: ByteSource,
  start: number,
  end: number,
  blockByteLength: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const pauseWhenDue = createTimeSlice();
  for (let position = start; position < end;) {
    const blockEnd = Math.min(end, position + blockByteLength);
    const block = await source.read(position, blockEnd, signal);
    if (block.byteLength > 0) yield block;
    if (block.byteLength < blockEnd - position) return;
    position = blockEnd;
    await pauseWhenDue();
    throwIfCancelled(signal);
  }
}

/** A range as one array that nothing else refers to, with room in front for a header. */
export async function readInto(
  source: ByteSource,
  start: number,
  end: number,
  headerByteLength: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(headerByteLength + Math.max(0, end - start));
  let length = headerByteLength;
  for await (const block of readBlocks(source, start, end, 1 << 20, signal)) {
    bytes.set(block, length);
    length += block.byteLength;
  }
  return length === bytes.byteLength ? bytes : bytes.slice(0, length);
}

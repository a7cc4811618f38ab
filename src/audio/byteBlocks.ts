import { throwIfCancelled } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import { createTimeSlice } from './timeSlice.js';

/** Large, because every read costs a trip to another thread and back. */
const readByteLength = 1 << 20;

/**
 * A range of a file in large blocks of whole frames, each read while the one before is worked on. Ends early where the
 * file turns out to be shorter; the last block may then hold part of a frame. A block is valid until the next is asked for.
 */
export async function* readByteBlocks(
  source: ByteSource,
  start: number,
  end: number,
  frameByteLength: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const pauseWhenDue = createTimeSlice();
  const blockByteLength = Math.max(1, Math.floor(readByteLength / frameByteLength)) * frameByteLength;
  // Two by turns: fresh memory for every block costs more than filling it.
  const room = Math.min(blockByteLength, Math.max(0, end - start));
  let [thisRoom, otherRoom] = [new Uint8Array(room), new Uint8Array(room)];
  const readAt = (position: number): Promise<Uint8Array> => {
    const work = source.read(position, Math.min(end, position + blockByteLength), signal, thisRoom);
    [thisRoom, otherRoom] = [otherRoom, thisRoom];
    // It is awaited later, or not at all if the receiver stops: a failure must not count as unhandled.
    work.catch(() => undefined);
    return work;
  };
  let next = readAt(start);
  for (let position = start; position < end; position += blockByteLength) {
    const bytes = await next;
    throwIfCancelled(signal);
    const wanted = Math.min(end - position, blockByteLength);
    const isLast = bytes.byteLength < wanted || position + wanted >= end;
    if (!isLast) next = readAt(position + wanted);
    if (bytes.byteLength > 0) yield bytes;
    if (isLast) return;
    await pauseWhenDue();
    throwIfCancelled(signal);
  }
}

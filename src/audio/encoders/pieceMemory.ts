/** So much of a piece's memory may be left over at its end. */
export const sparedShare = 1 / 16;
const largeByteLength = 8 << 20;
/**
 * What is larger than 32 MB, glibc always takes from the system and gives back at once (mallopt, M_MMAP_THRESHOLD); holes
 * that smaller blocks of differing sizes leave in its heaps would grow with every piece. What is not touched costs nothing.
 */
const returnedByteLength = (32 << 20) + (1 << 16);

/** Memory for a file that is handed over whole, of this size at least. */
export function pieceMemory(byteLength: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(byteLength < largeByteLength ? byteLength : Math.max(byteLength, returnedByteLength));
}

/** Whether bytes fill memory that holds nothing else, apart from room that was left at its end. */
export function isAlone({ buffer, byteOffset, byteLength }: ArrayBufferView): boolean {
  const room = byteLength < largeByteLength * (1 - sparedShare) ? byteLength : Math.max(byteLength, returnedByteLength);
  return byteOffset === 0 && room >= buffer.byteLength * (1 - sparedShare);
}

/** Frees memory that its owner needs no more at once, and not when memory is next tidied up. */
export function release(buffer: ArrayBuffer): void {
  const { transfer } = buffer as { readonly transfer?: (byteLength: number) => ArrayBuffer };
  transfer?.call(buffer, 0);
}

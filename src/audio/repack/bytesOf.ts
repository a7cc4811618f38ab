/**
 * A view of what WebCodecs takes as bytes in any form.
 * @param source `BufferSource`, whose type not every world that compiles this knows.
 */
export function bytesOf(source: unknown): Uint8Array {
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  return source instanceof ArrayBuffer ? new Uint8Array(source) : new Uint8Array(0);
}

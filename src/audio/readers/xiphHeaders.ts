/** Vorbis has three headers; MP4 and Matroska keep them behind the lengths of the first two (Xiph lacing). */
export function splitXiphHeaders(bytes: Uint8Array): Uint8Array[] {
  const lengths: number[] = [];
  let offset = 1;
  for (let count = bytes[0] ?? 0; count > 0 && offset < bytes.byteLength; count--) {
    let length = 0;
    while (bytes[offset] === 255) length += bytes[offset++] ?? 0;
    lengths.push(length + (bytes[offset++] ?? 0));
  }
  const headers = lengths.map((length) => bytes.slice(offset, (offset += length)));
  return [...headers, bytes.slice(offset)];
}

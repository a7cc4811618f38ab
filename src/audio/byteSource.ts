/** The one port for bytes: a file read by ranges, or bytes that are already here. */
export interface ByteSource {
  /** For messages to people: the file's name. */
  readonly name: string;
  readonly byteLength: number;
  /**
   * The bytes of the half-open range, clipped to what is there.
   * @throws EarshotError `clip-unreadable` when the storage fails, `cancelled` when the signal is aborted.
   */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array>;
}

export function sourceFromBytes(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    byteLength: bytes.byteLength,
    read: (start, end) => Promise.resolve(bytes.subarray(start, Math.max(start, end))),
  };
}

/** The one port for bytes: a file read by ranges, or bytes that are already here. */
export interface ByteSource {
  /** For messages to people: the file's name. */
  readonly name: string;
  readonly byteLength: number;
  /**
   * The bytes of the half-open range, clipped to what is there; fewer when the file has shrunk since it was opened.
   * @param signal May end the read early; the engine checks it around every read.
   * @param room Memory that the bytes may be put into, if they fit; they lie at its beginning then.
   * @throws EarshotError `clip-unreadable` when the storage fails.
   */
  read(start: number, end: number, signal?: AbortSignal, room?: Uint8Array): Promise<Uint8Array>;
  /** Called once by whoever opened it. */
  close(): Promise<void>;
}

export function sourceFromBytes(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    byteLength: bytes.byteLength,
    read: (start, end) => Promise.resolve(bytes.subarray(start, Math.max(start, end))),
    close: () => Promise.resolve(),
  };
}

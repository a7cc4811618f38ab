import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { ByteSource } from '../audio/byteSource.js';
import { EarshotError, throwIfCancelled } from '../core/errors.js';

/** A file of this machine, read by ranges. */
export async function openFile(name: string, path: string): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) throw new EarshotError('clip-unreadable', `${name} is not a file. Choose a recording.`);
    return sourceFromHandle(name, handle, stats.size);
  } catch (error) {
    await handle?.close();
    throw unreadable(name, error);
  }
}

function sourceFromHandle(name: string, handle: FileHandle, byteLength: number): ByteSource {
  return {
    name,
    byteLength,
    async read(start, end, signal, room) {
      throwIfCancelled(signal);
      const wanted = Math.max(0, Math.min(end, byteLength) - start);
      const bytes = room !== undefined && room.byteLength >= wanted ? room.subarray(0, wanted) : new Uint8Array(wanted);
      let length = 0;
      try {
        while (length < bytes.byteLength) {
          const { bytesRead } = await handle.read(bytes, length, bytes.byteLength - length, start + length);
          if (bytesRead === 0) break;
          length += bytesRead;
          throwIfCancelled(signal);
        }
      } catch (error) {
        throw unreadable(name, error);
      }
      return length === bytes.byteLength ? bytes : bytes.subarray(0, length);
    },
    close: () => handle.close(),
  };
}

const words: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there (any more). Choose it again.',
  EACCES: 'you have no permission to read it. Change its permissions, or copy it to a folder of yours.',
  EPERM: 'you have no permission to read it. Change its permissions, or copy it to a folder of yours.',
  EMFILE: 'too many files are open. Try again.',
  EIO: 'the disk or network reports an error. Copy it to another place and try again.',
};

function unreadable(name: string, error: unknown): EarshotError {
  if (error instanceof EarshotError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new EarshotError(
    'clip-unreadable',
    `${name} cannot be read: ${words[code] ?? `the system says ${code}. Try again.`}`,
    { cause: error, detail: String(error) },
  );
}

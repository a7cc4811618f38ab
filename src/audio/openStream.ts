import { EarshotError } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import type { PcmStream, PcmWish } from './pcmReader.js';
import { openSound } from './readers/openSound.js';

/** Reads with a program of the machine what Earshot does not read. */
export type OpenForeign = (wish: PcmWish, signal?: AbortSignal) => Promise<PcmStream>;

/** The sound by our own readers, else by a program of the machine. Throws as `openSound` does. */
export async function openStream(
  source: ByteSource,
  wish: PcmWish,
  openForeign: OpenForeign | undefined,
  signal: AbortSignal | undefined,
): Promise<PcmStream> {
  try {
    return await openSound(source, wish, signal);
  } catch (error) {
    const isForeign = error instanceof EarshotError && error.reason === 'unsupported-media';
    if (!isForeign || openForeign === undefined) throw error;
    return openForeign(wish, signal);
  }
}

/** The error for a stream that ended without a sample. */
export function nothingHeard(source: ByteSource, stream: PcmStream): EarshotError {
  const why = stream.problems[0]?.message;
  return new EarshotError(
    'clip-unreadable',
    why === undefined
      ? `${source.name} became shorter while it was read, or holds no sound. Try again.`
      : `${source.name} cannot be decoded: ${why} Copy or download it again.`,
  );
}

import type { ByteSource } from '../byteSource.js';
import { openPcm as openPcmFile } from '../pcmFiles.js';
import type { PcmStream, PcmWish } from '../pcmReader.js';
import type { Sniffed } from '../sniff.js';

export function openPcm(
  source: ByteSource,
  { container }: Sniffed,
  wish: PcmWish,
  signal: AbortSignal | undefined,
): Promise<PcmStream> {
  return openPcmFile(source, container === 'aiff' ? 'aiff' : 'wav', wish, signal);
}

import { EarshotError } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import type { PcmStream, PcmWish } from '../pcmReader.js';
import type { Sniffed } from '../sniff.js';

export function openPcm(
  source: ByteSource,
  sniffed: Sniffed,
  _wish: PcmWish,
  _signal: AbortSignal | undefined,
): Promise<PcmStream> {
  return Promise.reject(new EarshotError('unsupported-media', `${source.name} holds ${sniffed.container}.`));
}

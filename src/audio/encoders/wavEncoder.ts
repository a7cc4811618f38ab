import { wavByteLength, wavHeaderByteLength } from '../speechFormat.js';
import { roundToPcm16, writeWavHeader } from '../writeWav.js';
import { ByteCollector } from './byteCollector.js';
import type { SoundEncoder } from './soundEncoder.js';

/** @param expectedSampleCount In a file, at most: with it, a long one need not lie in memory twice. */
export function createWavEncoder(expectedSampleCount?: number): SoundEncoder {
  const header = new Uint8Array(wavHeaderByteLength);
  const file = new ByteCollector(expectedSampleCount === undefined ? undefined : wavByteLength(expectedSampleCount));
  let rounded = new Int16Array(0);
  return {
    encode(samples) {
      if (file.byteLength === 0) file.add(header);
      if (rounded.length < samples.length) rounded = new Int16Array(samples.length);
      roundToPcm16(samples, 0, samples.length, rounded, 0);
      // Typed arrays write in the machine's byte order, which is little-endian wherever WebAssembly runs.
      file.add(new Uint8Array(rounded.buffer, 0, samples.length * 2));
    },
    finish() {
      if (file.byteLength === 0) file.add(header);
      const bytes = file.takeOver();
      writeWavHeader(bytes);
      return bytes;
    },
    free: () => undefined,
  };
}

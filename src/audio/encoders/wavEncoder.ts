import { wavHeaderByteLength } from '../speechFormat.js';
import { roundToPcm16, writeWavHeader } from '../writeWav.js';
import { ByteCollector } from './byteCollector.js';
import type { SoundEncoder } from './soundEncoder.js';

export function createWavEncoder(): SoundEncoder {
  const header = new Uint8Array(wavHeaderByteLength);
  const file = new ByteCollector();
  file.add(header);
  return {
    encode(samples) {
      const rounded = new Int16Array(samples.length);
      roundToPcm16(samples, 0, samples.length, rounded, 0);
      // Typed arrays write in the machine's byte order, which is little-endian wherever WebAssembly runs.
      file.add(new Uint8Array(rounded.buffer));
    },
    finish() {
      const bytes = file.take();
      writeWavHeader(bytes);
      file.add(header);
      return bytes;
    },
    free: () => undefined,
  };
}

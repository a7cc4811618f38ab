import { loadResampleKernel } from './kernels/resampleKernel.js';
import { roundToPcm16 } from './writeWav.js';

const blockLength = 8192;
const outputPlace = 1024 + blockLength * 4 + 64;

/** Floats to 16 bits: to the nearest step, halves upwards, too loud is clipped. The result is valid until the next call. */
export function createPcm16Writer(): (samples: Float32Array, target: Int16Array, offset: number) => void {
  const loaded = loadResampleKernel(outputPlace + blockLength * 2 + 64);
  if (loaded === undefined) {
    return (samples, target, offset) => {
      roundToPcm16(samples, 0, samples.length, target, offset);
    };
  }
  const { kernel, buffer } = loaded;
  const input = new Float32Array(buffer, 1024, blockLength);
  const output = new Int16Array(buffer, outputPlace, blockLength);
  return (samples, target, offset) => {
    for (let start = 0; start < samples.length; start += blockLength) {
      const block = samples.subarray(start, start + blockLength);
      input.set(block);
      kernel.toS16(1024, block.length, outputPlace);
      target.set(output.subarray(0, block.length), offset + start);
    }
  };
}

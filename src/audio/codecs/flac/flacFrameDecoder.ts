import { wasmBase64 } from '../../kernels/flac.wasm.js';
import { kernelLoader } from '../../kernels/kernelModule.js';
import { malformed } from '../codecError.js';

interface FlacKernel {
  prepare(tables: number): void;
  decode(
    input: number,
    byteLength: number,
    words: number,
    channels: number,
    streamBits: number,
    isMixed: number,
    planes: number,
    planeByteLength: number,
  ): number;
}

const loadFlacKernel = kernelLoader<FlacKernel>(wasmBase64);

export interface FlacStreamInfo {
  readonly channelCount: number;
  readonly bitsPerSample: number;
  /** The longest. */
  readonly blockSampleCount: number;
  readonly maxFrameByteLength: number;
}

/** Samples of more bits are not decoded here. */
const depthLimit = 24;
/** Room for at least these, should the header say less than there is. */
const usualBlockSampleCount = 4608;
const tablesPlace = 1024;
const inputPlace = 8192;
/** For reading beyond the end of a frame, and before the first sample. */
const slackByteLength = 256;

const failures = [
  'its header is damaged',
  'its codes are damaged',
  'its checksum is wrong',
  'it is longer than the file allows',
  'it has other channels than the file',
];

/**
 * Decodes FLAC frame by frame, exactly. The arrays of a frame are valid until the next.
 * @param isMixed All channels are mixed to one.
 * @returns undefined where there is no WebAssembly with SIMD, and for samples of more than 24 bits.
 */
export function createFlacFrameDecoder(
  info: FlacStreamInfo,
  isMixed: boolean,
): ((frame: Uint8Array) => Float32Array[]) | undefined {
  if (info.bitsPerSample > depthLimit) return undefined;
  const { channelCount, bitsPerSample, maxFrameByteLength } = info;
  const planeByteLength = (Math.max(info.blockSampleCount || 65_535, usualBlockSampleCount) + 64) * 4;
  const areaByteLength = Math.ceil((maxFrameByteLength + 2 * slackByteLength) / 16) * 16;
  const words = inputPlace + areaByteLength;
  const planes = words + areaByteLength;
  const loaded = loadFlacKernel(planes + planeByteLength * channelCount + slackByteLength);
  if (loaded === undefined) return undefined;
  const { kernel, buffer } = loaded;
  kernel.prepare(tablesPlace);
  const input = new Uint8Array(buffer, inputPlace, maxFrameByteLength);
  return (frame) => {
    if (frame.byteLength > maxFrameByteLength) throw malformed('it is too long');
    input.set(frame);
    const { byteLength } = frame;
    const mixed = isMixed ? 1 : 0;
    const count = kernel.decode(
      inputPlace,
      byteLength,
      words,
      channelCount,
      bitsPerSample,
      mixed,
      planes,
      planeByteLength,
    );
    if (count < 0) throw malformed(failures[-count - 1] ?? 'it is damaged');
    return Array.from(
      { length: isMixed ? 1 : channelCount },
      (_, channel) => new Float32Array(buffer, planes + channel * planeByteLength, count),
    );
  };
}

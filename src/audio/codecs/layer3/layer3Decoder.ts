import { kernelLoader } from '../../kernels/kernelModule.js';
import { wasmBase64 } from '../../kernels/layer3.wasm.js';
import {
  fillLayer3Memory,
  inputByteLength,
  inputPlace,
  memoryByteLength,
  outputPlace,
  outputSampleCount,
} from './layer3Memory.js';

interface Layer3Kernel {
  reset(bandCount: number): void;
  breakOff(): void;
  decode(input: number, byteLength: number, output: number): number;
}

const loadLayer3Kernel = kernelLoader<Layer3Kernel>(wasmBase64);

export interface Layer3Options {
  /** Every sample, or every second one made of the lower half of the spectrum. */
  readonly step: 1 | 2;
  /** With a step of 2: whether samples with even or with odd numbers are kept. */
  readonly phase: 0 | 1;
}

/** Decodes Layer III to the mean of its channels. */
export interface Layer3Decoder {
  /**
   * Takes the next frame, with its header. What cannot be decoded becomes silence, so that every frame counts.
   * @returns What is wrong with it, if anything.
   */
  decode(frame: Uint8Array): string | undefined;
  /** To be called when frames are missing between the last and the next. */
  skip(): void;
  /** Whether there is no room for another frame before `take`. */
  readonly isFull: boolean;
  /** All sound since the last call, valid until the next frame. */
  take(): Float32Array;
}

const failures = ['its header is damaged', 'its side information is damaged', 'sound data before it is missing'];
const noHeader = -1;
const mostSamples = 1152;

/** @returns undefined where there is no WebAssembly with SIMD. */
export function createLayer3Decoder({ step, phase }: Layer3Options): Layer3Decoder | undefined {
  const loaded = loadLayer3Kernel(memoryByteLength);
  if (loaded === undefined) return undefined;
  const { kernel, buffer } = loaded;
  fillLayer3Memory(buffer, step, phase);
  kernel.reset(32 / step);
  const input = new Uint8Array(buffer, inputPlace, inputByteLength);
  const output = new Float32Array(buffer, outputPlace, outputSampleCount);
  let length = 0;
  return {
    decode(frame) {
      if (frame.byteLength > inputByteLength) return 'it is too long';
      input.set(frame);
      const count = kernel.decode(inputPlace, frame.byteLength, outputPlace + length * 4);
      const isFirstVersion = ((frame[1] ?? 0) & 8) !== 0;
      const end = length + (isFirstVersion ? 1152 : 576) / step;
      if (count === noHeader) output.fill(0, length, end);
      length = end;
      return count < 0 ? (failures[-count - 1] ?? 'its codes are damaged') : undefined;
    },
    skip: () => {
      kernel.breakOff();
    },
    get isFull() {
      return length + mostSamples > outputSampleCount;
    },
    take() {
      const samples = output.subarray(0, length);
      length = 0;
      return samples;
    },
  };
}

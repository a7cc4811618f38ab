import { kernelLoader } from './kernelModule.js';
import { wasmBase64 } from './resample.wasm.js';

/** What resample.as.ts exports. Every place and length is a number of bytes unless it counts samples by its name there. */
export interface ResampleKernel {
  mixS16(input: number, stride: number, count: number, frames: number, output: number): void;
  mixS24(input: number, stride: number, count: number, frames: number, output: number): void;
  mixS32(input: number, stride: number, count: number, frames: number, output: number): void;
  mixF32(input: number, stride: number, count: number, frames: number, output: number): void;
  swapBytes(input: number, sampleByteLength: number, byteLength: number): void;
  mixPlanes(input: number, planeByteLength: number, count: number, frames: number, output: number): void;
  halve(
    window: number,
    length: number,
    scratch: number,
    coefficients: number,
    pairs: number,
    count: number,
    output: number,
  ): void;
  polyphase(
    window: number,
    length: number,
    rows: number,
    taps: number,
    numerator: number,
    denominator: number,
    phases: number,
    state: number,
    output: number,
  ): number;
  toS16(input: number, count: number, output: number): void;
}

/** An instance with memory of its own. Undefined where there is no WebAssembly with SIMD. */
export const loadResampleKernel = kernelLoader<ResampleKernel>(wasmBase64);

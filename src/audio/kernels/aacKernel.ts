import { wasmBase64 } from './aac.wasm.js';
import { kernelLoader } from './kernelModule.js';

/** What aac.as.ts exports. Every place is a number of bytes. */
export interface AacKernel {
  synthesise(base: number, rising: number, falling: number): void;
  filter(line: number, taps: number, tapCount: number, count: number, target: number): void;
}

/** An instance with memory of its own. Undefined where there is no WebAssembly with SIMD. */
export const loadAacKernel = kernelLoader<AacKernel>(wasmBase64);

import type { Conversion, MonoConverter } from './conversion.js';
import { createScriptConverter } from './scriptConverter.js';
import { createSimdConverter } from './simdConverter.js';

/** In WebAssembly with SIMD where there is any, else ten times as slow in JavaScript. */
export function createMonoConverter(conversion: Conversion): MonoConverter {
  return createSimdConverter(conversion) ?? createScriptConverter(conversion);
}

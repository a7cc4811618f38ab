export interface LoadedKernel<Exports> {
  readonly kernel: Exports;
  readonly buffer: ArrayBuffer;
}

/**
 * Compiles a kernel when it is first needed.
 * @returns Makes instances with memory of their own; undefined where there is no WebAssembly with SIMD.
 */
export function kernelLoader<Exports>(wasmBase64: string): (byteLength: number) => LoadedKernel<Exports> | undefined {
  let compiled: WebAssembly.Module | undefined;
  let isTried = false;
  return (byteLength) => {
    if (!isTried) {
      isTried = true;
      compiled = compile(wasmBase64);
    }
    if (compiled === undefined) return undefined;
    const memory = new WebAssembly.Memory({ initial: Math.ceil(byteLength / 65_536) });
    const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
    return { kernel: exports as unknown as Exports, buffer: memory.buffer };
  };
}

function compile(wasmBase64: string): WebAssembly.Module | undefined {
  // Some hosts forbid WebAssembly by policy, which shows only as an exception.
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(wasmBase64), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

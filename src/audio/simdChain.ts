import type { FilterChain } from './filterChain.js';
import { halfbandReach } from './halfband.js';
import { loadResampleKernel } from './kernels/resampleKernel.js';
import type { ResampleKernel } from './kernels/resampleKernel.js';

/** Frames that go through all filters at a time: everything in between stays in the processor's cache. */
export const simdBlockFrames = 8192;

/** Readable and writable behind each area, because the kernel works on whole vectors. */
const slackByteLength = 128;

interface Halving {
  readonly pairs: number;
  readonly coefficients: number;
  readonly scratch: number;
}

/** The stretch of a stream in front of one filter that it still needs. */
interface Window {
  readonly place: number;
  length: number;
}

/** Filters in the memory of a WebAssembly kernel. */
export class SimdChain {
  readonly kernel: ResampleKernel;
  readonly bytes: Uint8Array;
  readonly floats: Float32Array;
  /** Room for what is to be mixed, `inputByteLength` long. */
  readonly input: number;
  readonly #windows: Window[] = [];
  readonly #halvings: Halving[] = [];
  readonly #chain: FilterChain;
  #rows = 0;
  #state = 0;
  #output = 0;

  /** @returns Undefined where there is no WebAssembly with SIMD. */
  static create(chain: FilterChain, inputByteLength: number): SimdChain | undefined {
    // Measured with a plan that is not kept: the areas must be known before there is memory for them.
    const loaded = loadResampleKernel(new MemoryPlan(chain, inputByteLength).byteLength);
    return loaded && new SimdChain(chain, inputByteLength, loaded.kernel, loaded.buffer);
  }

  private constructor(chain: FilterChain, inputByteLength: number, kernel: ResampleKernel, buffer: ArrayBuffer) {
    this.kernel = kernel;
    this.bytes = new Uint8Array(buffer);
    this.floats = new Float32Array(buffer);
    this.#chain = chain;
    const plan = new MemoryPlan(chain, inputByteLength);
    this.input = plan.input;
    chain.halfbands.forEach((coefficients, index) => {
      const area = plan.halvings[index];
      if (area === undefined) return;
      this.floats.set(coefficients, area.coefficients / 4);
      this.#halvings.push({ ...area, pairs: coefficients.length });
      this.#windows.push({ place: area.window, length: halfbandReach(coefficients) });
    });
    if (chain.polyphase !== undefined) {
      const { rows, taps } = chain.polyphase.table;
      this.floats.set(rows, plan.rows / 4);
      this.#windows.push({ place: plan.lastWindow, length: taps / 2 - 1 });
    }
    this.#rows = plan.rows;
    this.#state = plan.state;
    this.#output = plan.output;
  }

  /** Where the next samples of one channel are to be written, at most `simdBlockFrames` of them, before `run`. */
  get entry(): number {
    const [first] = this.#windows;
    return first === undefined ? this.#output : first.place + first.length * 4;
  }

  /** Takes the samples at `entry` through all filters. The result is valid until the next call. */
  run(frames: number): Float32Array {
    let count = frames;
    this.#windows.forEach((window, index) => {
      window.length += count;
      const next = this.#windows[index + 1];
      const target = next === undefined ? this.#output : next.place + next.length * 4;
      const halving = this.#halvings[index];
      count = halving === undefined ? this.#changeRate(window, target) : this.#halve(window, halving, target);
    });
    return this.floats.subarray(this.#output / 4, this.#output / 4 + count);
  }

  #halve(window: Window, { pairs, coefficients, scratch }: Halving, target: number): number {
    const reach = 2 * pairs - 1;
    const count = Math.max(0, Math.floor((window.length - 2 * reach + 1) / 2));
    this.kernel.halve(window.place, window.length, scratch, coefficients, pairs, count, target);
    this.#dropFirst(window, 2 * count);
    return count;
  }

  #changeRate(window: Window, target: number): number {
    const { polyphase } = this.#chain;
    if (polyphase === undefined) return 0;
    const { numerator, denominator } = polyphase.ratio;
    const { taps, phases } = polyphase.table;
    const state = this.#state;
    const { place, length } = window;
    const count = this.kernel.polyphase(place, length, this.#rows, taps, numerator, denominator, phases, state, target);
    const start = new Int32Array(this.bytes.buffer, state, 1);
    const spent = Math.min(start[0] ?? 0, length);
    this.#dropFirst(window, spent);
    start[0] = (start[0] ?? 0) - spent;
    return count;
  }

  #dropFirst(window: Window, count: number): void {
    const first = window.place / 4;
    this.floats.copyWithin(first, first + count, first + window.length);
    window.length -= count;
  }
}

/** Which area of the memory is for what. */
class MemoryPlan {
  readonly input: number;
  readonly halvings: { readonly window: number; readonly scratch: number; readonly coefficients: number }[] = [];
  readonly lastWindow: number = 0;
  readonly rows: number = 0;
  readonly state: number;
  readonly output: number;
  byteLength = 1024;

  constructor(chain: FilterChain, inputByteLength: number) {
    this.input = this.#area(inputByteLength);
    let frames = simdBlockFrames;
    for (const coefficients of chain.halfbands) {
      // Between two runs a filter keeps less than twice its reach and one sample.
      const windowByteLength = (2 * halfbandReach(coefficients) + 2 + frames) * 4;
      this.halvings.push({
        window: this.#area(windowByteLength),
        scratch: this.#area(windowByteLength + 64),
        coefficients: this.#area(coefficients.length * 4),
      });
      frames = Math.ceil(frames / 2) + 1;
    }
    if (chain.polyphase !== undefined) {
      const { ratio, table } = chain.polyphase;
      this.lastWindow = this.#area((table.taps + 2 + frames) * 4);
      this.rows = this.#area(table.rows.byteLength / 2);
      frames = Math.ceil(((frames + table.taps) * ratio.denominator) / ratio.numerator) + 2;
    }
    this.state = this.#area(8);
    this.output = this.#area(frames * 4);
  }

  #area(byteLength: number): number {
    const place = this.byteLength;
    this.byteLength += Math.ceil((byteLength + slackByteLength) / 64) * 64;
    return place;
  }
}

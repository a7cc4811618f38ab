import { convertedLength } from './conversion.js';
import type { Conversion, MonoConverter } from './conversion.js';
import { designFilterChain } from './filterChain.js';
import { GrowingBlock } from './growingBlock.js';
import type { ResampleKernel } from './kernels/resampleKernel.js';
import { mixToMono, pcmFormats } from './pcm.js';
import type { PcmCodec } from './pcm.js';
import { simdBlockFrames, SimdChain } from './simdChain.js';

type Mixer = 'mixS16' | 'mixS24' | 'mixS32' | 'mixF32';

/** What the kernel mixes itself; the rest, which is rare or small, is mixed in JavaScript. */
const mixers: Partial<Record<PcmCodec, { readonly mix: Mixer; readonly isSwapped?: true }>> = {
  'pcm-s16': { mix: 'mixS16' },
  'pcm-s24': { mix: 'mixS24' },
  'pcm-s32': { mix: 'mixS32' },
  'pcm-f32': { mix: 'mixF32' },
  'pcm-s16be': { mix: 'mixS16', isSwapped: true },
  'pcm-s24be': { mix: 'mixS24', isSwapped: true },
  'pcm-s32be': { mix: 'mixS32', isSwapped: true },
  'pcm-f32be': { mix: 'mixF32', isSwapped: true },
};

/** @returns Undefined where there is no WebAssembly with SIMD. */
export function createSimdConverter(conversion: Conversion): MonoConverter | undefined {
  const sampleByteLength = conversion.codec === undefined ? 4 : pcmFormats[conversion.codec].sampleByteLength;
  const inputByteLength = simdBlockFrames * conversion.channels * Math.max(4, sampleByteLength) + 64;
  const chain = SimdChain.create(designFilterChain(conversion.inputRate, conversion.outputRate), inputByteLength);
  return chain && new SimdConverter(conversion, chain);
}

class SimdConverter implements MonoConverter {
  readonly #conversion: Conversion;
  readonly #chain: SimdChain;
  readonly #output = new GrowingBlock();
  #pushed = 0;
  #produced = 0;

  constructor(conversion: Conversion, chain: SimdChain) {
    this.#conversion = conversion;
    this.#chain = chain;
  }

  pushPlanes(planes: readonly Float32Array[]): Float32Array {
    const { pick } = this.#conversion;
    const used = pick === 'mean' ? planes : planes.slice(pick, pick + 1);
    const { kernel, floats, input } = this.#chain;
    const [first] = used;
    return this.#push(first?.length ?? 0, (start, frames, entry) => {
      const end = start + frames;
      if (used.length === 1) {
        if (first !== undefined) floats.set(first.subarray(start, end), entry / 4);
        return;
      }
      used.forEach((plane, index) => {
        floats.set(plane.subarray(start, end), input / 4 + index * simdBlockFrames);
      });
      kernel.mixPlanes(input, simdBlockFrames * 4, used.length, frames, entry);
    });
  }

  pushBytes(bytes: Uint8Array): Float32Array {
    const { codec, channels, pick } = this.#conversion;
    if (codec === undefined) throw new Error('This converter takes planes only.');
    const { sampleByteLength } = pcmFormats[codec];
    const frameByteLength = sampleByteLength * channels;
    const mixer = mixers[codec];
    const { kernel, input, floats } = this.#chain;
    return this.#push(Math.floor(bytes.byteLength / frameByteLength), (start, frames, entry) => {
      const part = bytes.subarray(start * frameByteLength, (start + frames) * frameByteLength);
      if (mixer === undefined) {
        mixToMono(codec, channels, part, floats.subarray(entry / 4), pick);
        return;
      }
      this.#chain.bytes.set(part, input);
      if (mixer.isSwapped === true) kernel.swapBytes(input, sampleByteLength, part.byteLength);
      const place = pick === 'mean' ? input : input + pick * sampleByteLength;
      mixWith(kernel, mixer.mix, place, channels, pick === 'mean' ? channels : 1, frames, entry);
    });
  }

  flush(): Float32Array {
    const missing = convertedLength(this.#conversion, this.#pushed) - this.#produced;
    const tail = new Float32Array(missing);
    const { floats } = this.#chain;
    for (let length = 0; length < missing;) {
      const { entry } = this.#chain;
      floats.fill(0, entry / 4, entry / 4 + 1024);
      const samples = this.#chain.run(1024).subarray(0, missing - length);
      tail.set(samples, length);
      length += samples.length;
    }
    return tail;
  }

  #push(frames: number, mix: (start: number, frames: number, entry: number) => void): Float32Array {
    this.#output.clear();
    for (let start = 0; start < frames; start += simdBlockFrames) {
      const count = Math.min(simdBlockFrames, frames - start);
      mix(start, count, this.#chain.entry);
      this.#output.append(this.#chain.run(count));
    }
    this.#pushed += frames;
    const samples = this.#output.content;
    this.#produced += samples.length;
    return samples;
  }
}

/** A call with a fixed name each, because V8 makes calls of WebAssembly direct only then. */
function mixWith(
  kernel: ResampleKernel,
  mixer: Mixer,
  input: number,
  stride: number,
  count: number,
  frames: number,
  output: number,
): void {
  if (mixer === 'mixS16') kernel.mixS16(input, stride, count, frames, output);
  else if (mixer === 'mixS24') kernel.mixS24(input, stride, count, frames, output);
  else if (mixer === 'mixS32') kernel.mixS32(input, stride, count, frames, output);
  else kernel.mixF32(input, stride, count, frames, output);
}

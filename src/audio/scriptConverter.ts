import { convertedLength } from './conversion.js';
import type { Conversion, MonoConverter } from './conversion.js';
import { designFilterChain } from './filterChain.js';
import { GrowingBlock } from './growingBlock.js';
import { createHalfband } from './halfband.js';
import type { FilterStage } from './halfband.js';
import { mixToMono, pcmFormats } from './pcm.js';
import { createPolyphase } from './polyphase.js';

/** The converter in JavaScript, for hosts without WebAssembly or without its SIMD. */
export function createScriptConverter(conversion: Conversion): MonoConverter {
  const { inputRate, outputRate, channels, pick, codec } = conversion;
  const chain = designFilterChain(inputRate, outputRate);
  const stages: FilterStage[] = chain.halfbands.map(createHalfband);
  if (chain.polyphase !== undefined) stages.push(createPolyphase(chain.polyphase.ratio, chain.polyphase.table));
  const output = new GrowingBlock();
  let mono = new Float32Array(0);
  let pushed = 0;
  let produced = 0;

  const run = (block: Float32Array): Float32Array => {
    let samples: Float32Array | Float64Array = block;
    for (const stage of stages) samples = stage.push(samples);
    output.clear();
    output.append(samples);
    return output.content;
  };
  const push = (frames: number): Float32Array => {
    pushed += frames;
    const samples = run(mono.subarray(0, frames));
    produced += samples.length;
    return samples;
  };
  const reserve = (frames: number): void => {
    if (mono.length < frames) mono = new Float32Array(frames);
  };
  return {
    pushPlanes(planes) {
      const frames = planes[0]?.length ?? 0;
      reserve(frames);
      mixPlanes(pick === 'mean' ? planes : planes.slice(pick, pick + 1), mono);
      return push(frames);
    },
    pushBytes(bytes) {
      if (codec === undefined) throw new Error('This converter takes planes only.');
      reserve(Math.floor(bytes.byteLength / (pcmFormats[codec].sampleByteLength * channels)));
      return push(mixToMono(codec, channels, bytes, mono, pick));
    },
    flush() {
      const missing = convertedLength(conversion, pushed) - produced;
      const tail = new Float32Array(missing);
      const silence = new Float32Array(1024);
      for (let length = 0; length < missing;) {
        const samples = run(silence).subarray(0, missing - length);
        tail.set(samples, length);
        length += samples.length;
      }
      return tail;
    },
  };
}

function mixPlanes(planes: readonly Float32Array[], mono: Float32Array): void {
  const [first, second] = planes;
  if (first === undefined) return;
  if (second === undefined) {
    mono.set(first);
  } else if (planes.length === 2) {
    for (let frame = 0; frame < first.length; frame++) mono[frame] = ((first[frame] ?? 0) + (second[frame] ?? 0)) / 2;
  } else {
    mono.set(first);
    for (const plane of planes.slice(1)) {
      for (let frame = 0; frame < plane.length; frame++) mono[frame] = (mono[frame] ?? 0) + (plane[frame] ?? 0);
    }
    for (let frame = 0; frame < first.length; frame++) mono[frame] = (mono[frame] ?? 0) / planes.length;
  }
}

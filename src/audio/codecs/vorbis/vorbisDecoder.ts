import { wasmBase64 } from '../../kernels/vorbis.wasm.js';
import { kernelLoader } from '../../kernels/kernelModule.js';
import { malformed } from '../codecError.js';
import { quarterDelaySampleCount } from '../quarterDelayTaps.js';
import { readIdentification, readSetup } from './vorbisHeaders.js';
import { layOutMemory } from './vorbisMemory.js';

interface VorbisKernel {
  prepare(stream: number): void;
  decode(input: number, byteLength: number, output: number): number;
}

const loadVorbisKernel = kernelLoader<VorbisKernel>(wasmBase64);

/** The transforms take no fewer lines. */
const fewestLines = 32;
const failures = ['it holds no sound', 'it is of a kind that the file does not have'];

/** Decodes Vorbis I to the mean of its channels. */
export interface VorbisDecoder {
  /** Hz; the half of the stream's where that was asked for and is possible. */
  readonly sampleRate: number;
  /** How much later than it should the sound comes out, at half the rate. */
  readonly delaySampleCount: number;
  /**
   * The sound of a packet and of the overlap with the one before; the first packet gives none. Valid until the next call.
   * @throws CodecError `malformed`; the next packet may be fine.
   */
  decode(packet: Uint8Array): Float32Array;
}

export interface VorbisOptions {
  readonly identification: Uint8Array;
  /** The third header. */
  readonly setup: Uint8Array;
  /** Made of the lower half of the lines alone, at half the rate, unless that goes below this one. Hz. */
  readonly minSampleRate?: number;
}

/**
 * @returns undefined where there is no WebAssembly with SIMD.
 * @throws CodecError for headers that are damaged (`malformed`) or use what is not decoded here (`unsupported`).
 */
export function createVorbisDecoder(options: VorbisOptions): VorbisDecoder | undefined {
  const identification = readIdentification(options.identification);
  const { sampleRate, channelCount, blockSampleCounts } = identification;
  const setup = readSetup(options.setup, channelCount);
  const { minSampleRate = Infinity } = options;
  const isHalved = sampleRate / 2 >= minSampleRate && blockSampleCounts[0] / 4 >= fewestLines;
  const { image, stream, input, inputByteLength, output } = layOutMemory(identification, setup, isHalved ? 2 : 1);
  const loaded = loadVorbisKernel(image.byteLength);
  if (loaded === undefined) return undefined;
  const { kernel, buffer } = loaded;
  image.writeTo(buffer);
  kernel.prepare(stream);
  const inputBytes = new Uint8Array(buffer, input, inputByteLength);
  // There are as many lengths as pairs of blocks, and many packets of each.
  const views = new Map<number, Float32Array>();
  const samples = (count: number): Float32Array => {
    const view = views.get(count) ?? new Float32Array(buffer, output, count);
    views.set(count, view);
    return view;
  };
  return {
    sampleRate: isHalved ? sampleRate / 2 : sampleRate,
    delaySampleCount: isHalved ? quarterDelaySampleCount : 0,
    decode(packet) {
      if (packet.byteLength > inputByteLength) throw malformed('it is too long');
      inputBytes.set(packet);
      const count = kernel.decode(input, packet.byteLength, output);
      if (count < 0) throw malformed(failures[-count - 1] ?? 'it is damaged');
      return samples(count);
    },
  };
}

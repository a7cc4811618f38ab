import type { PcmCodec } from './pcm.js';

/** One channel of the source by its number, or the mean of all. */
export type ChannelPick = 'mean' | number;

/** What goes into a converter and what comes out. */
export interface Conversion {
  readonly inputRate: number;
  readonly outputRate: number;
  readonly channels: number;
  readonly pick: ChannelPick;
  /** How samples lie in the bytes given to `pushBytes`; without it only `pushPlanes` can be used. */
  readonly codec?: PcmCodec;
}

/**
 * Makes one channel of another sample rate out of sound, without delay: sample n of the output is the sound at
 * n / outputRate. The result does not depend on how the sound is cut into blocks. What is returned is valid until the
 * next call.
 */
export interface MonoConverter {
  /** One array per channel, all of one length. */
  pushPlanes(planes: readonly Float32Array[]): Float32Array;
  /** Interleaved samples as they lie in a file; whole frames. */
  pushBytes(bytes: Uint8Array): Float32Array;
  /** The rest, once the sound has ended. */
  flush(): Float32Array;
}

/** How many samples come out for so many that went in. */
export function convertedLength(conversion: Pick<Conversion, 'inputRate' | 'outputRate'>, frames: number): number {
  return Math.ceil((frames * conversion.outputRate) / conversion.inputRate);
}

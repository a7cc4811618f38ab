import type { Probe } from '../../../../src/core/clip.js';

/** What is done with a damaged file: decoded at its own rate, or prepared for a receiver. */
export const damageWays = ['decode', 'speech', 're-pack', 'mp3', 'ogg', 'flac'] as const;
export type DamageWay = (typeof damageWays)[number];

export interface DamageAsk {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly way: DamageWay;
}

export interface Heard {
  readonly seconds: number;
  /** Of the first channel, at the rate that it was decoded to. */
  readonly sampleCount?: number;
  readonly audibleCount?: number;
  readonly loudCount?: number;
  readonly isFinite?: boolean;
  readonly pieceCount?: number;
  readonly byteLength?: number;
  readonly problemCount: number;
  /** Where the sound ends by what is said of it: the result is a part. */
  readonly endsAtSeconds?: number;
  readonly probe?: Probe;
}

export interface DamageAnswer {
  readonly id: number;
  readonly heard?: Heard;
  readonly error?: { readonly reason: string; readonly message: string };
  readonly milliseconds?: number;
  /** The most that the process had in memory since it began. */
  readonly peakMegabytes?: number;
  readonly printed: string;
}

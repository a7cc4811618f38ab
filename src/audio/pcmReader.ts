import type { TimeRange } from '../core/clip.js';

/** Decoded sound in order and without gaps. The arrays belong to the receiver until it asks for the next block. */
export interface PcmBlock {
  /** One array per channel, all of one length, -1 to 1. */
  readonly channels: readonly Float32Array[];
}

/** How much of the sound a caller needs; a reader may do less work for less. */
export interface PcmWish {
  /** Only this part; a reader starts as close before it as the format allows and trims to the sample. */
  readonly range?: TimeRange;
  /** True when one channel will do: a codec may then mix down where that is cheap. */
  readonly mono?: boolean;
  /** A reader may deliver any rate at or above this one, where decoding less than everything saves work. Hz. */
  readonly minSampleRate?: number;
}

export interface PcmStream {
  /** Of what is delivered, which may be less than the source's own (see PcmWish). Hz. */
  readonly sampleRate: number;
  readonly channelCount: number;
  /** Ends early on unreadable data; `problems` then says where and why. */
  readonly blocks: AsyncIterable<PcmBlock>;
  /** What was passed over or lost, filled while blocks are read. */
  readonly problems: readonly PcmProblem[];
}

export interface PcmProblem {
  /** On the source's clock. */
  readonly atSeconds: number;
  readonly message: string;
  /** True when nothing after this place could be read. */
  readonly isEnd: boolean;
}

import type { PcmProblem } from '../pcmReader.js';

/** Packets that belong together, in order. A container knows the time of a page or of every packet; either will do. */
export interface PacketBatch {
  readonly packets: readonly Uint8Array[];
  /** When the first sample of the batch plays; below zero for what a decoder makes only to warm up. */
  readonly startSeconds?: number;
  /** How long every packet plays, where all play equally long: tells where the sound goes on behind a damaged one. */
  readonly packetSeconds?: number;
  /** When its last sample has played: tells where the batch began if nothing else does, and what of it is padding. */
  readonly endSeconds?: number;
  /** What lies behind `endSeconds` is padding. */
  readonly isLast?: boolean;
  /** Packets before this batch were lost, so that its place must be found anew. */
  readonly isAfterLoss?: boolean;
  /** New headers: another recording was appended to the file. */
  readonly setup?: readonly Uint8Array[];
}

/** The sound of a file as packets of one codec. */
export interface SoundTrack {
  /** Of the whole file. */
  readonly byteLength: number;
  readonly codec: string;
  /** The codec's own, 0 where only decoding tells. Hz. */
  readonly sampleRate: number;
  readonly channelCount: number;
  /** The codec's headers: see the decoder of each codec. */
  readonly setup: readonly Uint8Array[];
  /** Where the sound ends by what the file says of itself; its padding lies behind. */
  readonly endSeconds?: number;
  /** Whether a gap in the times means silence. Where times are rounded, small gaps mean nothing. */
  readonly toleranceSeconds: number;
  /** How much earlier decoding must begin for a part to sound as in the whole. */
  readonly prerollSeconds: number;
  /** Every packet whose sound reaches beyond this time, from some earlier ones on. */
  batches(fromSeconds: number): AsyncIterable<PacketBatch>;
  /** What the container's reader passed over. */
  readonly problems: PcmProblem[];
  close(): void;
}

/** Sound of one packet. The arrays are valid until the next call. */
export interface PacketDecoder {
  readonly sampleRate: number;
  readonly channelCount: number;
  /** How much later than it should the sound comes out. */
  readonly delaySampleCount?: number;
  /** @throws Error on a damaged packet; the next one may be fine. */
  decode(packet: Uint8Array): readonly Float32Array[];
  free(): void;
}

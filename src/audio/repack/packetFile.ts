import type { MediaFormatName } from '../../core/media.js';

/** A packet of a codec as its container gave it. Valid until the next ones are asked for. */
export interface TimedPacket {
  readonly data: Uint8Array;
  /** On the clock of the recording; below zero for what decoders leave out. */
  readonly startSeconds: number;
  /** 0 where the container does not say. */
  readonly durationSeconds: number;
}

/** The packets of one piece, by their numbers. */
export interface PacketRun {
  readonly count: number;
  /** The first so many are to be decoded, not heard. */
  readonly leadInCount: number;
  /** Nothing of the recording comes before. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  data(index: number): Uint8Array;
  byteLength(index: number): number;
  startSeconds(index: number): number;
  durationSeconds(index: number): number;
}

/** How packets of one codec become files of one format. */
export interface PacketFile {
  readonly format: MediaFormatName;
  /** What a file takes beyond its packets' own bytes, at most. */
  readonly fixedByteLength: number;
  readonly bytesPerPacket: number;
  /** How long decoding must begin before a piece so that it sounds as in the whole; 0 where a file cannot say so. */
  readonly leadInSeconds: number;
  write(run: PacketRun): Promise<Uint8Array<ArrayBuffer>>;
}

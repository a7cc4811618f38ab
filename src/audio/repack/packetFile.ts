import type { MediaFormatName } from '../../core/media.js';

/** A packet of a codec as its container gave it. Belongs to whoever holds it. */
export interface TimedPacket {
  readonly data: Uint8Array;
  /** On the clock of the recording; below zero for what decoders leave out. */
  readonly startSeconds: number;
  /** 0 where the container does not say. */
  readonly durationSeconds: number;
}

/** Where a piece lies in the recording. */
export interface PiecePlace {
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** How packets of one codec become files of one format. */
export interface PacketFile {
  readonly format: MediaFormatName;
  /** What a file takes beyond its packets' own bytes, at most. */
  readonly fixedByteLength: number;
  readonly bytesPerPacket: number;
  /** How long decoding must begin before a piece so that it sounds as in the whole; 0 where a file cannot say so. */
  readonly leadInSeconds: number;
  /** @param leadIn To be decoded, not heard. */
  write(
    leadIn: readonly TimedPacket[],
    packets: readonly TimedPacket[],
    place: PiecePlace,
  ): Promise<Uint8Array<ArrayBuffer>>;
}

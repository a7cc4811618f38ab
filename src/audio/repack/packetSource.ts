import type { AudioCodec } from 'mediabunny';
import type { PcmProblem } from '../pcmReader.js';
import type { TimedPacket } from './packetFile.js';

/** The packets of a recording, out of whatever container they are in. */
export interface PacketSource {
  readonly codec: AudioCodec;
  readonly config: AudioDecoderConfig;
  /** The codec's headers one by one, where it has several. */
  readonly headers: readonly Uint8Array[];
  /** Several at a time, from this time on or a little before; valid until the next are asked for. */
  packets(fromSeconds: number): AsyncIterable<readonly TimedPacket[]>;
  /** What was passed over or lost, filled while packets are read. */
  readonly problems: readonly PcmProblem[];
  close(): void;
}

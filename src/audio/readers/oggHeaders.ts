import { ascii } from '../signatures.js';

/** What the first packet of a logical bitstream tells. */
export interface OggHead {
  readonly codec: 'opus' | 'vorbis' | 'flac';
  /** Of the granule positions. Hz. */
  readonly granuleRate: number;
  readonly channelCount: number;
  /** Samples to leave out at the beginning, in granules. */
  readonly preSkip: number;
  /** Undefined when it is not said. */
  readonly headerPacketCount: number | undefined;
}

/** Undefined for pictures, subtitles, and sound of other codecs. */
export function parseOggHead(packet: Uint8Array): OggHead | undefined {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (ascii(view, 0, 8) === 'OpusHead' && view.byteLength >= 19) {
    return {
      codec: 'opus',
      granuleRate: 48_000,
      channelCount: view.getUint8(9),
      preSkip: view.getUint16(10, true),
      headerPacketCount: 2,
    };
  }
  if (ascii(view, 0, 7) === '\x01vorbis' && view.byteLength >= 30) {
    return {
      codec: 'vorbis',
      granuleRate: view.getUint32(12, true),
      channelCount: view.getUint8(11),
      preSkip: 0,
      headerPacketCount: 3,
    };
  }
  if (ascii(view, 0, 5) === '\x7fFLAC' && view.byteLength >= 51 && ascii(view, 9, 4) === 'fLaC') {
    const otherHeaders = view.getUint16(7);
    const rateAndChannels = view.getUint32(27);
    return {
      codec: 'flac',
      granuleRate: rateAndChannels >>> 12,
      channelCount: ((rateAndChannels >>> 9) & 7) + 1,
      preSkip: 0,
      headerPacketCount: otherHeaders === 0 ? undefined : otherHeaders + 1,
    };
  }
  return undefined;
}

/** Whether a packet is still one of the headers. */
export function isOggHeader(head: OggHead, packet: Uint8Array, headersSoFar: number): boolean {
  if (head.headerPacketCount !== undefined) return headersSoFar < head.headerPacketCount;
  return packet[0] !== 0xff;
}

/** The headers as the decoders take them: FLAC's without what Ogg put in front, and marked as complete. */
export function decoderSetup(head: OggHead, packets: readonly Uint8Array[]): Uint8Array[] {
  const [first] = packets;
  if (head.codec !== 'flac' || first === undefined) return [...packets];
  const info = first.slice(9, 51);
  info[4] = 0x80;
  return [info];
}

import { createOggPages } from '../encoders/oggPages.js';
import { opusPacketSampleCount, opusTags } from '../encoders/opusHead.js';
import type { PacketFile, TimedPacket } from './packetFile.js';

const opusRate = 48_000;
/** A lacing value, and a share of the page's header, for every packet of a usual size. */
const bytesPerPacket = 4;

/** @param head The recording's own `OpusHead` (RFC 7845, 5.1). */
export function opusInOgg(head: Uint8Array): PacketFile {
  const preSkip = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint16(10, true);
  return {
    format: 'ogg',
    fixedByteLength: 8192,
    bytesPerPacket,
    // Decoders have converged after 80 ms (RFC 7845, 4.6).
    leadInSeconds: 0.08,
    write(leadIn, packets, { isFirst, isLast }) {
      const pages = createOggPages(1);
      const begin = isFirst ? preSkip : countSamples(leadIn);
      const ownHead = head.slice();
      new DataView(ownHead.buffer).setUint16(10, begin, true);
      pages.addPacket(ownHead, 0);
      pages.endPage();
      pages.addPacket(opusTags(), 0);
      pages.endPage();
      let granule = 0;
      for (const packet of [...leadIn, ...packets]) {
        granule += opusPacketSampleCount(packet.data);
        pages.addPacket(packet.data, granule);
      }
      return Promise.resolve(pages.finish(isLast ? trimmedEnd(granule, packets) : undefined));
    },
  };

  function countSamples(packets: readonly TimedPacket[]): number {
    return packets.reduce((sum, { data }) => sum + opusPacketSampleCount(data), 0);
  }

  /** The container says so when the last packet is not to be heard to its end. */
  function trimmedEnd(granule: number, packets: readonly TimedPacket[]): number | undefined {
    const last = packets.at(-1);
    if (last === undefined || last.durationSeconds <= 0 || packets.length < 2) return undefined;
    const padding = opusPacketSampleCount(last.data) - Math.round(last.durationSeconds * opusRate);
    return padding > 0 ? granule - padding : undefined;
  }
}

/** @param headers The three of Vorbis. */
export function vorbisInOgg(headers: readonly Uint8Array[], sampleRate: number): PacketFile {
  return {
    format: 'ogg',
    fixedByteLength: 8192 + headers.reduce((sum, header) => sum + header.byteLength, 0),
    bytesPerPacket,
    // The first packet that a decoder is given makes no sound: it is overlapped with the next.
    leadInSeconds: 1e-6,
    write(leadIn, packets, { isFirst }) {
      const pages = createOggPages(1);
      headers.forEach((header, index) => {
        pages.addPacket(header, 0);
        if (index !== 1) pages.endPage();
      });
      const begin = isFirst ? 0 : (packets[0]?.startSeconds ?? 0);
      for (const packet of leadIn) pages.addPacket(packet.data, 0);
      for (const packet of packets) {
        const end = packet.startSeconds + packet.durationSeconds - begin;
        pages.addPacket(packet.data, Math.max(0, Math.round(end * sampleRate)));
      }
      return Promise.resolve(pages.finish());
    },
  };
}

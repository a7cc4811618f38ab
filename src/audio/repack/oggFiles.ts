import { createOggPages } from '../encoders/oggPages.js';
import { opusPacketSampleCount, opusTags } from '../encoders/opusHead.js';
import type { PacketFile, PacketRun } from './packetFile.js';

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
    write(run) {
      const pages = createOggPages(1, roomForPackets(run) + head.byteLength);
      let begin = preSkip;
      if (!run.isFirst) {
        begin = 0;
        for (let index = 0; index < run.leadInCount; index++) begin += opusPacketSampleCount(run.data(index));
      }
      const ownHead = head.slice();
      new DataView(ownHead.buffer).setUint16(10, begin, true);
      pages.addPacket(ownHead, 0);
      pages.endPage();
      pages.addPacket(opusTags(), 0);
      pages.endPage();
      let granule = 0;
      for (let index = 0; index < run.count; index++) {
        const data = run.data(index);
        granule += opusPacketSampleCount(data);
        pages.addPacket(data, granule);
      }
      return Promise.resolve(pages.finish(run.isLast ? trimmedEnd(granule, run) : undefined));
    },
  };

  /** The container says so when the last packet is not to be heard to its end. */
  function trimmedEnd(granule: number, run: PacketRun): number | undefined {
    const last = run.count - 1;
    if (run.durationSeconds(last) <= 0 || run.count - run.leadInCount < 2) return undefined;
    const padding = opusPacketSampleCount(run.data(last)) - Math.round(run.durationSeconds(last) * opusRate);
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
    write(run) {
      const pages = createOggPages(1, roomFor(run));
      headers.forEach((header, index) => {
        pages.addPacket(header, 0);
        if (index !== 1) pages.endPage();
      });
      const begin = run.isFirst ? 0 : run.startSeconds(run.leadInCount);
      for (let index = 0; index < run.count; index++) {
        const end = run.startSeconds(index) + run.durationSeconds(index) - begin;
        pages.addPacket(run.data(index), index < run.leadInCount ? 0 : Math.max(0, Math.round(end * sampleRate)));
      }
      return Promise.resolve(pages.finish());
    },
  };

  function roomFor(run: PacketRun): number {
    return headers.reduce((sum, header) => sum + header.byteLength + 64, roomForPackets(run));
  }
}

/** What the pages of a piece take, with little to spare. */
function roomForPackets(run: PacketRun): number {
  let byteLength = 1024;
  for (let index = 0; index < run.count; index++) byteLength += pagedByteLength(run.byteLength(index));
  return byteLength;
}

/** With its lacing values and a share of a page's header, of which there is one for at most 255 values. */
function pagedByteLength(byteLength: number): number {
  const segments = Math.floor(byteLength / 255) + 1;
  return byteLength + segments + 1 + Math.ceil((segments * 27) / 128);
}

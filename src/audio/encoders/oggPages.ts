import { ByteCollector } from './byteCollector.js';

/** Packets in pages of Ogg (RFC 3533), one logical stream. */
export interface OggPages {
  /** @param granulePosition Of the stream when this packet has been decoded, as its codec defines it. */
  addPacket(packet: Uint8Array, granulePosition: number): void;
  /** Begins a new page, as codecs want it behind their headers. */
  endPage(): void;
  /** Ends the stream. @param granulePosition When given, the end lies before the end of the last packet. */
  finish(granulePosition?: number): Uint8Array<ArrayBuffer>;
  /** What the file would have at least if it ended now. */
  readonly byteLength: number;
}

const headerByteLength = 27;
/** Pages of about a second at the rates of speech: larger ones save little. */
const packetsPerPage = 50;
const firstPageFlag = 2;
const lastPageFlag = 4;
const continuedFlag = 1;

/** @param byteLength What the file is expected to take at most. */
export function createOggPages(serialNumber: number, byteLength?: number): OggPages {
  const file = new ByteCollector(byteLength);
  const body = new ByteCollector();
  let lacing: number[] = [];
  let packets = 0;
  let pageGranule = -1;
  let sequence = 0;
  let isContinued = false;

  function writePage(flags: number): void {
    const header = new Uint8Array(headerByteLength + lacing.length);
    const view = new DataView(header.buffer);
    view.setUint32(0, 0x4f67_6753); // OggS
    view.setUint8(5, flags | (sequence === 0 ? firstPageFlag : 0) | (isContinued ? continuedFlag : 0));
    view.setBigInt64(6, BigInt(pageGranule), true);
    view.setUint32(14, serialNumber, true);
    view.setUint32(18, sequence, true);
    view.setUint8(26, lacing.length);
    header.set(lacing, headerByteLength);
    const bytes = body.take();
    view.setUint32(22, pageChecksum(pageChecksum(0, header), bytes), true);
    file.add(header);
    file.add(bytes);
    sequence++;
    lacing = [];
    packets = 0;
    pageGranule = -1;
    isContinued = false;
  }

  return {
    get byteLength() {
      return file.byteLength + body.byteLength + headerByteLength + lacing.length;
    },
    addPacket(packet, granulePosition) {
      const segments = Math.floor(packet.byteLength / 255) + 1;
      if (lacing.length > 0 && (packets >= packetsPerPage || lacing.length + segments > 255)) writePage(0);
      for (let offset = 0, left = segments; left > 0;) {
        const count = Math.min(left, 255 - lacing.length);
        const end = Math.min(packet.byteLength, offset + count * 255);
        body.add(packet.subarray(offset, end));
        for (let index = 0; index < count; index++) lacing.push(Math.min(255, end - offset - index * 255));
        offset = end;
        left -= count;
        if (left > 0) {
          writePage(0);
          isContinued = true;
        }
      }
      packets++;
      pageGranule = granulePosition;
    },
    endPage() {
      if (lacing.length > 0) writePage(0);
    },
    finish(granulePosition) {
      if (granulePosition !== undefined) pageGranule = granulePosition;
      writePage(lastPageFlag);
      return file.takeOver();
    },
  };
}

/** Four bytes at a time: tables for the checksum of a byte and of a byte followed by one to three zeros. */
const checksumTables = [0, 1, 2, 3].map((zeros) =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let checksum = byte << 24;
    for (let bit = 0; bit < 8 * (zeros + 1); bit++) {
      checksum = (checksum << 1) ^ ((checksum & 0x8000_0000) === 0 ? 0 : 0x04c1_1db7);
    }
    return checksum >>> 0;
  }),
) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** Polynomial 0x04C11DB7, from the highest bit, without inversions. */
function pageChecksum(start: number, bytes: Uint8Array): number {
  const [one, two, three, four] = checksumTables;
  let checksum = start;
  let offset = 0;
  for (; offset + 4 <= bytes.byteLength; offset += 4) {
    const word =
      checksum ^
      (((bytes[offset] ?? 0) << 24) |
        ((bytes[offset + 1] ?? 0) << 16) |
        ((bytes[offset + 2] ?? 0) << 8) |
        (bytes[offset + 3] ?? 0));
    checksum =
      (four[word >>> 24] ?? 0) ^
      (three[(word >>> 16) & 255] ?? 0) ^
      (two[(word >>> 8) & 255] ?? 0) ^
      (one[word & 255] ?? 0);
  }
  for (; offset < bytes.byteLength; offset++) {
    checksum = (checksum << 8) ^ (one[(checksum >>> 24) ^ (bytes[offset] ?? 0)] ?? 0);
  }
  return checksum >>> 0;
}

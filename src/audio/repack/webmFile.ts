import { opusPacketSampleCount } from '../encoders/opusHead.js';
import { FileWriter } from './fileWriter.js';
import type { PacketFile, PacketRun } from './packetFile.js';

const clusterMilliseconds = 1000;
/** A block's header, and a share of its cluster's. */
const bytesPerPacket = 16;
/** Its sizes take four bytes from here on. */
const longestSize = 0x1000_0000;
const opusRate = 48_000;
/** Decoders have converged after 80 ms (RFC 7845, 4.6). */
const seekPreRollNanoseconds = 80_000_000;

/** IDs of elements (RFC 9559). */
const elements = {
  ebml: 0x1a45_dfa3,
  ebmlVersion: 0x4286,
  ebmlReadVersion: 0x42f7,
  ebmlMaxIdLength: 0x42f2,
  ebmlMaxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  segment: 0x1853_8067,
  info: 0x1549_a966,
  timestampScale: 0x2a_d7b1,
  duration: 0x4489,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654_ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  codecPrivate: 0x63a2,
  codecDelay: 0x56aa,
  seekPreRoll: 0x56bb,
  audio: 0xe1,
  samplingFrequency: 0xb5,
  channels: 0x9f,
  cluster: 0x1f43_b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  discardPadding: 0x75a2,
} as const;

/** Opus in WebM. @param head The recording's own `OpusHead` (RFC 7845, 5.1). */
export function opusInWebm(head: Uint8Array): PacketFile {
  return {
    format: 'webm',
    fixedByteLength: 16_384 + head.byteLength,
    bytesPerPacket,
    // Only the beginning of the recording has samples to leave out.
    leadInSeconds: 0,
    write: (run) => Promise.resolve(writeFile(run, head)),
  };
}

function writeFile(run: PacketRun, recordingHead: Uint8Array): Uint8Array<ArrayBuffer> {
  let byteLengthLimit = 1024 + recordingHead.byteLength;
  for (let index = 0; index < run.count; index++) byteLengthLimit += run.byteLength(index) + bytesPerPacket;
  const file = new FileWriter(byteLengthLimit);
  const element = elementWriter(file);
  const head = recordingHead.slice();
  const headView = new DataView(head.buffer);
  if (!run.isFirst) headView.setUint16(10, 0, true);
  const preSkipSeconds = headView.getUint16(10, true) / opusRate;
  const origin = run.startSeconds(0);
  const last = run.count - 1;

  element.parent(elements.ebml, () => {
    element.number(elements.ebmlVersion, 1);
    element.number(elements.ebmlReadVersion, 1);
    element.number(elements.ebmlMaxIdLength, 4);
    element.number(elements.ebmlMaxSizeLength, 8);
    element.text(elements.docType, 'webm');
    element.number(elements.docTypeVersion, 4);
    element.number(elements.docTypeReadVersion, 2);
  });
  element.parent(elements.segment, () => {
    element.parent(elements.info, () => {
      element.number(elements.timestampScale, 1_000_000);
      element.float(elements.duration, (run.startSeconds(last) + run.durationSeconds(last) - origin) * 1000);
      element.text(elements.muxingApp, 'Earshot');
      element.text(elements.writingApp, 'Earshot');
    });
    element.parent(elements.tracks, () => {
      element.parent(elements.trackEntry, () => {
        element.number(elements.trackNumber, 1);
        element.number(elements.trackUid, 1);
        element.number(elements.trackType, 2);
        element.number(elements.flagLacing, 0);
        element.text(elements.codecId, 'A_OPUS');
        element.bytes(elements.codecPrivate, head);
        element.number(elements.codecDelay, Math.round(preSkipSeconds * 1e9));
        element.number(elements.seekPreRoll, seekPreRollNanoseconds);
        element.parent(elements.audio, () => {
          element.float(elements.samplingFrequency, opusRate);
          element.number(elements.channels, head[9] ?? 1);
        });
      });
    });
    // Rounding must not let time run backwards.
    let milliseconds = 0;
    for (let index = 0; index < run.count;) {
      const start = Math.max(milliseconds, Math.round((run.startSeconds(index) - origin) * 1000));
      element.parent(elements.cluster, () => {
        element.number(elements.timestamp, start);
        for (; index < run.count; index++) {
          milliseconds = Math.max(milliseconds, Math.round((run.startSeconds(index) - origin) * 1000));
          if (milliseconds - start >= clusterMilliseconds) break;
          const padding = index === last && run.isLast ? paddingSeconds(run, index) : 0;
          if (padding > 0) {
            element.parent(elements.blockGroup, () => {
              element.block(elements.block, milliseconds - start, 0, run.data(index));
              element.number(elements.discardPadding, Math.round(padding * 1e9));
            });
          } else element.block(elements.simpleBlock, milliseconds - start, 0x80, run.data(index));
        }
      });
    }
  });
  return file.finish();
}

/** What of a packet is not to be heard, when the recording ends within it. */
function paddingSeconds(run: PacketRun, index: number): number {
  const duration = run.durationSeconds(index);
  if (duration <= 0) return 0;
  const padding = opusPacketSampleCount(run.data(index)) - Math.round(duration * opusRate);
  return padding > 0 ? padding / opusRate : 0;
}

interface ElementWriter {
  parent(id: number, write: () => void): void;
  number(id: number, value: number): void;
  float(id: number, value: number): void;
  text(id: number, value: string): void;
  bytes(id: number, value: Uint8Array): void;
  block(id: number, milliseconds: number, flags: number, data: Uint8Array): void;
}

function elementWriter(file: FileWriter): ElementWriter {
  const writeId = (id: number): void => {
    if (id >= 0x100_0000) file.u8(id >>> 24);
    if (id >= 0x1_0000) file.u8((id >>> 16) & 255);
    if (id >= 0x100) file.u8((id >>> 8) & 255);
    file.u8(id & 255);
  };
  const writeSize = (byteLength: number): void => {
    if (byteLength < 0x7f) file.u8(0x80 | byteLength);
    else if (byteLength < 0x3fff) file.u16(0x4000 | byteLength);
    else file.u32(longestSize | byteLength);
  };
  return {
    parent(id, write) {
      writeId(id);
      const offset = file.byteLength;
      // In eight bytes, of which the first says so: pieces are of less than 4 GB.
      file.u32(0x0100_0000);
      file.u32(0);
      write();
      file.u32At(offset + 4, file.byteLength - offset - 8);
    },
    number(id, value) {
      writeId(id);
      file.u8(0x84);
      file.u32(value);
    },
    float(id, value) {
      writeId(id);
      file.u8(0x88);
      file.f64(value);
    },
    text(id, value) {
      writeId(id);
      writeSize(value.length);
      file.ascii(value);
    },
    bytes(id, value) {
      writeId(id);
      writeSize(value.byteLength);
      file.bytes(value);
    },
    block(id, milliseconds, flags, data) {
      writeId(id);
      writeSize(4 + data.byteLength);
      file.u8(0x81); // the track's number
      file.u16(milliseconds);
      file.u8(flags);
      file.bytes(data);
    },
  };
}

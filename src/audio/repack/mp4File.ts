import { bytesOf } from './bytesOf.js';
import { FileWriter } from './fileWriter.js';
import type { PacketFile, PacketRun } from './packetFile.js';

const packetsPerChunk = 50;
/** A size in one table, a share of a chunk's place in another; times are told in runs. */
const bytesPerPacket = 16;

/** AAC in MP4 (ISO/IEC 14496-12 and -14): `moov` in front, and an edit list for what is not to be heard. */
export function aacInMp4(config: AudioDecoderConfig): PacketFile {
  return {
    format: 'mp4',
    fixedByteLength: 16_384 + bytesOf(config.description).byteLength,
    bytesPerPacket,
    leadInSeconds: 1e-6,
    write: (run) => Promise.resolve(writeFile(run, config)),
  };
}

function writeFile(run: PacketRun, config: AudioDecoderConfig): Uint8Array<ArrayBuffer> {
  const times = timesOf(run, config.sampleRate);
  let dataByteLength = 0;
  for (let index = 0; index < run.count; index++) dataByteLength += run.byteLength(index);
  const headRoom = 4096 + bytesOf(config.description).byteLength + run.count * 5 + times.runs.length * 8;
  // Once to see how long it becomes, since it tells where the data lie behind it.
  const { byteLength } = writeHead(new FileWriter(headRoom), run, config, times, 0, dataByteLength);
  const file = new FileWriter(byteLength + dataByteLength);
  writeHead(file, run, config, times, byteLength, dataByteLength);
  for (let index = 0; index < run.count; index++) file.bytes(run.data(index));
  return file.finish();
}

interface Times {
  /** How many packets in a row play how long, on the track's clock. */
  readonly runs: readonly { readonly count: number; readonly duration: number }[];
  readonly duration: number;
  /** So much of the beginning is not to be heard. */
  readonly hidden: number;
}

function timesOf(run: PacketRun, rate: number): Times {
  // The clock of a piece begins where the piece does; only the recording's own beginning may lie before its clock.
  const origin = run.isFirst ? 0 : run.startSeconds(run.leadInCount);
  const start = (index: number): number => Math.round((run.startSeconds(index) - origin) * rate);
  const runs: { count: number; duration: number }[] = [];
  let total = 0;
  for (let index = 0; index < run.count; index++) {
    const next =
      index + 1 < run.count ? start(index + 1) - start(index) : Math.round(run.durationSeconds(index) * rate);
    const duration = Math.max(0, next);
    const last = runs.at(-1);
    if (last?.duration === duration) last.count++;
    else runs.push({ count: 1, duration });
    total += duration;
  }
  return { runs, duration: total, hidden: Math.max(0, -start(0)) };
}

function writeHead(
  file: FileWriter,
  run: PacketRun,
  { sampleRate, numberOfChannels, description }: AudioDecoderConfig,
  { runs, duration, hidden }: Times,
  dataOffset: number,
  dataByteLength: number,
): FileWriter {
  const box = (name: string, write: () => void): void => {
    const offset = file.byteLength;
    file.u32(0);
    file.ascii(name);
    write();
    file.u32At(offset, file.byteLength - offset);
  };
  /** @param flags With the version in the highest byte. */
  const fullBox = (name: string, flags: number, write: () => void): void => {
    box(name, () => {
      file.u32(flags);
      write();
    });
  };
  const identityMatrix = (): void => {
    for (const value of [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]) file.u32(value);
  };
  const heardDuration = Math.max(0, duration - hidden);
  const chunkCount = Math.ceil(run.count / packetsPerChunk);

  const movieHeader = (): void => {
    file.zeros(8);
    // The movie's clock is the track's, so that the edit list is exact.
    file.u32(sampleRate);
    file.u32(heardDuration);
    file.u32(0x1_0000); // speed
    file.u16(0x100); // volume
    file.zeros(10);
    identityMatrix();
    file.zeros(24);
    file.u32(2); // the next track's number
  };
  const trackHeader = (): void => {
    file.zeros(8);
    file.u32(1);
    file.zeros(4);
    file.u32(heardDuration);
    file.zeros(10);
    file.u16(1); // among the sounds, of which one is played
    file.u16(0x100);
    file.zeros(2);
    identityMatrix();
    file.zeros(8);
  };
  const sampleEntry = (): void => {
    file.zeros(6);
    file.u16(1);
    file.zeros(8);
    file.u16(numberOfChannels);
    file.u16(16);
    file.zeros(4);
    // Higher rates do not fit in; the decoder's own header tells them.
    file.u32(sampleRate < 0x1_0000 ? sampleRate * 0x1_0000 : 0);
    fullBox('esds', 0, () => {
      writeElementaryStream(file, bytesOf(description));
    });
  };
  const sampleTable = (): void => {
    fullBox('stsd', 0, () => {
      file.u32(1);
      box('mp4a', sampleEntry);
    });
    fullBox('stts', 0, () => {
      file.u32(runs.length);
      for (const each of runs) {
        file.u32(each.count);
        file.u32(each.duration);
      }
    });
    fullBox('stsc', 0, () => {
      const isEven = run.count % packetsPerChunk === 0;
      const entries = [
        ...(run.count >= packetsPerChunk ? [[1, packetsPerChunk]] : []),
        ...(isEven ? [] : [[chunkCount, run.count % packetsPerChunk]]),
      ];
      file.u32(entries.length);
      for (const [chunk = 0, count = 0] of entries) {
        file.u32(chunk);
        file.u32(count);
        file.u32(1);
      }
    });
    fullBox('stsz', 0, () => {
      file.u32(0);
      file.u32(run.count);
      for (let index = 0; index < run.count; index++) file.u32(run.byteLength(index));
    });
    fullBox('stco', 0, () => {
      file.u32(chunkCount);
      let offset = dataOffset;
      for (let index = 0; index < run.count; index++) {
        if (index % packetsPerChunk === 0) file.u32(offset);
        offset += run.byteLength(index);
      }
    });
  };
  const media = (): void => {
    fullBox('mdhd', 0, () => {
      file.zeros(8);
      file.u32(sampleRate);
      file.u32(duration);
      file.u16(0x55c4); // language: und
      file.zeros(2);
    });
    fullBox('hdlr', 0, () => {
      file.zeros(4);
      file.ascii('soun');
      file.zeros(12);
      file.ascii('Sound');
      file.zeros(1);
    });
    box('minf', () => {
      fullBox('smhd', 0, () => {
        file.zeros(4);
      });
      box('dinf', () => {
        fullBox('dref', 0, () => {
          file.u32(1);
          fullBox('url ', 1, () => undefined);
        });
      });
      box('stbl', sampleTable);
    });
  };

  box('ftyp', () => {
    file.ascii('M4A ');
    file.u32(0x200);
    file.ascii('isomiso2mp41M4A ');
  });
  box('moov', () => {
    fullBox('mvhd', 0, movieHeader);
    box('trak', () => {
      fullBox('tkhd', 3, trackHeader);
      box('edts', () => {
        fullBox('elst', 0, () => {
          file.u32(1);
          file.u32(heardDuration);
          file.u32(hidden);
          file.u32(0x1_0000);
        });
      });
      box('mdia', media);
    });
  });
  file.u32(8 + dataByteLength);
  file.ascii('mdat');
  return file;
}

/** @param specific AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). */
function writeElementaryStream(file: FileWriter, specific: Uint8Array): void {
  const descriptor = (tag: number, byteLength: number): void => {
    file.u8(tag);
    // In four bytes of seven bits each.
    for (const shift of [21, 14, 7]) file.u8(0x80 | ((byteLength >> shift) & 0x7f));
    file.u8(byteLength & 0x7f);
  };
  const decoderByteLength = 13 + 5 + specific.byteLength;
  descriptor(3, 3 + 5 + decoderByteLength + 5 + 1);
  file.u16(1);
  file.u8(0);
  descriptor(4, decoderByteLength);
  file.u8(0x40); // MPEG-4 audio
  file.u8(0x15);
  file.zeros(11);
  descriptor(5, specific.byteLength);
  file.bytes(specific);
  descriptor(6, 1);
  file.u8(2);
}

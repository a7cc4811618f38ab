import { flacBlockSampleCount, flacStreamInfoByteLength, writeFlacStreamInfo } from '../encoders/flacFrame.js';
import { FileWriter } from '../repack/fileWriter.js';

// FLAC in fragments of MP4 (ISO/IEC 14496-12 and "Encapsulation of FLAC in ISO Base Media File Format"), as Media Source
// Extensions take it: every browser plays it at any place of its clock, and no decoder of it has to warm up.

export interface PlaybackFormat {
  /** Hz, below 65,536; the clock of the fragments too. */
  readonly sampleRate: number;
  readonly channelCount: 1 | 2;
}

export interface PlaybackFrame {
  readonly bytes: Uint8Array;
  readonly sampleCount: number;
}

const headByteLength = 1024;

/** Comes once before the first fragment. */
export function writePlaybackHead({ sampleRate, channelCount }: PlaybackFormat): Uint8Array<ArrayBuffer> {
  const file = new FileWriter(headByteLength);
  const { box, fullBox } = boxWriter(file);
  const identityMatrix = (): void => {
    for (const value of [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000]) file.u32(value);
  };
  const sampleEntry = (): void => {
    file.zeros(6);
    file.u16(1);
    file.zeros(8);
    file.u16(channelCount);
    file.u16(16);
    file.zeros(4);
    file.u32(sampleRate * 0x1_0000);
    fullBox('dfLa', 0, () => {
      file.u32(0x8000_0000 | flacStreamInfoByteLength);
      const info = new Uint8Array(flacStreamInfoByteLength);
      writeFlacStreamInfo(new DataView(info.buffer), 0, { sampleRate, channelCount });
      file.bytes(info);
    });
  };
  const emptyTable = (name: string): void => {
    fullBox(name, 0, () => {
      file.zeros(4);
    });
  };
  const sampleTable = (): void => {
    fullBox('stsd', 0, () => {
      file.u32(1);
      box('fLaC', sampleEntry);
    });
    emptyTable('stts');
    emptyTable('stsc');
    fullBox('stsz', 0, () => {
      file.zeros(8);
    });
    emptyTable('stco');
  };
  const media = (): void => {
    fullBox('mdhd', 0, () => {
      file.zeros(8);
      file.u32(sampleRate);
      file.u32(0);
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
    file.ascii('iso6');
    file.u32(0);
    file.ascii('iso6mp41');
  });
  box('moov', () => {
    fullBox('mvhd', 0, () => {
      file.zeros(8);
      file.u32(sampleRate);
      file.u32(0);
      file.u32(0x1_0000); // speed
      file.u16(0x100); // volume
      file.zeros(10);
      identityMatrix();
      file.zeros(24);
      file.u32(2); // the next track's number
    });
    box('trak', () => {
      fullBox('tkhd', 3, () => {
        file.zeros(8);
        file.u32(1);
        file.zeros(8);
        file.zeros(8);
        file.u16(0);
        file.u16(0);
        file.u16(0x100);
        file.zeros(2);
        identityMatrix();
        file.zeros(8);
      });
      box('mdia', media);
    });
    box('mvex', () => {
      fullBox('trex', 0, () => {
        file.u32(1);
        file.u32(1);
        file.u32(flacBlockSampleCount);
        file.zeros(8);
      });
    });
  });
  return file.finish();
}

/**
 * Frames that follow each other, with their place on the recording's clock.
 * @param head Put in front; empty except before the first fragment.
 */
export function writePlaybackFragment(
  head: Uint8Array,
  frames: readonly PlaybackFrame[],
  startSample: number,
  number: number,
): Uint8Array<ArrayBuffer> {
  const dataByteLength = frames.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const moofByteLength = 8 + 16 + 8 + 16 + 20 + 20 + frames.length * 8;
  const file = new FileWriter(head.byteLength + moofByteLength + 8 + dataByteLength);
  const { box, fullBox } = boxWriter(file);
  file.bytes(head);
  box('moof', () => {
    fullBox('mfhd', 0, () => {
      file.u32(number);
    });
    box('traf', () => {
      // Places are counted from here, not from the beginning of a file.
      fullBox('tfhd', 0x02_0000, () => {
        file.u32(1);
      });
      fullBox('tfdt', 0x100_0000, () => {
        file.u32(Math.floor(startSample / 2 ** 32));
        file.u32(startSample >>> 0);
      });
      // Where the data lie; how long each frame plays and how large it is.
      fullBox('trun', 0x301, () => {
        file.u32(frames.length);
        file.u32(moofByteLength + 8);
        for (const { bytes, sampleCount } of frames) {
          file.u32(sampleCount);
          file.u32(bytes.byteLength);
        }
      });
    });
  });
  file.u32(8 + dataByteLength);
  file.ascii('mdat');
  for (const { bytes } of frames) file.bytes(bytes);
  return file.finish();
}

function boxWriter(file: FileWriter) {
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
  return { box, fullBox };
}

import { parseFrameHeader } from '../mpegFrame.js';

/** What players have to know so that pieces laid end to end leave no gap. */
export interface Mp3Counts {
  /** Frames with sound, this one not counted. */
  readonly frames: number;
  /** Of the whole file, this frame included. */
  readonly byteLength: number;
  /** Samples to leave out at the beginning, beyond what every decoder is late by; 0 to 4095. */
  readonly delay: number;
  /** Samples to leave out at the end, and what every decoder is late by; 0 to 4095. */
  readonly padding: number;
  readonly isConstantBitRate: boolean;
}

/** By how many samples the output of a Layer III decoder is late. */
export const decoderDelay = 529;
export const largestGap = 4095;

const tagByteLength = 16 + 36;

/**
 * A frame that is silent by itself, and carries Xing's tag with LAME's addition: the only place where an MP3 file can
 * say how many samples encoder and padding added. ffmpeg, mpg123 and their kin leave those out.
 * @param like Any frame's header of the file: its first four bytes.
 */
export function mp3InfoFrame(like: Uint8Array, counts: Mp3Counts): Uint8Array {
  const { frame, mainDataOffset } = emptyFrame(like, tagByteLength);
  const view = new DataView(frame.buffer);
  const ascii = (offset: number, text: string): void => {
    for (let index = 0; index < text.length; index++) view.setUint8(offset + index, text.charCodeAt(index));
  };
  ascii(mainDataOffset, counts.isConstantBitRate ? 'Info' : 'Xing');
  view.setUint32(mainDataOffset + 4, 3); // frames and bytes follow
  view.setUint32(mainDataOffset + 8, counts.frames);
  view.setUint32(mainDataOffset + 12, counts.byteLength);
  // Readers take the gaps for meant only behind this name.
  ascii(mainDataOffset + 16, 'LAME3.100');
  view.setUint8(mainDataOffset + 37, counts.delay >> 4);
  view.setUint8(mainDataOffset + 38, ((counts.delay & 15) << 4) | (counts.padding >> 8));
  view.setUint8(mainDataOffset + 39, counts.padding & 0xff);
  return frame;
}

/**
 * A silent frame in which `reservoir`, the end of the main data of the frames that came before, lies where the next
 * frame looks for it: at the end.
 */
export function mp3ReservoirFrame(like: Uint8Array, reservoir: Uint8Array): Uint8Array {
  const { frame } = emptyFrame(like, reservoir.byteLength);
  frame.set(reservoir, frame.byteLength - reservoir.byteLength);
  return frame;
}

/** The smallest frame of the same kind with room for so many bytes of main data. All its side information is zero. */
function emptyFrame(
  like: Uint8Array,
  roomByteLength: number,
): { frame: Uint8Array<ArrayBuffer>; mainDataOffset: number } {
  const header = Uint8Array.from(like.subarray(0, 4));
  header[1] = (header[1] ?? 0) | 1; // no checksum
  for (let bitrateIndex = 1; bitrateIndex < 15; bitrateIndex++) {
    header[2] = (bitrateIndex << 4) | ((header[2] ?? 0) & 0x0c);
    const parsed = parseFrameHeader(new DataView(header.buffer), 0);
    if (parsed === undefined) break;
    const mainDataOffset = 4 + parsed.sideByteLength;
    if (parsed.byteLength - mainDataOffset < roomByteLength) continue;
    const frame = new Uint8Array(parsed.byteLength);
    frame.set(header);
    return { frame, mainDataOffset };
  }
  throw new RangeError('No frame of Layer III is large enough.');
}

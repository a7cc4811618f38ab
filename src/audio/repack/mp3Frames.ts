import { parseFrameHeader } from '../mpegFrame.js';
import type { FrameHeader } from '../mpegFrame.js';
import { ascii } from '../signatures.js';

/** A frame of Layer III in the memory of the scanner. */
export interface Mp3Frame {
  readonly header: FrameHeader;
  /** Valid until the next frame is asked for. */
  readonly bytes: Uint8Array;
}

/** What the first frame says about the gaps that the encoder left, when it is a tag and no sound. */
export interface Mp3Gaps {
  readonly delay: number;
  readonly padding: number;
}

/** Finds the frames of one stream in blocks of any size, passing over what is none. */
export class Mp3Scanner {
  readonly #like: FrameHeader;
  #bytes = new Uint8Array(0);

  constructor(like: FrameHeader) {
    this.#like = like;
  }

  /** To be run to its end before the next call. */
  *push(block: Uint8Array, isLast: boolean): Generator<Mp3Frame> {
    const bytes = new Uint8Array(this.#bytes.byteLength + block.byteLength);
    bytes.set(this.#bytes);
    bytes.set(block, this.#bytes.byteLength);
    const view = new DataView(bytes.buffer);
    let offset = 0;
    let isInStep = false;
    while (offset + 4 <= bytes.byteLength) {
      const header = parseFrameHeader(view, offset);
      const isSame = header?.codec === 'mp3' && header.sampleRate === this.#like.sampleRate;
      if (!isSame) {
        offset++;
        isInStep = false;
        continue;
      }
      const end = offset + header.byteLength;
      if (end > bytes.byteLength && !isLast) break;
      // Where the last frame did not lead here, the next header must confirm that this is one.
      if (!isInStep && end + 4 > bytes.byteLength && !isLast) break;
      const next = isInStep ? header : parseFrameHeader(view, end);
      if (end > bytes.byteLength || (next?.sampleRate !== this.#like.sampleRate && end < bytes.byteLength)) {
        offset++;
        continue;
      }
      yield { header, bytes: bytes.subarray(offset, end) };
      offset = end;
      isInStep = true;
    }
    this.#bytes = bytes.slice(offset);
  }
}

/** Where a frame's main data begin, and how far back before them those of its own sound begin. */
export function mainDataOf(bytes: Uint8Array, header: FrameHeader): { offset: number; reservoirByteLength: number } {
  const side = 4 + (((bytes[1] ?? 0) & 1) === 0 ? 2 : 0);
  const isFirstVersion = header.sampleCount === 1152;
  const first = bytes[side] ?? 0;
  return {
    offset: side + header.sideByteLength,
    reservoirByteLength: isFirstVersion ? (first << 1) | ((bytes[side + 1] ?? 0) >> 7) : first,
  };
}

/** The most that a frame can look back. */
export function largestReservoir(header: FrameHeader): number {
  return header.sampleCount === 1152 ? 511 : 255;
}

/** Undefined when the frame holds sound. */
export function readMp3Gaps(bytes: Uint8Array, header: FrameHeader): Mp3Gaps | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (ascii(view, 36, 4) === 'VBRI') return { delay: 0, padding: 0 };
  const start = 4 + header.sideByteLength;
  const name = ascii(view, start, 4);
  if (name !== 'Xing' && name !== 'Info') return undefined;
  const flags = view.byteLength < start + 8 ? 0 : view.getUint32(start + 4);
  const encoder =
    start +
    8 +
    ((flags & 1) === 0 ? 0 : 4) +
    ((flags & 2) === 0 ? 0 : 4) +
    ((flags & 4) === 0 ? 0 : 100) +
    ((flags & 8) === 0 ? 0 : 4);
  if (!/^L(AME|avc|avf)/.test(ascii(view, encoder, 4)) || view.byteLength < encoder + 24) {
    return { delay: 0, padding: 0 };
  }
  const gaps = (view.getUint16(encoder + 21) << 8) | view.getUint8(encoder + 23);
  return { delay: gaps >> 12, padding: gaps & 0xfff };
}

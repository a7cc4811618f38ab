import { ByteCollector } from '../encoders/byteCollector.js';
import { decoderDelay, largestGap, mp3InfoFrame, mp3ReservoirFrame } from '../encoders/mp3InfoFrame.js';
import type { FrameHeader } from '../mpegFrame.js';
import { largestReservoir, mainDataOf } from './mp3Frames.js';
import type { Mp3Frame } from './mp3Frames.js';

/** Enough for the reservoir of the frames with the fewest bytes. */
const historyFrameCount = 64;

/** Bytes in front of a piece at most: the tag's frame, the reservoir's and two frames to begin with. */
export const prefixByteLimit = 2000 + 2 * 2900;

interface KeptFrame {
  readonly offset: number;
  readonly byteLength: number;
  readonly bitsPerSecond: number;
}

/** The frames of the current piece, and those before it which its beginning depends on. */
export class Mp3PieceMaker {
  #bytes = new ByteCollector(1 << 20);
  #frames: KeptFrame[] = [];
  #historyCount = 0;
  #header: FrameHeader | undefined;

  /** Without frames that only lead in. */
  get frameCount(): number {
    return this.#frames.length - this.#historyCount;
  }

  add({ header, bytes }: Mp3Frame): void {
    this.#header ??= header;
    this.#frames.push({
      offset: this.#bytes.byteLength,
      byteLength: bytes.byteLength,
      bitsPerSecond: header.bitsPerSecond,
    });
    this.#bytes.add(bytes);
  }

  /** How many frames from the beginning of the piece stay within so many bytes. */
  framesWithin(byteLength: number): number {
    const begin = this.#frames[this.#historyCount]?.offset ?? 0;
    let count = this.frameCount;
    for (; count > 0; count--) {
      const last = this.#frames[this.#historyCount + count - 1];
      if (last !== undefined && last.offset + last.byteLength - begin <= byteLength) break;
    }
    return count;
  }

  byteLengthOf(frameCount: number): number {
    const begin = this.#frames[this.#historyCount]?.offset ?? 0;
    const last = this.#frames[this.#historyCount + frameCount - 1];
    return last === undefined ? 0 : last.offset + last.byteLength - begin;
  }

  /** Frames before the piece that are not wanted (a range begins later) become what leads in. */
  drop(frameCount: number): void {
    this.#moveOn(frameCount);
  }

  /**
   * Takes out a file with the first frames.
   * @param gaps Of the recording itself, as far as they lie in this piece.
   */
  take(frameCount: number, gaps: { readonly delay?: number; readonly padding?: number }): Uint8Array<ArrayBuffer> {
    const header = this.#header;
    if (header === undefined) throw new RangeError('No frame was added.');
    const all = this.#bytes.take();
    const kept = this.#frames.slice(this.#historyCount, this.#historyCount + frameCount);
    const begin = kept[0]?.offset ?? 0;
    const body = all.subarray(begin, begin + this.byteLengthOf(frameCount));
    const leadIn = this.#leadIn(all, header);
    const file = this.#assemble(all, body, header, kept, leadIn, gaps);
    this.#bytes.add(all);
    this.#moveOn(frameCount);
    return file;
  }

  #assemble(
    all: Uint8Array,
    body: Uint8Array,
    header: FrameHeader,
    kept: readonly KeptFrame[],
    leadIn: { readonly frames: Uint8Array; readonly frameCount: number },
    gaps: { readonly delay?: number; readonly padding?: number },
  ): Uint8Array<ArrayBuffer> {
    const like = all.subarray(kept[0]?.offset ?? 0);
    const ledIn = leadIn.frameCount > 0;
    const delay = ledIn ? leadIn.frameCount * header.sampleCount - decoderDelay : gaps.delay;
    // Without any gap to tell of, the frames are a file by themselves.
    if (delay === undefined && gaps.padding === undefined) return body.slice();
    const counts = {
      frames: leadIn.frameCount + kept.length,
      delay: Math.min(largestGap, delay ?? 0),
      padding: gaps.padding ?? decoderDelay,
      isConstantBitRate: kept.every((frame) => frame.bitsPerSecond === kept[0]?.bitsPerSecond),
    };
    const tagByteLength = mp3InfoFrame(like, { ...counts, byteLength: 0 }).byteLength;
    const file = new Uint8Array(tagByteLength + leadIn.frames.byteLength + body.byteLength);
    file.set(mp3InfoFrame(like, { ...counts, byteLength: file.byteLength }));
    file.set(leadIn.frames, tagByteLength);
    file.set(body, tagByteLength + leadIn.frames.byteLength);
    return file;
  }

  /**
   * What a decoder must have heard so that the first frame of the piece sounds as in the whole: the frames that overlap
   * with it (two granules), and in front of them the reservoir that they take their main data from.
   */
  #leadIn(all: Uint8Array, header: FrameHeader): { frames: Uint8Array; frameCount: number } {
    const wanted = header.sampleCount === 1152 ? 1 : 2;
    const count = Math.min(wanted, this.#historyCount);
    const first = this.#historyCount - count;
    const from = this.#frames[first];
    const to = this.#frames[this.#historyCount];
    if (count === 0 || from === undefined || to === undefined) return { frames: new Uint8Array(0), frameCount: 0 };
    const reservoir = mp3ReservoirFrame(all.subarray(from.offset), this.#reservoirBefore(all, first, header));
    const frames = new Uint8Array(reservoir.byteLength + to.offset - from.offset);
    frames.set(reservoir);
    frames.set(all.subarray(from.offset, to.offset), reservoir.byteLength);
    return { frames, frameCount: count + 1 };
  }

  /** The last main data before a frame. */
  #reservoirBefore(all: Uint8Array, index: number, header: FrameHeader): Uint8Array {
    const size = largestReservoir(header);
    const reservoir = new Uint8Array(size);
    let filled = 0;
    for (let before = index - 1; before >= 0 && filled < size; before--) {
      const frame = this.#frames[before];
      if (frame === undefined) break;
      const bytes = all.subarray(frame.offset, frame.offset + frame.byteLength);
      const mainData = bytes.subarray(mainDataOf(bytes, header).offset);
      const part = mainData.subarray(Math.max(0, mainData.byteLength - (size - filled)));
      filled += part.byteLength;
      reservoir.set(part, size - filled);
    }
    return reservoir;
  }

  #moveOn(frameCount: number): void {
    const next = this.#historyCount + frameCount;
    const first = Math.max(0, next - historyFrameCount);
    const offset = this.#frames[first]?.offset ?? this.#bytes.byteLength;
    const rest = this.#bytes.take().subarray(offset);
    this.#bytes.add(rest);
    this.#frames = this.#frames.slice(first).map((frame) => ({ ...frame, offset: frame.offset - offset }));
    this.#historyCount = next - first;
  }
}

import { decoderDelay, largestGap, mp3InfoFrame, mp3ReservoirFrame } from '../encoders/mp3InfoFrame.js';
import { pieceMemory } from '../encoders/pieceMemory.js';
import type { FrameHeader } from '../mpegFrame.js';
import { ByteStore } from './byteStore.js';
import { largestReservoir, mainDataOf } from './mp3Frames.js';
import type { Mp3Frame } from './mp3Frames.js';

/** Enough for the reservoir of the frames with the fewest bytes. */
const historyFrameCount = 64;

/** Bytes in front of a piece at most: the tag's frame, the reservoir's and two frames to begin with. */
export const prefixByteLimit = 2000 + 2 * 2900;

/** The frames of the current piece, and those before it which its beginning depends on. */
export class Mp3PieceMaker {
  readonly #frames = new ByteStore();
  #bitRates: number[] = [];
  #historyCount = 0;
  /** Without frames that only lead in. */
  #byteLength = 0;
  #header: FrameHeader | undefined;

  /** Without frames that only lead in. */
  get frameCount(): number {
    return this.#frames.count - this.#historyCount;
  }

  /** Of all these frames. */
  get byteLength(): number {
    return this.#byteLength;
  }

  add({ header, bytes }: Mp3Frame): void {
    this.#header ??= header;
    this.#frames.add(bytes);
    this.#bitRates.push(header.bitsPerSecond);
    this.#byteLength += bytes.byteLength;
  }

  /** How many frames from the beginning of the piece stay within so many bytes. */
  framesWithin(byteLength: number): number {
    let count = this.frameCount;
    for (let within = this.#byteLength; count > 0 && within > byteLength; count--) {
      within -= this.#frames.byteLength(this.#historyCount + count - 1);
    }
    return count;
  }

  /** Frames before the piece that are not wanted (a range begins later) become what leads in. */
  drop(frameCount: number): void {
    const next = this.#historyCount + frameCount;
    for (let index = this.#historyCount; index < next; index++) this.#byteLength -= this.#frames.byteLength(index);
    const first = Math.max(0, next - historyFrameCount);
    this.#frames.dropFirst(first);
    this.#bitRates = this.#bitRates.slice(first);
    this.#historyCount = next - first;
  }

  /**
   * Takes out a file with the first frames.
   * @param gaps Of the recording itself, as far as they lie in this piece.
   */
  take(frameCount: number, gaps: { readonly delay?: number; readonly padding?: number }): Uint8Array<ArrayBuffer> {
    const header = this.#header;
    if (header === undefined) throw new RangeError('No frame was added.');
    const end = this.#historyCount + frameCount;
    let bodyByteLength = 0;
    for (let index = this.#historyCount; index < end; index++) bodyByteLength += this.#frames.byteLength(index);
    const prefix = this.#prefix(header, frameCount, bodyByteLength, gaps);
    const byteLength = prefix.reduce((sum, part) => sum + part.byteLength, bodyByteLength);
    const file = pieceMemory(byteLength).subarray(0, byteLength);
    let length = 0;
    const write = (bytes: Uint8Array): void => {
      file.set(bytes, length);
      length += bytes.byteLength;
    };
    prefix.forEach(write);
    for (let index = this.#historyCount; index < end; index++) write(this.#frames.data(index));
    this.drop(frameCount);
    return file;
  }

  /** What comes before the first frame: a tag and what leads in. */
  #prefix(
    header: FrameHeader,
    frameCount: number,
    bodyByteLength: number,
    gaps: { readonly delay?: number; readonly padding?: number },
  ): readonly Uint8Array[] {
    const leadIn = this.#leadIn(header);
    const delay = leadIn.length > 0 ? leadIn.length * header.sampleCount - decoderDelay : gaps.delay;
    // Without any gap to tell of, the frames are a file by themselves.
    if (delay === undefined && gaps.padding === undefined) return [];
    const bitRates = this.#bitRates.slice(this.#historyCount, this.#historyCount + frameCount);
    const counts = {
      frames: leadIn.length + frameCount,
      delay: Math.min(largestGap, delay ?? 0),
      padding: gaps.padding ?? decoderDelay,
      isConstantBitRate: bitRates.every((bitRate) => bitRate === bitRates[0]),
    };
    const like = this.#frames.data(this.#historyCount);
    const tagByteLength = mp3InfoFrame(like, { ...counts, byteLength: 0 }).byteLength;
    const byteLength = leadIn.reduce((sum, frame) => sum + frame.byteLength, tagByteLength + bodyByteLength);
    return [mp3InfoFrame(like, { ...counts, byteLength }), ...leadIn];
  }

  /**
   * What a decoder must have heard so that the first frame of the piece sounds as in the whole: the frames that overlap
   * with it (two granules), and in front of them the reservoir that they take their main data from.
   */
  #leadIn(header: FrameHeader): readonly Uint8Array[] {
    const wanted = header.sampleCount === 1152 ? 1 : 2;
    const count = Math.min(wanted, this.#historyCount);
    if (count === 0) return [];
    const first = this.#historyCount - count;
    const reservoir = mp3ReservoirFrame(this.#frames.data(first), this.#reservoirBefore(first, header));
    return [reservoir, ...Array.from({ length: count }, (_, index) => this.#frames.data(first + index))];
  }

  /** The last main data before a frame. */
  #reservoirBefore(index: number, header: FrameHeader): Uint8Array {
    const size = largestReservoir(header);
    const reservoir = new Uint8Array(size);
    let filled = 0;
    for (let before = index - 1; before >= 0 && filled < size; before--) {
      const bytes = this.#frames.data(before);
      const mainData = bytes.subarray(mainDataOf(bytes, header).offset);
      const part = mainData.subarray(Math.max(0, mainData.byteLength - (size - filled)));
      filled += part.byteLength;
      reservoir.set(part, size - filled);
    }
    return reservoir;
  }
}

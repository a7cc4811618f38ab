import type { ByteSource } from './byteSource.js';
import { framesAt, parseFrameHeader } from './mpegFrame.js';
import type { FrameHeader } from './mpegFrame.js';
import { ascii } from './signatures.js';

const windowByteLength = 32_768;

export interface FrameStream {
  readonly durationSeconds: number;
  readonly isEstimate: boolean;
  /** Fewer bytes are there than the tag at the beginning says. */
  readonly isTruncated: boolean;
  /** Where the frames end and tags begin. */
  readonly end: number;
  /** The first frame with sound: the tag stands in a frame without. */
  readonly soundOffset: number;
  /** What encoder and decoder put in front of the sound and behind it, where the encoder said so. In samples. */
  readonly gaps?: { readonly delay: number; readonly padding: number };
  /** Where the tag counts them. */
  readonly frameCount?: number;
}

/**
 * Where a stream of MP3 or ADTS frames begins and ends, and how long it plays. Exact where the encoder left a count of
 * frames (Xing, Info or VBRI tag) or the bit rate is constant; otherwise estimated from the first frames.
 */
export async function inspectFrames(
  source: ByteSource,
  firstFrame: { readonly offset: number; readonly header: FrameHeader },
  signal: AbortSignal | undefined,
): Promise<FrameStream> {
  const { offset, header } = firstFrame;
  const view = viewOf(await source.read(offset, Math.min(source.byteLength, offset + windowByteLength), signal));
  const end = await soundEnd(source, signal);
  const counted = parseXing(view, header) ?? parseVbri(view);
  const { sampleCount, sampleRate } = header;
  if (counted === undefined) {
    const { bytes, isConstant } = await bytesPerSecond(source, view, offset, end, header, signal);
    const durationSeconds = (end - offset) / bytes;
    return { durationSeconds, isEstimate: !isConstant, isTruncated: false, end, soundOffset: offset };
  }
  const { frames, byteLength, gaps } = counted;
  const isTruncated = byteLength !== undefined && end - offset < byteLength * 0.99;
  const share = isTruncated ? (end - offset) / byteLength : 1;
  const silence = gaps === undefined ? 0 : gaps.delay + gaps.padding;
  return {
    durationSeconds: (share * (frames * sampleCount - silence)) / sampleRate,
    isEstimate: isTruncated,
    isTruncated,
    end,
    soundOffset: offset + header.byteLength,
    ...(gaps === undefined ? {} : { gaps }),
    ...(isTruncated ? {} : { frameCount: frames }),
  };
}

interface Measured {
  readonly seconds: number;
  readonly byteLength: number;
  readonly isConstant: boolean;
}

/** From frames at the beginning and at three places within: speech does not begin as it goes on. */
async function bytesPerSecond(
  source: ByteSource,
  beginning: DataView,
  start: number,
  end: number,
  first: FrameHeader,
  signal: AbortSignal | undefined,
): Promise<{ readonly bytes: number; readonly isConstant: boolean }> {
  const measured = [measure(beginning, 0, first)];
  for (const share of [1 / 4, 1 / 2, 3 / 4]) {
    const from = Math.floor(start + (end - start) * share);
    if (from < start + windowByteLength || from + windowByteLength > end) continue;
    const view = viewOf(await source.read(from, from + windowByteLength, signal));
    const offset = findFrames(view, first);
    if (offset !== undefined) measured.push(measure(view, offset, first));
  }
  const isConstant = measured.every((part) => part.isConstant);
  const seconds = measured.reduce((sum, part) => sum + part.seconds, 0);
  const byteLength = measured.reduce((sum, part) => sum + part.byteLength, 0);
  return { bytes: isConstant && first.bitsPerSecond > 0 ? first.bitsPerSecond / 8 : byteLength / seconds, isConstant };
}

function measure(view: DataView, start: number, first: FrameHeader): Measured {
  let seconds = 0;
  let offset = start;
  let isConstant = first.bitsPerSecond > 0 || first.freeByteLength !== undefined;
  for (;;) {
    const header = parseFrameHeader(view, offset, first.freeByteLength);
    if (header?.codec !== first.codec) break;
    seconds += header.sampleCount / header.sampleRate;
    offset += header.byteLength;
    isConstant &&= header.bitsPerSecond === first.bitsPerSecond;
  }
  return { seconds, byteLength: offset - start, isConstant };
}

function findFrames(view: DataView, like: FrameHeader): number | undefined {
  for (let offset = 0; offset < view.byteLength / 2; offset++) {
    if (view.getUint8(offset) !== 0xff) continue;
    const header = framesAt(view, offset, false);
    if (header?.codec === like.codec && header.sampleRate === like.sampleRate) return offset;
  }
  return undefined;
}

interface CountedFrames {
  readonly frames: number;
  readonly byteLength?: number;
  /** Samples that the encoder added and players leave out. */
  readonly gaps?: { readonly delay: number; readonly padding: number };
}

/** Xing's tag (`Info` in files of constant bit rate), with LAME's addition if it is there. */
function parseXing(view: DataView, header: FrameHeader): CountedFrames | undefined {
  const start = 4 + header.sideByteLength;
  const name = ascii(view, start, 4);
  if ((name !== 'Xing' && name !== 'Info') || view.byteLength < start + 16) return undefined;
  const flags = view.getUint32(start + 4);
  if ((flags & 1) === 0) return undefined;
  const frames = view.getUint32(start + 8);
  const hasBytes = (flags & 2) !== 0;
  const encoder = start + 12 + (hasBytes ? 4 : 0) + ((flags & 4) !== 0 ? 100 : 0) + ((flags & 8) !== 0 ? 4 : 0);
  const hasGaps = /^L(AME|avc|avf)/.test(ascii(view, encoder, 4)) && view.byteLength >= encoder + 24;
  const packed = hasGaps ? (view.getUint16(encoder + 21) << 8) | view.getUint8(encoder + 23) : 0;
  const gaps = { delay: packed >> 12, padding: packed & 0xfff };
  if (frames * header.sampleCount <= gaps.delay + gaps.padding) return undefined;
  return {
    frames,
    ...(hasGaps ? { gaps } : {}),
    ...(hasBytes ? { byteLength: view.getUint32(start + 12) } : {}),
  };
}

/** The tag of Fraunhofer's encoder, always 32 bytes behind the frame's header. */
function parseVbri(view: DataView): CountedFrames | undefined {
  if (ascii(view, 36, 4) !== 'VBRI' || view.byteLength < 54) return undefined;
  const frames = view.getUint32(50);
  return frames === 0 ? undefined : { frames, byteLength: view.getUint32(46) };
}

/** Where tags at the end begin: ID3v1 (128 bytes) and in front of it APE, which may hold a picture. */
async function soundEnd(source: ByteSource, signal: AbortSignal | undefined): Promise<number> {
  const tail = viewOf(await source.read(Math.max(0, source.byteLength - 160), source.byteLength, signal));
  const id3Start = tail.byteLength - 128;
  const hasId3 = id3Start >= 0 && ascii(tail, id3Start, 3) === 'TAG';
  const end = source.byteLength - (hasId3 ? 128 : 0);
  const footer = tail.byteLength - (hasId3 ? 128 : 0) - 32;
  if (footer < 0 || ascii(tail, footer, 8) !== 'APETAGEX') return end;
  const hasHeader = (tail.getUint32(footer + 20, true) & 0x8000_0000) !== 0;
  return Math.max(0, end - tail.getUint32(footer + 12, true) - (hasHeader ? 32 : 0));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

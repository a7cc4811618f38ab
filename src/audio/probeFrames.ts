import type { ByteSource } from './byteSource.js';
import { parseFrameHeader } from './mpegFrame.js';
import type { FrameHeader } from './mpegFrame.js';
import { ascii } from './signatures.js';

const windowByteLength = 32_768;

/**
 * How long a stream of MP3 or ADTS frames plays. Exact where the encoder left a count of frames (Xing, Info or VBRI tag)
 * or the bit rate is constant; otherwise estimated from the first frames.
 */
export async function frameStreamSeconds(
  source: ByteSource,
  firstFrame: { readonly offset: number; readonly header: FrameHeader },
  signal: AbortSignal | undefined,
): Promise<number> {
  const { offset, header } = firstFrame;
  const view = viewOf(await source.read(offset, Math.min(source.byteLength, offset + windowByteLength), signal));
  const available = (await soundEnd(source, signal)) - offset;
  const counted = parseXing(view, header) ?? parseVbri(view);
  if (counted !== undefined) {
    const isCutShort = counted.byteLength !== undefined && available < counted.byteLength * 0.99;
    const share = isCutShort ? available / (counted.byteLength ?? available) : 1;
    return (share * (counted.frames * header.sampleCount - counted.silence)) / header.sampleRate;
  }
  return available / bytesPerSecond(view, header);
}

function bytesPerSecond(view: DataView, first: FrameHeader): number {
  let seconds = 0;
  let offset = 0;
  let isConstant = first.bitsPerSecond > 0;
  for (;;) {
    const header = parseFrameHeader(view, offset);
    if (header?.codec !== first.codec) break;
    seconds += header.sampleCount / header.sampleRate;
    offset += header.byteLength;
    isConstant &&= header.bitsPerSecond === first.bitsPerSecond;
  }
  return isConstant ? first.bitsPerSecond / 8 : offset / seconds;
}

interface CountedFrames {
  readonly frames: number;
  readonly byteLength?: number;
  /** Samples that encoder and padding added and players leave out. */
  readonly silence: number;
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
  let silence = 0;
  if (/^L(AME|avc|avf)/.test(ascii(view, encoder, 4)) && view.byteLength >= encoder + 24) {
    const gaps = (view.getUint16(encoder + 21) << 8) | view.getUint8(encoder + 23);
    silence = (gaps >> 12) + (gaps & 0xfff);
  }
  if (frames * header.sampleCount <= silence) return undefined;
  return { frames, silence, ...(hasBytes ? { byteLength: view.getUint32(start + 12) } : {}) };
}

/** The tag of Fraunhofer's encoder, always 32 bytes behind the frame's header. */
function parseVbri(view: DataView): CountedFrames | undefined {
  if (ascii(view, 36, 4) !== 'VBRI' || view.byteLength < 54) return undefined;
  const frames = view.getUint32(50);
  return frames === 0 ? undefined : { frames, byteLength: view.getUint32(46), silence: 0 };
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

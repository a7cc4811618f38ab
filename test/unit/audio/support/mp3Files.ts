import { bytesOf, join } from './wavFiles.js';

/** Frames of MPEG-1 Layer III with 128 kbit/s at 44.1 kHz stereo that decode to silence (all side information is zero). */
export function mp3Frames(
  count: number,
  header: readonly number[] = [0xff, 0xfb, 0x90, 0x00],
  byteLength = 417,
): Uint8Array {
  return join(
    Array.from({ length: count }, () => {
      const frame = new Uint8Array(byteLength);
      frame.set(header);
      return frame;
    }),
  );
}

export function id3Tag(bodyByteLength: number): Uint8Array {
  const size = [21, 14, 7, 0].map((shift) => (bodyByteLength >> shift) & 0x7f);
  return join([bytesOf('ID3', [4, 0, 0], size), new Uint8Array(bodyByteLength).fill(0xff)]);
}

/** A frame that holds no sound but Xing's tag, with LAME's count of samples to leave out. */
export function xingFrame(
  frames: number,
  byteLength: number,
  delay: number,
  padding: number,
  name = 'Xing',
): Uint8Array {
  const frame = mp3Frames(1);
  frame.set(bytesOf(name, [0, 0, 0, 3], be32(frames), be32(byteLength), 'LAME3.100'), 36);
  frame.set([delay >> 4, ((delay & 15) << 4) | (padding >> 8), padding & 0xff], 36 + 16 + 21);
  return frame;
}

export function vbriFrame(frames: number, byteLength: number): Uint8Array {
  const frame = mp3Frames(1);
  frame.set(bytesOf('VBRI', [0, 1, 0, 0, 0, 0], be32(byteLength), be32(frames)), 36);
  return frame;
}

export function be32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}

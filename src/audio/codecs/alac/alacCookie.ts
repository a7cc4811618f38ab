import { malformed, unsupported } from '../codecError.js';

/** ALACSpecificConfig, the "magic cookie" (Apple's ALACMagicCookieDescription.txt). */
export interface AlacConfig {
  /** Samples of each channel in a packet; the last may have fewer. */
  readonly frameLength: number;
  /** 16, 20, 24 or 32. */
  readonly bitDepth: number;
  readonly channelCount: number;
  readonly sampleRate: number;
  /** Parameters of the adaptive Golomb code: how fast the mean adapts, where it starts, the longest remainder. */
  readonly meanRate: number;
  readonly initialMean: number;
  readonly maxRemainderBits: number;
}

const cookieByteLength = 24;
const maxFrameLength = 65_536;
const maxChannelCount = 8;

/**
 * Reads the cookie, also inside the atoms in which old files keep it.
 * @throws CodecError
 */
export function readAlacCookie(bytes: Uint8Array): AlacConfig {
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const atom of [0x66_72_6d_61, 0x61_6c_61_63]) {
    // `frma` and `alac`, each with a size before its name and four bytes after it.
    if (view.byteLength >= 12 && view.getUint32(4) === atom) {
      view = new DataView(view.buffer, view.byteOffset + 12, view.byteLength - 12);
    }
  }
  if (view.byteLength < cookieByteLength) throw malformed('The ALAC configuration is too short.');
  if (view.getUint8(4) !== 0) throw unsupported(`Version ${view.getUint8(4)} of ALAC is not decoded.`);
  const config: AlacConfig = {
    frameLength: view.getUint32(0),
    bitDepth: view.getUint8(5),
    meanRate: view.getUint8(6),
    initialMean: view.getUint8(7),
    maxRemainderBits: view.getUint8(8),
    channelCount: view.getUint8(9),
    sampleRate: view.getUint32(20),
  };
  const { frameLength, bitDepth, channelCount, maxRemainderBits, sampleRate } = config;
  const isPlausible =
    frameLength > 0 &&
    frameLength <= maxFrameLength &&
    channelCount > 0 &&
    channelCount <= maxChannelCount &&
    maxRemainderBits > 0 &&
    maxRemainderBits <= 24 &&
    sampleRate > 0;
  if (!isPlausible) throw malformed('The ALAC configuration makes no sense.');
  if (![16, 20, 24, 32].includes(bitDepth)) throw unsupported(`ALAC with ${bitDepth} bits is not decoded.`);
  return config;
}

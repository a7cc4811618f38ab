import { malformed, unsupported } from '../codecError.js';
import { samplingFrequencies } from './scaleFactorBands.js';

/** What an ADTS frame says before its packet (ISO/IEC 14496-3, 1.A.2.2). */
export interface AdtsHeader {
  readonly sampleRate: number;
  readonly channelConfiguration: number;
  /** Header and packet. */
  readonly frameByteLength: number;
  readonly headerByteLength: number;
  readonly hasChecksum: boolean;
  /** raw_data_blocks in the frame. */
  readonly blockCount: number;
}

/** No packet begins with these twelve bits: an element 7 first would end it before its sound. */
export function startsAdtsFrame(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xf6) === 0xf0;
}

/** @throws CodecError `unsupported` for what is not AAC-LC. */
export function readAdtsHeader(bytes: Uint8Array): AdtsHeader {
  if (bytes.byteLength < 7 || !startsAdtsFrame(bytes)) throw malformed('There is no ADTS header.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasChecksum = (view.getUint8(1) & 1) === 0;
  const bits = view.getUint32(2);
  const profile = bits >>> 30;
  const sampleRate = samplingFrequencies[(bits >>> 26) & 15];
  if (sampleRate === undefined) throw malformed('The ADTS header has no sampling frequency.');
  if (profile !== 1) throw unsupported(`AAC ${profileNames[profile] ?? ''} is not decoded, AAC-LC is.`);
  const blockCount = (view.getUint8(6) & 3) + 1;
  return {
    sampleRate,
    channelConfiguration: (bits >>> 22) & 7,
    frameByteLength: (view.getUint32(3) >>> 13) & 0x1fff,
    headerByteLength: 7 + (hasChecksum ? 2 * blockCount : 0),
    hasChecksum,
    blockCount,
  };
}

const profileNames = ['Main', 'LC', 'SSR', 'LTP'];

import type { BitReader } from '../bitReader.js';
import { malformed, unsupported } from '../codecError.js';
import type { BandLayout } from './scaleFactorBands.js';

export const lineCount = 1024;
const shortLineCount = 128;

/** Window sequences (ISO/IEC 14496-3, table 4.109). */
export const eightShort = 2;

/** What ics_info() says; two channels may share it. */
export interface WindowInfo {
  sequence: number;
  /** 0 sine, 1 Kaiser-Bessel derived. */
  shape: number;
  maxBand: number;
  windowCount: number;
  groupCount: number;
  /** Windows in each group. */
  readonly groupLengths: Uint8Array;
  offsets: Uint16Array;
  /** Lines from one window to the next. */
  stride: number;
}

export function createWindowInfo(): WindowInfo {
  return {
    sequence: 0,
    shape: 0,
    maxBand: 0,
    windowCount: 1,
    groupCount: 1,
    groupLengths: new Uint8Array(8),
    offsets: new Uint16Array(0),
    stride: lineCount,
  };
}

/** ics_info(), 4.4.2.1. */
export function readWindowInfo(bits: BitReader, layout: BandLayout, info: WindowInfo): void {
  bits.skip(1);
  info.sequence = bits.read(2);
  info.shape = bits.read(1);
  info.groupLengths.fill(0);
  info.groupLengths[0] = 1;
  info.groupCount = 1;
  const isShort = info.sequence === eightShort;
  info.windowCount = isShort ? 8 : 1;
  info.offsets = isShort ? layout.short : layout.long;
  info.stride = isShort ? shortLineCount : lineCount;
  info.maxBand = bits.read(isShort ? 4 : 6);
  if (isShort) {
    const grouping = bits.read(7);
    for (let window = 1; window < 8; window++) {
      if (((grouping >> (7 - window)) & 1) === 0) info.groupCount++;
      const group = info.groupCount - 1;
      info.groupLengths[group] = (info.groupLengths[group] ?? 0) + 1;
    }
  } else if (bits.readFlag()) {
    throw unsupported('AAC with prediction (Main or LTP) is not decoded.');
  }
  if (info.maxBand >= info.offsets.length) throw malformed('More scale factor bands than the sampling frequency has.');
}

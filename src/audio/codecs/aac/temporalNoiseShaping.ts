import type { BitReader } from '../bitReader.js';
import { malformed } from '../codecError.js';
import type { BandLayout } from './scaleFactorBands.js';
import { eightShort, type WindowInfo } from './windowInfo.js';

const maxFilters = 3;
const maxOrder = 12;
const maxShortOrder = 7;

/** The filters of one channel (ISO/IEC 14496-3, 4.6.9), made ready to run. */
export interface Shaping {
  filterCount: number;
  /** Lines of each filter, and whether it runs downwards. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly isDownward: Uint8Array;
  readonly orders: Uint8Array;
  /** maxOrder of them for each filter. */
  readonly coefficients: Float64Array;
}

export function createShaping(): Shaping {
  const filterCount = 8 * maxFilters;
  return {
    filterCount: 0,
    starts: new Int32Array(filterCount),
    ends: new Int32Array(filterCount),
    isDownward: new Uint8Array(filterCount),
    orders: new Uint8Array(filterCount),
    coefficients: new Float64Array(filterCount * maxOrder),
  };
}

/** tns_data(), 4.4.2.7. */
export function readShaping(bits: BitReader, shaping: Shaping, info: WindowInfo, layout: BandLayout): void {
  shaping.filterCount = 0;
  if (!bits.readFlag()) return;
  const isShort = info.sequence === eightShort;
  const lastBand = Math.min(isShort ? layout.shortShapingBands : layout.longShapingBands, info.maxBand);
  for (let window = 0; window < info.windowCount; window++) {
    const count = bits.read(isShort ? 1 : 2);
    if (count === 0) continue;
    const isFine = bits.readFlag();
    let top = info.offsets.length - 1;
    for (let filter = 0; filter < count; filter++) {
      const length = bits.read(isShort ? 4 : 6);
      const order = bits.read(isShort ? 3 : 5);
      if (order > (isShort ? maxShortOrder : maxOrder))
        throw malformed('A noise shaping filter has too high an order.');
      const bottom = Math.max(0, top - length);
      if (order > 0) {
        const index = shaping.filterCount++;
        const offset = window * info.stride;
        shaping.starts[index] = offset + (info.offsets[Math.min(bottom, lastBand)] ?? 0);
        shaping.ends[index] = offset + (info.offsets[Math.min(top, lastBand)] ?? 0);
        shaping.isDownward[index] = bits.read(1);
        shaping.orders[index] = order;
        readCoefficients(bits, shaping.coefficients, index * maxOrder, order, isFine ? 4 : 3);
      }
      top = bottom;
    }
  }
}

const reflection = new Float64Array(maxOrder);
const previous = new Float64Array(maxOrder);

/** Inverse quantisation and the step from reflection to prediction coefficients, 4.6.9.3. */
function readCoefficients(bits: BitReader, target: Float64Array, start: number, order: number, fullBits: number): void {
  const codedBits = fullBits - bits.read(1);
  const steps = 1 << (fullBits - 1);
  for (let index = 0; index < order; index++) {
    const unsignedValue = bits.read(codedBits);
    const value = unsignedValue >= 1 << (codedBits - 1) ? unsignedValue - (1 << codedBits) : unsignedValue;
    reflection[index] = Math.sin((value * Math.PI) / (2 * steps + (value >= 0 ? -1 : 1)));
  }
  for (let length = 0; length < order; length++) {
    const last = reflection[length] ?? 0;
    for (let index = 0; index < length; index++) previous[index] = target[start + index] ?? 0;
    for (let index = 0; index < length; index++) {
      target[start + index] = (previous[index] ?? 0) + last * (previous[length - 1 - index] ?? 0);
    }
    target[start + length] = last;
  }
}

/**
 * Whether a filter carries lines above the limit below it: then all of them must be decoded.
 * @param limit Lines of each window that are wanted.
 */
export function shapesFromAbove(shaping: Shaping, stride: number, limit: number): boolean {
  for (let filter = 0; filter < shaping.filterCount; filter++) {
    const last = (shaping.ends[filter] ?? 0) - 1;
    if (shaping.isDownward[filter] === 1 && last % stride >= limit) return true;
  }
  return false;
}

/**
 * Runs the all-pole filters over the spectrum in place.
 * @param limit Lines from here on are not wanted.
 */
export function applyShaping(shaping: Shaping, spectrum: Float64Array, limit: number): void {
  for (let filter = 0; filter < shaping.filterCount; filter++) {
    const isDownward = shaping.isDownward[filter] === 1;
    const start = shaping.starts[filter] ?? 0;
    const end = isDownward ? (shaping.ends[filter] ?? 0) : Math.min(limit, shaping.ends[filter] ?? 0);
    const order = shaping.orders[filter] ?? 0;
    const coefficients = shaping.coefficients.subarray(filter * maxOrder, filter * maxOrder + order);
    const step = isDownward ? -1 : 1;
    let line = isDownward ? end - 1 : start;
    for (let count = 0; count < end - start; count++, line += step) {
      let sum = spectrum[line] ?? 0;
      const reach = Math.min(count, order);
      for (let back = 1; back <= reach; back++) {
        sum -= (spectrum[line - back * step] ?? 0) * (coefficients[back - 1] ?? 0);
      }
      spectrum[line] = sum;
    }
  }
}

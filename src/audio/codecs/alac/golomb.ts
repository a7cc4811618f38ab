import type { BitReader } from '../bitReader.js';
import { malformed } from '../codecError.js';
import type { AlacConfig } from './alacCookie.js';

/** Fraction bits of the running mean. */
const meanBits = 9;
const meanOne = 1 << meanBits;
/** So many ones say that a plain number follows. */
const escapePrefix = 9;
const runBits = 16;
const maxMean = 0xffff;

/**
 * Reads residuals: a Golomb code whose parameter follows the running mean of what was read, with runs of zeros told by their
 * length where the mean is small.
 * @param plainBits Bits of a number that is told plainly.
 */
export function readResiduals(
  bits: BitReader,
  residuals: Int32Array,
  count: number,
  plainBits: number,
  rateFactor: number,
  { initialMean, meanRate, maxRemainderBits }: AlacConfig,
): void {
  const { view, bitLength } = bits;
  const rate = (meanRate * rateFactor) >> 2;
  const runMask = (1 << maxRemainderBits) - 1;
  let position = bits.position;
  let mean = initialMean;
  let afterRun = 0;
  let index = 0;
  while (index < count && position <= bitLength) {
    let remainderBits = 31 - Math.clz32((mean >> meanBits) + 3);
    if (remainderBits > maxRemainderBits) remainderBits = maxRemainderBits;
    let next = view.getInt32(position >>> 3) << (position & 7);
    const prefix = Math.clz32(~next);
    let value: number;
    if (prefix >= escapePrefix) {
      bits.position = position + escapePrefix;
      value = bits.readLong(plainBits);
      position = bits.position;
    } else {
      position += prefix + 1;
      value = prefix;
      if (remainderBits !== 1) {
        next = view.getInt32(position >>> 3) << (position & 7);
        const remainder = next >>> (32 - remainderBits);
        value = prefix * ((1 << remainderBits) - 1) + (remainder >= 2 ? remainder - 1 : 0);
        position += remainder >= 2 ? remainderBits : remainderBits - 1;
      }
    }
    const folded = value + afterRun;
    residuals[index++] = (folded >>> 1) ^ -(folded & 1);
    mean = value > maxMean ? maxMean : Math.imul(rate, folded) + mean - (Math.imul(rate, mean) >> meanBits);
    if (mean < 0) throw malformed('The code adapts further than it can.');
    afterRun = 0;

    if (mean << 2 < meanOne && index < count) {
      const lengthBits = Math.clz32(mean) - 24 + ((mean + 16) >> 6);
      const multiplier = ((1 << lengthBits) - 1) & runMask;
      next = view.getInt32(position >>> 3) << (position & 7);
      const runPrefix = Math.clz32(~next);
      let run: number;
      if (runPrefix >= escapePrefix) {
        position += escapePrefix;
        run = (view.getInt32(position >>> 3) << (position & 7)) >>> (32 - runBits);
        position += runBits;
      } else {
        position += runPrefix + 1;
        const remainder = (view.getInt32(position >>> 3) << (position & 7)) >>> (32 - lengthBits);
        run = runPrefix * multiplier + (remainder >= 2 ? remainder - 1 : 0);
        position += remainder >= 2 ? lengthBits : lengthBits - 1;
      }
      if (index + run > count) throw malformed('A run of zeros is longer than the packet.');
      residuals.fill(0, index, index + run);
      index += run;
      afterRun = run < maxMean ? 1 : 0;
      mean = 0;
    }
  }
  bits.position = position;
  bits.checkEnd();
}

import { scaleFactorCode, spectralCodes, type CanonicalCode } from './codebookTables.js';

/** Bits looked up at once; longer codewords take a second look. */
export const firstLookupBits = 10;

/**
 * A prefix code as a table. Index it with the next ten bits: an entry e >= 0 has a length of `e & 31` bits and the index
 * `e >>> 5`; for e < 0, `~e & 31` more bits lead on from the entry `~e >>> 5`.
 */
export type PrefixTable = Int32Array;

export interface SpectralCodebook {
  /** A codeword counts its sign bits in, so that one look gives signed values. */
  readonly table: PrefixTable;
  /** Of each index the values to the power of 4/3, with their signs; an escape counts as 16. */
  readonly values: Float64Array;
  /** Values in a codeword: 2 or 4. */
  readonly dimension: number;
  /** Indices from this one on hold an escape. */
  readonly firstEscape: number;
}

export interface Codeword {
  readonly bits: number;
  readonly length: number;
}

/** ISO/IEC 14496-3, table 4.151: dimension, whether signs are in the codeword, and the largest value. */
const shapes = [
  [4, true, 1],
  [4, true, 1],
  [4, false, 2],
  [4, false, 2],
  [2, true, 4],
  [2, true, 4],
  [2, false, 7],
  [2, false, 7],
  [2, false, 12],
  [2, false, 12],
  [2, false, 16],
] as const;

const escapeValue = 16;

/** |x|^(4/3) for every value that an escape can spell (4.6.3.3). */
export const powers = Float64Array.from({ length: 8192 }, (_, value) => Math.cbrt(value) * value);

/** Codebook 0, which has no codewords, is left out: codebook n is at n - 1. */
export const spectralCodebooks: readonly SpectralCodebook[] = shapes.map(([dimension, isSigned, largest], index) =>
  spectralCodebook(spectralCodes[index] ?? scaleFactorCode, dimension, isSigned, largest),
);

export const scaleFactorTable: PrefixTable = prefixTable(codewords(scaleFactorCode));

/** The codewords by index. */
export function codewords(code: CanonicalCode): Codeword[] {
  const words: Codeword[] = [];
  let next = 0;
  let rank = 0;
  code.counts.forEach((count, index) => {
    next *= 2;
    for (let word = 0; word < count; word++) words[code.order[rank++] ?? 0] = { bits: next++, length: index + 1 };
  });
  return words;
}

function spectralCodebook(
  code: CanonicalCode,
  dimension: number,
  isSigned: boolean,
  largest: number,
): SpectralCodebook {
  const plain: { word: Codeword; values: number[] }[] = [];
  const escapes: { word: Codeword; values: number[] }[] = [];
  const base = isSigned ? 2 * largest + 1 : largest + 1;
  codewords(code).forEach((word, index) => {
    const digits = Array.from({ length: dimension }, (_, place) => {
      const digit = Math.floor(index / base ** (dimension - 1 - place)) % base;
      return isSigned ? digit - largest : digit;
    });
    const list = digits.includes(escapeValue) ? escapes : plain;
    if (isSigned) list.push({ word, values: digits });
    else list.push(...signed(word, digits));
  });
  const all = [...plain, ...escapes];
  return {
    table: prefixTable(all.map(({ word }) => word)),
    values: Float64Array.from(all.flatMap(({ values }) => values.map((value) => value * Math.cbrt(Math.abs(value))))),
    dimension,
    firstEscape: plain.length,
  };
}

/** Every choice of signs as a codeword of its own: a sign bit for each value but 0 follows, 1 for minus. */
function signed(word: Codeword, digits: readonly number[]): { word: Codeword; values: number[] }[] {
  const signCount = digits.filter((digit) => digit !== 0).length;
  return Array.from({ length: 1 << signCount }, (_, signs) => {
    let left = signCount;
    const values = digits.map((digit) => (digit !== 0 && ((signs >> --left) & 1) === 1 ? -digit : digit));
    return { word: { bits: word.bits * 2 ** signCount + signs, length: word.length + signCount }, values };
  });
}

function prefixTable(words: readonly Codeword[]): PrefixTable {
  const longest = new Int32Array(1 << firstLookupBits);
  for (const { bits, length } of words) {
    const prefix = Math.floor(bits / 2 ** (length - firstLookupBits));
    if (length > firstLookupBits) longest[prefix] = Math.max(longest[prefix] ?? 0, length - firstLookupBits);
  }
  let size = longest.length;
  const entries = Array.from(longest, (more) => {
    if (more === 0) return 0;
    const start = size;
    size += 1 << more;
    return ~((start << 5) | more);
  });
  const table = new Int32Array(size);
  table.set(entries);
  words.forEach(({ bits, length }, index) => {
    const entry = (index << 5) | length;
    if (length <= firstLookupBits) {
      const start = bits << (firstLookupBits - length);
      table.fill(entry, start, start + (1 << (firstLookupBits - length)));
      return;
    }
    const link = ~(table[bits >>> (length - firstLookupBits)] ?? 0);
    const spare = (link & 31) - (length - firstLookupBits);
    const start = (link >>> 5) + ((bits & ((1 << (length - firstLookupBits)) - 1)) << spare);
    table.fill(entry, start, start + (1 << spare));
  });
  return table;
}

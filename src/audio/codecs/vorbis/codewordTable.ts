import { malformed } from '../codecError.js';

/** Bits that are looked up at once: first, and of what is longer. */
const rootBitLimit = 9;
const laterBitLimit = 8;
const depthLimit = 32;

/** For finding an entry by the next bits of a packet. */
export interface CodewordTable {
  readonly rootBitCount: number;
  /**
   * By the first bits: the entry times 64 plus the length of its codeword; or, inverted, 16 times where in this table to
   * look the next bits up, plus how many those are.
   */
  readonly table: Int32Array;
}

interface Codeword {
  readonly entry: number;
  readonly length: number;
  /** The bit that comes first is the lowest. */
  readonly bits: number;
}

/** @throws CodecError `malformed` when the lengths are not those of a prefix code in which every bit pattern has a meaning. */
export function codewordTable(lengths: Uint8Array): CodewordTable {
  const codewords = assignCodewords(lengths);
  const longest = codewords.reduce((most, { length }) => Math.max(most, length), 0);
  const rootBitCount = Math.min(longest, rootBitLimit);
  const table: number[] = [];
  fillLevel(table, codewords, 0, rootBitCount);
  return { rootBitCount, table: Int32Array.from(table) };
}

/** Every entry in turn takes the lowest codeword of its length that is still free (Vorbis I, 3.2.1). */
function assignCodewords(lengths: Uint8Array): Codeword[] {
  // Of each depth of the tree at most one node is free: those lower in the tree lie before those above.
  const free = new Float64Array(depthLimit + 1).fill(-1);
  free[0] = 0;
  const codewords: Codeword[] = [];
  lengths.forEach((length, entry) => {
    if (length === 0) return;
    let depth = length;
    while (depth >= 0 && (free[depth] ?? -1) < 0) depth--;
    if (depth < 0) throw malformed('A codebook has more codewords than there is room for.');
    let node = free[depth] ?? 0;
    free[depth] = -1;
    while (depth++ < length) {
      node *= 2;
      free[depth] = node + 1;
    }
    codewords.push({ entry, length, bits: reversed(node, length) });
  });
  const [first] = codewords;
  if (first === undefined) throw malformed('A codebook has no codewords.');
  // An only codeword is one bit long, of either value.
  if (codewords.length === 1 && first.length === 1) return [first, { ...first, bits: 1 }];
  if (free.some((node) => node >= 0)) throw malformed('A codebook lacks codewords.');
  return codewords;
}

function reversed(value: number, length: number): number {
  let result = 0;
  for (let index = 0, rest = value; index < length; index++, rest = Math.floor(rest / 2)) {
    result = ((result << 1) | (rest & 1)) >>> 0;
  }
  return result;
}

/** @param consumed Bits that were looked up before, and are the same in all of these codewords. */
function fillLevel(table: number[], codewords: readonly Codeword[], consumed: number, bitCount: number): void {
  const start = table.length;
  const size = 1 << bitCount;
  for (let index = 0; index < size; index++) table.push(0);
  const longer = new Map<number, Codeword[]>();
  for (const codeword of codewords) {
    const index = (codeword.bits >>> consumed) & (size - 1);
    const rest = codeword.length - consumed;
    if (rest > bitCount) {
      const group = longer.get(index);
      if (group === undefined) longer.set(index, [codeword]);
      else group.push(codeword);
      continue;
    }
    for (let at = index; at < size; at += 1 << rest) table[start + at] = codeword.entry * 64 + codeword.length;
  }
  for (const [index, group] of longer) {
    const next = consumed + bitCount;
    const longest = group.reduce((most, { length }) => Math.max(most, length), 0);
    const nextBitCount = Math.min(longest - next, laterBitLimit);
    table[start + index] = ~(table.length * 16 + nextBitCount);
    fillLevel(table, group, next, nextBitCount);
  }
}

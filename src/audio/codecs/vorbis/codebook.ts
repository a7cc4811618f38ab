import { malformed, unsupported } from '../codecError.js';
import { bitWidth } from './headerBits.js';
import type { HeaderBits } from './headerBits.js';

/** Entries, and numbers of all vectors of a codebook; encoders stay far below. */
const entryLimit = 1 << 16;
const vectorNumberLimit = 1 << 20;
/** Samples would be no numbers any more. */
const largestNumber = 2 ** 40;
const syncPattern = 0x564342;

/** A codebook of the setup header (Vorbis I, 3.2.1). */
export interface Codebook {
  readonly dimensions: number;
  /** Of the codeword of every entry, in bits; 0 for entries that are not used. */
  readonly lengths: Uint8Array;
  readonly lookup: VectorLookup | undefined;
}

interface VectorLookup {
  /** Whether every number of a vector is stored, or a table that all dimensions share. */
  readonly isExplicit: boolean;
  readonly minimum: number;
  readonly delta: number;
  /** Each number of a vector is the difference to the one before. */
  readonly isSequence: boolean;
  readonly multiplicands: Uint16Array;
}

/** @throws CodecError */
export function readCodebook(bits: HeaderBits): Codebook {
  if (bits.read(24) !== syncPattern) throw malformed('A codebook does not begin as it should.');
  const dimensions = bits.read(16);
  const entryCount = bits.read(24);
  if (dimensions === 0 || entryCount === 0) throw malformed('A codebook is empty.');
  if (entryCount > entryLimit) throw unsupported('a codebook of more entries than are useful');
  const lengths = bits.readFlag() ? readOrderedLengths(bits, entryCount) : readLengths(bits, entryCount);
  return { dimensions, lengths, lookup: readLookup(bits, entryCount, dimensions) };
}

function readLengths(bits: HeaderBits, entryCount: number): Uint8Array {
  const isSparse = bits.readFlag();
  return new Uint8Array(entryCount).map(() => (!isSparse || bits.readFlag() ? bits.read(5) + 1 : 0));
}

function readOrderedLengths(bits: HeaderBits, entryCount: number): Uint8Array {
  const lengths = new Uint8Array(entryCount);
  let length = bits.read(5) + 1;
  for (let entry = 0; entry < entryCount; length++) {
    const end = entry + bits.read(bitWidth(entryCount - entry));
    if (end > entryCount || length > 32) throw malformed('A codebook has more codewords than entries.');
    lengths.fill(length, entry, end);
    entry = end;
  }
  return lengths;
}

function readLookup(bits: HeaderBits, entryCount: number, dimensions: number): VectorLookup | undefined {
  const kind = bits.read(4);
  if (kind === 0) return undefined;
  if (kind > 2) throw malformed('A codebook is of an unknown kind.');
  const minimum = readFloat(bits);
  const delta = readFloat(bits);
  const width = bits.read(4) + 1;
  const isSequence = bits.readFlag();
  const count = kind === 1 ? largestRoot(entryCount, dimensions) : entryCount * dimensions;
  if (count * width > bits.remaining) throw malformed('The header ends before its contents do.');
  const multiplicands = new Uint16Array(count).map(() => bits.read(width));
  return { isExplicit: kind === 2, minimum, delta, isSequence, multiplicands };
}

/** Vorbis I, 9.2.2. */
function readFloat(bits: HeaderBits): number {
  const mantissa = bits.read(21);
  const exponent = bits.read(10) - 788;
  const sign = bits.readFlag() ? -1 : 1;
  return sign * mantissa * 2 ** exponent;
}

/** The largest number whose power of `exponent` is no larger than `value` (Vorbis I, 9.2.3). */
function largestRoot(value: number, exponent: number): number {
  let root = Math.round(value ** (1 / exponent)) + 1;
  while (root ** exponent > value) root--;
  return root;
}

/**
 * The vectors of all entries, one behind the other (Vorbis I, 3.2.1 and 3.3).
 * @throws CodecError when there are none, or more than any encoder makes.
 */
export function vectorsOf({ dimensions, lengths, lookup }: Codebook): Float32Array {
  if (lookup === undefined) throw malformed('A codebook of vectors holds none.');
  if (lengths.length * dimensions > vectorNumberLimit)
    throw unsupported('a codebook of longer vectors than are useful');
  const { isExplicit, minimum, delta, isSequence, multiplicands } = lookup;
  const vectors = new Float32Array(lengths.length * dimensions);
  for (let entry = 0; entry < lengths.length; entry++) {
    let last = 0;
    let rest = entry;
    for (let index = 0; index < dimensions; index++) {
      const place = isExplicit ? entry * dimensions + index : rest % multiplicands.length;
      rest = Math.floor(rest / multiplicands.length);
      const value = (multiplicands[place] ?? 0) * delta + minimum + last;
      if (Math.abs(value) > largestNumber) throw malformed('A codebook holds numbers that no sound has.');
      if (isSequence) last = value;
      vectors[entry * dimensions + index] = value;
    }
  }
  return vectors;
}

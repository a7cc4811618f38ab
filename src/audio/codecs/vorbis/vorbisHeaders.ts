import { malformed, unsupported } from '../codecError.js';
import { readCodebook } from './codebook.js';
import type { Codebook } from './codebook.js';
import { HeaderBits, bitWidth } from './headerBits.js';

const identificationKind = 1;
const setupKind = 5;
const smallestBlock = 6;
const largestBlock = 13;
/** A floor's curve runs through at most so many points (Vorbis I, 7.2.2). */
const pointLimit = 65;

/** The first header (Vorbis I, 4.2.2). */
export interface VorbisIdentification {
  readonly channelCount: number;
  /** Hz */
  readonly sampleRate: number;
  /** Samples of short and of long blocks. */
  readonly blockSampleCounts: readonly [short: number, long: number];
}

/** A curve of line segments over a logarithmic scale (Vorbis I, 7). */
export interface VorbisFloor {
  /** Of each partition, its class. */
  readonly partitions: readonly FloorClass[];
  /** 1 to 4: steps of the height. */
  readonly multiplier: number;
  /** Where the points lie, the first two at the ends. */
  readonly positions: readonly number[];
}

export interface FloorClass {
  readonly dimensions: number;
  readonly subclassBitCount: number;
  /** A codebook's number. */
  readonly masterBook: number | undefined;
  readonly books: readonly (number | undefined)[];
}

/** How the lines of a spectrum are coded (Vorbis I, 8.6.1). */
export interface VorbisResidue {
  readonly kind: 0 | 1 | 2;
  readonly begin: number;
  readonly end: number;
  readonly partitionLineCount: number;
  readonly classBook: number;
  /** For each class, the codebooks of the passes. */
  readonly books: readonly (readonly (number | undefined)[])[];
}

/** Vorbis I, 4.2.4, 10. */
export interface VorbisMapping {
  /** Pairs of channels. */
  readonly couplings: readonly { readonly magnitude: number; readonly angle: number }[];
  /** Of each channel, its part. */
  readonly channelParts: readonly number[];
  readonly parts: readonly { readonly floor: number; readonly residue: number }[];
}

export interface VorbisMode {
  readonly isLong: boolean;
  readonly mapping: number;
}

/** The third header. All numbers of codebooks, floors and so on are those of ones that exist. */
export interface VorbisSetup {
  readonly codebooks: readonly Codebook[];
  readonly floors: readonly VorbisFloor[];
  readonly residues: readonly VorbisResidue[];
  readonly mappings: readonly VorbisMapping[];
  readonly modes: readonly VorbisMode[];
}

/** @throws CodecError `malformed`. */
export function readIdentification(header: Uint8Array): VorbisIdentification {
  const bits = new HeaderBits(header);
  bits.expectKind(identificationKind);
  if (bits.read(32) !== 0) throw malformed('This is another version of Vorbis.');
  const channelCount = bits.read(8);
  const sampleRate = bits.read(32);
  for (let bitRate = 0; bitRate < 3; bitRate++) bits.read(32);
  const [short, long] = [bits.read(4), bits.read(4)];
  const isInRange = short >= smallestBlock && short <= long && long <= largestBlock;
  if (channelCount === 0 || sampleRate === 0 || !isInRange || !bits.readFlag()) {
    throw malformed('The first header is damaged.');
  }
  return { channelCount, sampleRate, blockSampleCounts: [2 ** short, 2 ** long] };
}

/** @throws CodecError `unsupported` for floors of the kind that encoders gave up before version 1.0. */
export function readSetup(header: Uint8Array, channelCount: number): VorbisSetup {
  const bits = new HeaderBits(header);
  bits.expectKind(setupKind);
  const codebooks = list(bits.read(8) + 1, () => readCodebook(bits));
  const isReserved = list(bits.read(6) + 1, () => bits.read(16)).some((value) => value !== 0);
  if (isReserved) throw malformed('The setup header is damaged.');
  const floors = list(bits.read(6) + 1, () => readFloor(bits, codebooks));
  const residues = list(bits.read(6) + 1, () => readResidue(bits, codebooks));
  const mappings = list(bits.read(6) + 1, () => readMapping(bits, channelCount, floors, residues));
  const modes = list(bits.read(6) + 1, () => {
    const isLong = bits.readFlag();
    if (bits.read(32) !== 0) throw malformed('A mode has an unknown window.');
    return { isLong, mapping: existing(bits.read(8), mappings) };
  });
  if (!bits.readFlag()) throw malformed('The setup header does not end as it should.');
  return { codebooks, floors, residues, mappings, modes };
}

function list<Item>(count: number, read: (index: number) => Item): Item[] {
  const items: Item[] = [];
  for (let index = 0; index < count; index++) items.push(read(index));
  return items;
}

function existing(number: number, among: readonly unknown[]): number {
  if (number >= among.length) throw malformed('The setup header refers to what it does not hold.');
  return number;
}

function readFloor(bits: HeaderBits, codebooks: readonly Codebook[]): VorbisFloor {
  const kind = bits.read(16);
  if (kind === 0) throw unsupported('a floor of kind 0');
  if (kind !== 1) throw malformed('A floor is of an unknown kind.');
  const classNumbers = list(bits.read(5), () => bits.read(4));
  const classes = list(Math.max(-1, ...classNumbers) + 1, () => readFloorClass(bits, codebooks));
  const partitions = classNumbers.flatMap((number) => classes[number] ?? []);
  const multiplier = bits.read(2) + 1;
  const rangeBitCount = bits.read(4);
  const inner = partitions.flatMap(({ dimensions }) => list(dimensions, () => bits.read(rangeBitCount)));
  const positions = [0, 2 ** rangeBitCount, ...inner];
  if (positions.length > pointLimit || new Set(positions).size < positions.length) {
    throw malformed('The points of a floor are damaged.');
  }
  return { partitions, multiplier, positions };
}

function readFloorClass(bits: HeaderBits, codebooks: readonly Codebook[]): FloorClass {
  const dimensions = bits.read(3) + 1;
  const subclassBitCount = bits.read(2);
  const masterBook = subclassBitCount === 0 ? undefined : existing(bits.read(8), codebooks);
  const books = list(2 ** subclassBitCount, () => {
    const number = bits.read(8) - 1;
    return number < 0 ? undefined : existing(number, codebooks);
  });
  return { dimensions, subclassBitCount, masterBook, books };
}

function readResidue(bits: HeaderBits, codebooks: readonly Codebook[]): VorbisResidue {
  const kind = bits.read(16);
  if (kind !== 0 && kind !== 1 && kind !== 2) throw malformed('A residue is of an unknown kind.');
  const [begin, end, partitionLineCount] = [bits.read(24), bits.read(24), bits.read(24) + 1];
  const classCount = bits.read(6) + 1;
  const classBook = existing(bits.read(8), codebooks);
  const passes = list(classCount, () => {
    const low = bits.read(3);
    return low + (bits.readFlag() ? 8 * bits.read(5) : 0);
  });
  const books = passes.map((used) =>
    list(8, (pass) => {
      if (((used >> pass) & 1) === 0) return undefined;
      const number = existing(bits.read(8), codebooks);
      const { dimensions = 1, lookup } = codebooks[number] ?? {};
      if (lookup === undefined) throw malformed('A residue has a codebook without vectors.');
      if (partitionLineCount % dimensions !== 0) throw unsupported('vectors that reach beyond their partition');
      return number;
    }),
  );
  return { kind, begin, end, partitionLineCount, classBook, books };
}

function readMapping(
  bits: HeaderBits,
  channelCount: number,
  floors: readonly VorbisFloor[],
  residues: readonly VorbisResidue[],
): VorbisMapping {
  if (bits.read(16) !== 0) throw malformed('A mapping is of an unknown kind.');
  const partCount = bits.readFlag() ? bits.read(4) + 1 : 1;
  const width = bitWidth(channelCount - 1);
  const couplings = list(bits.readFlag() ? bits.read(8) + 1 : 0, () => {
    const [magnitude, angle] = [bits.read(width), bits.read(width)];
    if (magnitude === angle || Math.max(magnitude, angle) >= channelCount) {
      throw malformed('Channels are coupled that do not exist.');
    }
    return { magnitude, angle };
  });
  if (bits.read(2) !== 0) throw malformed('A mapping is damaged.');
  const channelParts = list(channelCount, () => (partCount > 1 ? bits.read(4) : 0));
  const parts = list(partCount, () => {
    bits.read(8);
    return { floor: existing(bits.read(8), floors), residue: existing(bits.read(8), residues) };
  });
  for (const part of channelParts) existing(part, parts);
  return { couplings, channelParts, parts };
}

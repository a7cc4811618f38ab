import { malformed } from '../codecError.js';
import { createMdctTables, factorsByPower } from '../mdctTables.js';
import { quarterDelayTaps } from '../quarterDelayTaps.js';
import { codewordTable } from './codewordTable.js';
import { vectorsOf } from './codebook.js';
import { bitWidth } from './headerBits.js';
import { MemoryImage } from './memoryImage.js';
import type { FloorClass, VorbisFloor, VorbisIdentification, VorbisMapping, VorbisSetup } from './vorbisHeaders.js';

const pointLimit = 65;
/** The heights of a floor by its multiplier (Vorbis I, 7.2.3). */
const floorRanges = [256, 128, 86, 64] as const;
const levelCount = 256;
/** Longer packets are damaged: no encoder spends 64 bits on a line. */
const bytesPerLine = 8;
/** What is read beyond the end of a packet before it is seen. */
const slackByteLength = 4096;

/** A laid-out memory, and where in it the decoder finds what it needs. */
export interface VorbisMemory {
  readonly image: MemoryImage;
  readonly stream: number;
  readonly input: number;
  readonly inputByteLength: number;
  readonly output: number;
}

/**
 * Everything that kernels/vorbis.as.ts looks up, in the order in which it expects the numbers of each part.
 * @param step 1 for all samples, 2 for half the rate, made of the lower half of the lines.
 * @throws CodecError
 */
export function layOutMemory(identification: VorbisIdentification, setup: VorbisSetup, step: 1 | 2): VorbisMemory {
  const image = new MemoryImage();
  const { channelCount, blockSampleCounts } = identification;
  const longLineCount = blockSampleCounts[1] / 2;
  const codebooks = addCodebooks(image, setup);
  const floors = setup.floors.map((floor) => addFloor(image, floor, codebooks));
  const residues = setup.residues.map((residue) => addResidue(image, residue, setup, codebooks));
  const mappings = setup.mappings.map((mapping) => addMapping(image, mapping, floors, residues));
  const modes = setup.modes.flatMap(({ isLong, mapping }) => [isLong ? 1 : 0, mappings[mapping] ?? 0]);
  const planeByteLength = longLineCount * 4;
  const inputByteLength = channelCount * longLineCount * bytesPerLine;
  const stream = image.addNumbers([
    channelCount,
    bitWidth(setup.modes.length - 1),
    setup.modes.length,
    image.addNumbers(modes),
    addBlocks(image, blockSampleCounts, step, channelCount),
    image.reserve(channelCount * planeByteLength),
    image.reserve(channelCount * planeByteLength),
    planeByteLength,
    image.reserve(channelCount * planeByteLength),
    image.reserve(markCount(setup, channelCount, longLineCount) * 4),
    image.reserve(channelCount * pointLimit * 4),
    image.reserve(channelCount * 4),
    image.reserve(channelCount * 4),
    image.add(floorLevels()),
    image.reserve(planeByteLength),
    image.reserve(planeByteLength),
    ...addDelay(image, step, planeByteLength),
  ]);
  const output = image.reserve(planeByteLength);
  const input = image.reserve(inputByteLength + slackByteLength);
  return { image, stream, input, inputByteLength, output };
}

/** The filter for sound at half the rate, and its line of samples. */
function addDelay(image: MemoryImage, step: 1 | 2, planeByteLength: number): number[] {
  if (step === 1) return [0, 0, 0];
  const taps = Float32Array.from(quarterDelayTaps);
  return [taps.length, image.add(taps), image.reserve(planeByteLength + taps.byteLength)];
}

/** The places of the codebooks; those that residues name hold their vectors too. */
function addCodebooks(image: MemoryImage, { codebooks, residues }: VorbisSetup): number[] {
  const withVectors = new Set(residues.flatMap(({ books }) => books.flat()));
  return codebooks.map((codebook, number) => {
    const { rootBitCount, table } = codewordTable(codebook.lengths);
    const vectors = withVectors.has(number) ? image.add(vectorsOf(codebook)) : 0;
    return image.addNumbers([image.add(table), 2 ** rootBitCount - 1, rootBitCount, codebook.dimensions, vectors]);
  });
}

const bookAt = (codebooks: readonly number[], number: number | undefined): number =>
  number === undefined ? 0 : (codebooks[number] ?? 0);

function addFloor(image: MemoryImage, floor: VorbisFloor, codebooks: readonly number[]): number {
  const { partitions, multiplier, positions } = floor;
  const range = floorRanges[multiplier - 1] ?? 0;
  const classes = new Map<FloorClass, number>();
  const partitionClasses = partitions.map((kind) => {
    const place = classes.get(kind) ?? addFloorClass(image, kind, codebooks);
    classes.set(kind, place);
    return place;
  });
  const order = positions.map((_, index) => index).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0));
  return image.addNumbers([
    partitions.length,
    multiplier,
    range,
    bitWidth(range - 1),
    positions.length,
    image.addNumbers(partitionClasses),
    image.addNumbers(positions),
    image.addNumbers(positions.flatMap((_, index) => neighbours(positions, index))),
    image.addNumbers(order),
  ]);
}

function addFloorClass(
  image: MemoryImage,
  { dimensions, subclassBitCount, masterBook, books }: FloorClass,
  codebooks: readonly number[],
): number {
  const places = books.map((number) => bookAt(codebooks, number));
  return image.addNumbers([dimensions, subclassBitCount, bookAt(codebooks, masterBook), ...places]);
}

/** The nearest points to the left and to the right among those that come before this one (Vorbis I, 9.2.4 and 9.2.5). */
function neighbours(positions: readonly number[], index: number): [left: number, right: number] {
  const own = positions[index] ?? 0;
  let [left, right] = [0, 1];
  for (let other = 0; other < index; other++) {
    const position = positions[other] ?? 0;
    if (position < own && position > (positions[left] ?? 0)) left = other;
    if (position > own && position < (positions[right] ?? 0)) right = other;
  }
  return [left, right];
}

function addResidue(
  image: MemoryImage,
  { kind, begin, end, partitionLineCount, classBook, books }: VorbisSetup['residues'][number],
  { codebooks }: VorbisSetup,
  places: readonly number[],
): number {
  const { dimensions = 1, lengths = new Uint8Array(0) } = codebooks[classBook] ?? {};
  const classes = image.add(classesOfEntries(lengths.length, dimensions, books.length));
  const passCounts = books.map((passes) => 1 + passes.findLastIndex((book) => book !== undefined));
  return image.addNumbers([
    kind,
    begin * 4,
    end * 4,
    partitionLineCount * 4,
    places[classBook] ?? 0,
    dimensions,
    classes,
    image.addNumbers(books.flatMap((passes) => passes.map((number) => bookAt(places, number)))),
    // What classes the partitions have is said in the first pass, even if there is nothing more to say.
    Math.max(1, ...passCounts),
  ]);
}

/** An entry holds the classes of as many partitions as the codebook has dimensions (Vorbis I, 8.6.2). */
function classesOfEntries(entryCount: number, dimensions: number, classCount: number): Uint8Array {
  if (entryCount * dimensions > 1 << 20) throw malformed('A residue has too many classes.');
  const classes = new Uint8Array(entryCount * dimensions);
  for (let entry = 0; entry < entryCount; entry++) {
    let rest = entry;
    for (let index = dimensions - 1; index >= 0; index--) {
      classes[entry * dimensions + index] = rest % classCount;
      rest = Math.floor(rest / classCount);
    }
  }
  return classes;
}

/** The partitions of all channels, at most. */
function markCount({ residues, codebooks }: VorbisSetup, channelCount: number, lineCount: number): number {
  const counts = residues.map(({ partitionLineCount, classBook }) => {
    const partitions = Math.ceil((lineCount * channelCount) / partitionLineCount) + channelCount;
    return partitions + channelCount * (codebooks[classBook]?.dimensions ?? 1);
  });
  return Math.max(...counts);
}

function addMapping(
  image: MemoryImage,
  { couplings, channelParts, parts }: VorbisMapping,
  floors: readonly number[],
  residues: readonly number[],
): number {
  return image.addNumbers([
    couplings.length,
    image.addNumbers(couplings.flatMap(({ magnitude, angle }) => [magnitude, angle])),
    image.addNumbers(channelParts.map((part) => floors[parts[part]?.floor ?? 0] ?? 0)),
    image.addNumbers(channelParts),
    parts.length,
    image.addNumbers(parts.map(({ residue }) => residues[residue] ?? 0)),
  ]);
}

/** The short and the long block: their transforms, which also divide by the number of channels, and windows. */
function addBlocks(
  image: MemoryImage,
  sampleCounts: readonly [number, number],
  step: number,
  channelCount: number,
): number {
  const scratch = image.reserve((sampleCounts[1] / 2) * 4 * 2);
  return image.addNumbers(
    sampleCounts.flatMap((sampleCount) => {
      const lineCount = sampleCount / 2 / step;
      const { turnCosines, turnSines, stages } = createMdctTables(lineCount, 1 / channelCount);
      const factors = stages.flatMap(({ factors: own }, index) => (index === 0 ? factorsByPower(own) : [...own]));
      const transform = image.addNumbers([
        lineCount / 2,
        image.add(Float32Array.from(turnCosines)),
        image.add(Float32Array.from(turnSines)),
        image.add(Float32Array.from(factors)),
        scratch,
      ]);
      return [lineCount, sampleCount / 2, transform, image.add(slope(lineCount))];
    }),
  );
}

/** The rising half of a window (Vorbis I, 4.3.1). */
function slope(length: number): Float32Array {
  return Float32Array.from({ length }, (_, index) =>
    Math.sin((Math.PI / 2) * Math.sin((Math.PI / 2) * ((index + 0.5) / length)) ** 2),
  );
}

/** Steps of 140/256 dB up to 1: the table of Vorbis I, 10.1. */
function floorLevels(): Float32Array {
  return Float32Array.from({ length: levelCount }, (_, index) => 10 ** (((index - levelCount + 1) * 140) / 256 / 20));
}

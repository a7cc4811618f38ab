import { codewords } from '../../../../../../src/audio/codecs/aac/codebooks.js';
import { scaleFactorCode, spectralCodes } from '../../../../../../src/audio/codecs/aac/codebookTables.js';
import type { BitWriter } from './bitWriter.js';
import type { Random } from './random.js';

/** What ics_info() says. */
export interface Windows {
  sequence: number;
  shape: number;
  maxBand: number;
  groups: number[];
  offsets: Uint16Array;
}

const spectralWords = spectralCodes.map(codewords);
const scaleFactorWords = codewords(scaleFactorCode);
const largestValues = [1, 1, 2, 2, 4, 4, 7, 7, 12, 12, 16];

export function writeWindows(writer: BitWriter, { sequence, shape, maxBand, groups }: Windows): void {
  writer.write(0, 1);
  writer.write(sequence, 2);
  writer.write(shape, 1);
  writer.write(maxBand, sequence === 2 ? 4 : 6);
  if (sequence !== 2) {
    writer.write(0, 1);
    return;
  }
  groups.forEach((length, group) => {
    if (group > 0) writer.write(0, 1);
    for (let window = 1; window < length; window++) writer.write(1, 1);
  });
}

/** individual_channel_stream(); gives the codebooks by group and band. */
export function writeChannel(
  writer: BitWriter,
  random: Random,
  withNoise: boolean,
  windows: Windows,
  mayHaveIntensity: boolean,
  hasOwnWindows: boolean,
): number[] {
  const globalGain = random.whole(95, 140);
  writer.write(globalGain, 8);
  if (hasOwnWindows) writeWindows(writer, windows);
  const codebooks = writeSections(writer, random, withNoise, windows, mayHaveIntensity);
  writeScaleFactors(writer, random, codebooks, globalGain);
  const pulses = writePulses(writer, random, windows);
  writeShaping(writer, random, windows);
  writer.write(0, 1);
  codebooks.forEach((codebook, index) => {
    const band = index % windows.maxBand;
    const group = Math.floor(index / windows.maxBand);
    const width = (windows.offsets[band + 1] ?? 0) - (windows.offsets[band] ?? 0);
    const lines = Array.from(
      { length: width * (windows.groups[group] ?? 0) },
      (_, line) => line + (windows.offsets[band] ?? 0),
    );
    writeValues(
      writer,
      random,
      codebook,
      lines.map((line) => pulses.includes(line)),
    );
  });
  return codebooks;
}

function writeSections(
  writer: BitWriter,
  random: Random,
  withNoise: boolean,
  { sequence, maxBand, groups }: Windows,
  mayHaveIntensity: boolean,
): number[] {
  const allowed = Array.from({ length: 12 }, (_, codebook) => codebook);
  if (withNoise) allowed.push(13);
  if (mayHaveIntensity) allowed.push(14, 15);
  const lengthBits = sequence === 2 ? 3 : 5;
  const escape = 2 ** lengthBits - 1;
  return groups.flatMap(() => {
    const codebooks: number[] = [];
    while (codebooks.length < maxBand) {
      const codebook = allowed[random.whole(0, allowed.length - 1)] ?? 0;
      let length = random.chance(0.1)
        ? maxBand - codebooks.length
        : random.whole(1, Math.min(4, maxBand - codebooks.length));
      for (let index = 0; index < length; index++) codebooks.push(codebook);
      writer.write(codebook, 4);
      for (; length >= escape; length -= escape) writer.write(escape, lengthBits);
      writer.write(length, lengthBits);
    }
    return codebooks;
  });
}

export function writeDifference(writer: BitWriter, difference: number): void {
  const word = scaleFactorWords[difference + 60];
  if (word === undefined) throw new RangeError(`No codeword for ${difference}.`);
  writer.write(word.bits, word.length);
}

function writeScaleFactors(writer: BitWriter, random: Random, codebooks: readonly number[], globalGain: number): void {
  const state = { gain: globalGain, position: 0, energy: globalGain - 90 };
  let isFirstNoise = true;
  const step = (key: keyof typeof state, least: number, most: number): void => {
    const reach = random.chance(0.05) ? 60 : 6;
    const difference = random.whole(Math.max(-reach, least - state[key]), Math.min(reach, most - state[key]));
    state[key] += difference;
    writeDifference(writer, difference);
  };
  for (const codebook of codebooks) {
    if (codebook >= 14) step('position', -30, 30);
    else if (codebook > 0 && codebook < 12) step('gain', 90, 150);
    else if (codebook === 13 && !isFirstNoise) step('energy', 20, 60);
    else if (codebook === 13) {
      writer.write(40 - state.energy + 256, 9);
      state.energy = 40;
      isFirstNoise = false;
    }
  }
}

/** Gives the lines of the pulses. */
function writePulses(writer: BitWriter, random: Random, { sequence, maxBand, offsets }: Windows): number[] {
  if (sequence === 2 || maxBand === 0 || random.chance(0.7)) {
    writer.write(0, 1);
    return [];
  }
  const count = random.whole(1, 4);
  const startBand = random.whole(0, maxBand - 1);
  let line = offsets[startBand] ?? 0;
  writer.write(1, 1);
  writer.write(count - 1, 2);
  writer.write(startBand, 6);
  return Array.from({ length: count }, () => {
    const step = random.whole(0, Math.min(31, (offsets[maxBand] ?? 0) - 1 - line));
    writer.write(step, 5);
    writer.write(random.whole(0, 15), 4);
    return (line += step);
  });
}

function writeShaping(writer: BitWriter, random: Random, { sequence, groups }: Windows): void {
  if (random.chance(0.6)) {
    writer.write(0, 1);
    return;
  }
  const isShort = sequence === 2;
  writer.write(1, 1);
  const windowCount = groups.reduce((sum, length) => sum + length, 0);
  for (let window = 0; window < windowCount; window++) {
    const count = random.whole(0, isShort ? 1 : 3);
    writer.write(count, isShort ? 1 : 2);
    if (count === 0) continue;
    const isFine = random.whole(0, 1);
    writer.write(isFine, 1);
    for (let filter = 0; filter < count; filter++) {
      const order = random.whole(0, isShort ? 7 : 12);
      writer.write(random.whole(1, isShort ? 14 : 40), isShort ? 4 : 6);
      writer.write(order, isShort ? 3 : 5);
      if (order === 0) continue;
      const isCompressed = random.whole(0, 1);
      writer.write(random.whole(0, 1), 1);
      writer.write(isCompressed, 1);
      const bitCount = 3 + isFine - isCompressed;
      // High orders of large coefficients ring so long that decoders with 32-bit floats drift apart.
      for (let index = 0; index < order; index++) {
        const value = index < 2 ? random.whole(-(2 ** (bitCount - 1)), 2 ** (bitCount - 1) - 1) : random.whole(-1, 1);
        writer.write(value < 0 ? value + 2 ** bitCount : value, bitCount);
      }
    }
  }
}

/** @param nonZero Of each line, whether a pulse meets it: for 0 under a pulse decoders differ in the sign. */
function writeValues(writer: BitWriter, random: Random, codebook: number, nonZero: readonly boolean[]): void {
  const words = spectralWords[codebook - 1];
  const largest = largestValues[codebook - 1];
  if (words === undefined || largest === undefined) return;
  const dimension = codebook <= 4 ? 4 : 2;
  const isSigned = [1, 2, 5, 6].includes(codebook);
  for (let line = 0; line < nonZero.length; line += dimension) {
    const values = nonZero
      .slice(line, line + dimension)
      .map((isNonZero) => (isNonZero ? random.whole(1, largest) : random.whole(-largest, largest)));
    const base = isSigned ? 2 * largest + 1 : largest + 1;
    const index = values.reduce((sum, value) => sum * base + (isSigned ? value + largest : Math.abs(value)), 0);
    const word = words[index];
    if (word === undefined) throw new RangeError(`Codebook ${codebook} has no ${values.join(', ')}.`);
    writer.write(word.bits, word.length);
    if (isSigned) continue;
    for (const value of values) if (value !== 0) writer.write(value < 0 ? 1 : 0, 1);
    for (const value of values) if (Math.abs(value) === 16) writeEscape(writer, random);
  }
}

function writeEscape(writer: BitWriter, random: Random): void {
  const bitCount = random.chance(0.9) ? 4 : random.whole(4, 12);
  for (let index = 4; index < bitCount; index++) writer.write(1, 1);
  writer.write(0, 1);
  writer.write(random.whole(0, 2 ** bitCount - 1), bitCount);
}

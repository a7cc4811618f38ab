import {
  aliasCoefficients,
  codebookChoices,
  codebooks,
  longBands,
  quadCodes,
  shortBands,
  synthesisWindow,
} from './layer3Tables.js';
import type { Layer3Codebook } from './layer3Tables.js';

/** Where the kernel expects what: kernels/layer3.as.ts has the same places. */
const places = {
  powers: 1152,
  gains: 34_048,
  bandWidths: 36_096,
  codebooks: 37_376,
  quadTable: 37_632,
  aliasFactors: 37_760,
  transforms: 37_888,
  matrix: 48_256,
  synthesisWindow: 56_448,
  tables: 96_768,
} as const;

/** A frame to decode; longer ones do not exist. */
export const inputPlace = 128 * 1024;
export const inputByteLength = 8192;
/** What is decoded, collected until it is fetched. */
export const outputPlace = 144 * 1024;
export const outputSampleCount = 24_576;
export const memoryByteLength = outputPlace + outputSampleCount * 4;

const bandsPerKind = 40;
const mixedLines = 36;
/** A code that is longer leads to a second table. */
const rootBits = 8;

/**
 * Fills in everything that the kernel looks up.
 * @param step 1 for all samples, 2 for every second one, from the lower half of the subbands.
 * @param phase With a step of 2: whether the even or the odd samples are kept.
 */
export function fillLayer3Memory(buffer: ArrayBuffer, step: 1 | 2, phase: 0 | 1): void {
  const floats = (place: number, length: number): Float32Array => new Float32Array(buffer, place, length);
  floats(places.powers, 8207).forEach((_, index, all) => (all[index] = index ** (4 / 3)));
  floats(places.gains, 512).forEach((_, index, all) => (all[index] = 2 ** ((index - 400) / 4)));
  fillBands(new Uint8Array(buffer, places.bandWidths));
  fillCodebooks(buffer);
  fillQuads(new Uint8Array(buffer, places.quadTable, 64));
  aliasCoefficients.forEach((coefficient, index) => {
    const own = 1 / Math.hypot(1, coefficient);
    floats(places.aliasFactors, 16)[index] = own;
    floats(places.aliasFactors, 16)[index + 8] = coefficient * own;
  });
  fillTransforms(floats(places.transforms, 4 * 36 * 18));
  fillSynthesis(floats(places.matrix, 32 * 64), floats(places.synthesisWindow, 512), step, phase);
}

/** Long, short and mixed blocks of each sample rate, in the order of the lines in a frame. */
function fillBands(target: Uint8Array): void {
  longBands.forEach((long, rate) => {
    const triple = (shortBands[rate] ?? []).flatMap((width) => [width, width, width]);
    const low: number[] = [];
    for (let lines = 0; lines < mixedLines; lines += low.at(-1) ?? mixedLines) low.push(long[low.length] ?? mixedLines);
    const mixed = [...low, ...triple.slice(9)];
    // At 8 kHz the standard's bands do not meet: the last one makes up for it, so that all lines belong to one.
    const rest = 576 - mixed.reduce((sum, width) => sum + width, 0);
    mixed.push(...(rest > 0 ? [rest] : []));
    [long, triple, mixed].forEach((widths, kind) => {
      target.set(widths, (rate * 3 + kind) * bandsPerKind);
    });
  });
}

function fillCodebooks(buffer: ArrayBuffer): void {
  let place: number = places.tables;
  const built = new Map<number, number>();
  const choices = new Int32Array(buffer, places.codebooks, 64).fill(0);
  for (const [number, [name, extraBits]] of Object.entries(codebookChoices)) {
    const codebook = codebooks[name];
    let table = built.get(name);
    if (table === undefined && codebook !== undefined) {
      const entries = lookupTable(codebook);
      new Int32Array(buffer, place, entries.length).set(entries);
      table = place;
      built.set(name, place);
      place += entries.length * 4;
    }
    choices[Number(number) * 2] = table ?? 0;
    choices[Number(number) * 2 + 1] = extraBits;
  }
  if (place > inputPlace) throw new RangeError('The codebooks are larger than their place.');
}

/** By the next eight bits: length and pair, or where the table for the bits behind them lies, and how many those are. */
function lookupTable({ pairs, lengths }: Layer3Codebook): number[] {
  const codes = Array.from({ length: lengths.length }, (_, index) => ({
    length: Number.parseInt(lengths.charAt(index), 36),
    pair: Number.parseInt(pairs.slice(index * 2, index * 2 + 2), 16),
  }));
  const table = new Array<number>(1 << rootBits).fill(0);
  let code = 0;
  const deep = new Map<number, { bits: number; length: number; pair: number }[]>();
  for (const { length, pair } of codes) {
    const bits = Math.round(code * 2 ** length);
    code += 2 ** -length;
    if (length <= rootBits) {
      const first = bits << (rootBits - length);
      table.fill((length << 8) | pair, first, first + (1 << (rootBits - length)));
    } else {
      const root = bits >> (length - rootBits);
      deep.set(root, [...(deep.get(root) ?? []), { bits, length, pair }]);
    }
  }
  for (const [root, long] of deep) {
    const more = Math.max(...long.map(({ length }) => length)) - rootBits;
    const start = table.length;
    table[root] = -start * 256 + more;
    table.push(...new Array<number>(1 << more).fill(0));
    for (const { bits, length, pair } of long) {
      const spare = more - (length - rootBits);
      const first = start + ((bits & ((1 << (length - rootBits)) - 1)) << spare);
      table.fill((length << 8) | pair, first, first + (1 << spare));
    }
  }
  return table;
}

function fillQuads(target: Uint8Array): void {
  quadCodes.forEach(([length, bits], value) => {
    const first = bits << (6 - length);
    target.fill((length << 4) | value, first, first + (1 << (6 - length)));
  });
}

/** The inverse transforms (2.4.3.4.10) with their windows: 36 outputs of 18 lines, for each of the four types of blocks. */
function fillTransforms(target: Float32Array): void {
  for (let type = 0; type < 4; type++) {
    for (let output = 0; output < 36; output++) {
      for (let line = 0; line < 18; line++) {
        const value = type === 2 ? shortTransform(output, line) : longWindow(type, output) * longCosine(output, line);
        target[(type * 36 + output) * 18 + line] = value;
      }
    }
  }
}

function longCosine(output: number, line: number): number {
  return Math.cos((Math.PI / 72) * (2 * output + 19) * (2 * line + 1));
}

function longWindow(type: number, output: number): number {
  const long = Math.sin((Math.PI / 36) * (output + 0.5));
  const index = type === 3 ? 35 - output : output;
  if (type === 0 || index < 18) return long;
  if (index < 24) return 1;
  return index < 30 ? Math.sin((Math.PI / 12) * (index - 18 + 0.5)) : 0;
}

/** Three short windows, one after the other in the middle; their lines are interleaved. */
function shortTransform(output: number, line: number): number {
  const index = output - 6 - 6 * (line % 3);
  if (index < 0 || index >= 12) return 0;
  const cosine = Math.cos((Math.PI / 24) * (2 * index + 7) * (2 * Math.floor(line / 3) + 1));
  return Math.sin((Math.PI / 12) * (index + 0.5)) * cosine;
}

/** Synthesis (2.4.3.2.2), as far as it concerns the samples that are kept. */
function fillSynthesis(matrix: Float32Array, window: Float32Array, step: number, phase: number): void {
  const count = 32 / step;
  const windowAt = (index: number): number => {
    const value = (synthesisWindow[index <= 256 ? index : 512 - index] ?? 0) / 65_536;
    return index > 256 && index % 64 !== 0 ? -value : value;
  };
  for (let sample = 0; sample < count; sample++) {
    const place = sample * step + phase;
    for (let band = 0; band < count; band++) {
      const angle = ((2 * band + 1) * Math.PI) / 64;
      matrix[band * 2 * count + sample] = Math.cos((16 + place) * angle);
      matrix[band * 2 * count + count + sample] = Math.cos((48 + place) * angle);
    }
    for (let pair = 0; pair < 8; pair++) {
      window[pair * 2 * count + sample] = windowAt(64 * pair + place);
      window[pair * 2 * count + count + sample] = windowAt(64 * pair + 32 + place);
    }
  }
}

import { createHalfSynthesis, halfLineCount } from './halfSynthesis.js';
import { createInverseMdct, type InverseMdct } from './inverseMdct.js';
import { createSlopes, type Slopes } from './slopes.js';
import { eightShort, lineCount } from './windowInfo.js';

/** Scale 2 / N of 4.6.11.3.1, where N is twice the lines of a full window. */
const longScale = 1 / lineCount;
const startWindow = 1;
const stopWindow = 3;

/** How a channel's spectrum becomes sound: spectra that agree in it may be added before they do. */
export interface Windowing {
  readonly sequence: number;
  readonly shape: number;
  /** Shape of the channel's packet before. */
  readonly previousShape: number;
}

/**
 * One channel of sound from the spectra of any number of channels (ISO/IEC 14496-3, 4.6.11). All is linear, so those with
 * equal windows share one transform, and one overlap serves all.
 */
export interface Filterbank {
  /** The spectrum must keep until `finish`. */
  add(spectrum: Float64Array, windowing: Windowing, gain: number): void;
  /** Writes the sum of what was added since the last call, overlapped with the packet before. */
  finish(output: Float32Array, offset: number): void;
  reset(): void;
}

interface Pending {
  readonly windowing: Windowing;
  spectrum: Float64Array;
}

export interface Transforms {
  readonly slopes: Slopes;
  readonly long: InverseMdct;
  readonly short: InverseMdct;
  /** Samples a packet. */
  readonly length: number;
}

/** @param shrink 2 for half the sample rate: only the lower half of each spectrum is used. */
export function createTransforms(shrink: 1 | 2): Transforms {
  const length = lineCount / shrink;
  return {
    slopes: createSlopes(shrink),
    long: createInverseMdct(length, longScale),
    short: createInverseMdct(length / 8, 8 / lineCount),
    length,
  };
}

export function createFilterbank(transforms: Transforms): Filterbank {
  const { length } = transforms;
  const half = length === halfLineCount ? createHalfSynthesis(transforms.slopes, longScale) : undefined;
  const overlap = half?.overlap ?? new Float64Array(length);
  const unfolded = new Float64Array(length);
  const frame = new Float64Array(2 * length);
  const pending: Pending[] = [];
  const sums: Float64Array[] = [];

  return {
    add(spectrum, windowing, gain) {
      let same = pending.findIndex((other) => isSameWindowing(other.windowing, windowing));
      if (same < 0) {
        same = pending.length;
        pending.push({ windowing, spectrum });
        if (gain === 1) return;
      }
      const entry = pending[same];
      if (entry === undefined) return;
      const sum = (sums[same] ??= new Float64Array(lineCount));
      const isFirst = entry.spectrum === spectrum;
      // Short windows have their wanted lines spread over all.
      const end = windowing.sequence === eightShort ? lineCount : length;
      for (let line = 0; line < end; line++) {
        const before = isFirst ? 0 : (entry.spectrum[line] ?? 0);
        sum[line] = before + gain * (spectrum[line] ?? 0);
      }
      entry.spectrum = sum;
    },
    finish(output, offset) {
      if (pending.length === 1 && pending[0] !== undefined && pending[0].windowing.sequence !== eightShort) {
        const { windowing, spectrum } = pending[0];
        if (half !== undefined) {
          const rising = { shape: windowing.previousShape, isEdged: windowing.sequence === stopWindow };
          const falling = { shape: windowing.shape, isEdged: windowing.sequence === startWindow };
          half.run(spectrum, rising, falling, output, offset);
          pending.length = 0;
          return;
        }
        transforms.long.transform(spectrum, 0, unfolded);
        overlapLong(transforms.slopes, windowing, unfolded, overlap, output, offset);
      } else {
        frame.fill(0);
        for (const { windowing, spectrum } of pending) addFrame(transforms, windowing, spectrum, unfolded, frame);
        for (let index = 0; index < length; index++) {
          output[offset + index] = (overlap[index] ?? 0) + (frame[index] ?? 0);
          overlap[index] = frame[length + index] ?? 0;
        }
      }
      pending.length = 0;
    },
    reset() {
      pending.length = 0;
      overlap.fill(0);
    },
  };
}

function isSameWindowing(one: Windowing, other: Windowing): boolean {
  return one.sequence === other.sequence && one.shape === other.shape && one.previousShape === other.previousShape;
}

const none = new Float64Array(0);

function risingSlope({ long, edge }: Slopes, { sequence, previousShape }: Windowing): Float64Array {
  return (sequence === stopWindow ? edge : long)[previousShape] ?? none;
}

function fallingSlope({ long, edge }: Slopes, { sequence, shape }: Windowing): Float64Array {
  return (sequence === startWindow ? edge : long)[shape] ?? none;
}

/** The usual case, without the detour through a frame of both halves. */
function overlapLong(
  slopes: Slopes,
  windowing: Windowing,
  unfolded: Float64Array,
  overlap: Float64Array | Float32Array,
  output: Float32Array,
  offset: number,
): void {
  const rising = risingSlope(slopes, windowing);
  const falling = fallingSlope(slopes, windowing);
  const last = unfolded.length - 1;
  const half = unfolded.length >> 1;
  for (let index = 0; index < half; index++) {
    const upper = unfolded[half + index] ?? 0;
    const mirrored = last - index;
    output[offset + index] = (overlap[index] ?? 0) + (rising[index] ?? 0) * upper;
    output[offset + mirrored] = (overlap[mirrored] ?? 0) - (rising[mirrored] ?? 0) * upper;
    const lower = unfolded[half - 1 - index] ?? 0;
    overlap[index] = -(falling[mirrored] ?? 0) * lower;
    overlap[mirrored] = -(falling[index] ?? 0) * lower;
  }
}

function addFrame(
  transforms: Transforms,
  windowing: Windowing,
  spectrum: Float64Array,
  unfolded: Float64Array,
  frame: Float64Array,
): void {
  const { slopes, length } = transforms;
  if (windowing.sequence !== eightShort) {
    transforms.long.transform(spectrum, 0, unfolded);
    addWindow(unfolded, length, risingSlope(slopes, windowing), fallingSlope(slopes, windowing), frame, 0);
    return;
  }
  const shortLength = length >> 3;
  const slope = slopes.short[windowing.shape] ?? none;
  let rising = slopes.short[windowing.previousShape] ?? none;
  for (let window = 0; window < 8; window++) {
    transforms.short.transform(spectrum, window * (lineCount / 8), unfolded);
    addWindow(unfolded, shortLength, rising, slope, frame, (length * 448) / 1024 + window * shortLength);
    rising = slope;
  }
}

/** Unfolds a DCT-IV into the output of an inverse MDCT, which is twice as long, under its window. */
function addWindow(
  unfolded: Float64Array,
  length: number,
  rising: Float64Array,
  falling: Float64Array,
  frame: Float64Array,
  offset: number,
): void {
  const half = length >> 1;
  for (let index = 0; index < half; index++) {
    const mirrored = length - 1 - index;
    const upper = unfolded[half + index] ?? 0;
    const lower = unfolded[half - 1 - index] ?? 0;
    const start = offset + index;
    const end = offset + mirrored;
    frame[start] = (frame[start] ?? 0) + (rising[index] ?? 0) * upper;
    frame[end] = (frame[end] ?? 0) - (rising[mirrored] ?? 0) * upper;
    frame[length + start] = (frame[length + start] ?? 0) - (falling[mirrored] ?? 0) * lower;
    frame[length + end] = (frame[length + end] ?? 0) - (falling[index] ?? 0) * lower;
  }
}

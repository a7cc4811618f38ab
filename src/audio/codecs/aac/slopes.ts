/** The rising halves of the windows (ISO/IEC 14496-3, 4.6.11.3.2); falling halves are their mirror images. */
export interface Slopes {
  /** By window shape: 0 sine, 1 Kaiser-Bessel derived. */
  readonly long: readonly Float64Array[];
  readonly short: readonly Float64Array[];
  /** Of the start and stop windows: zeros, a short slope, ones. */
  readonly edge: readonly Float64Array[];
}

const kaiserAlphaLong = 4;
const kaiserAlphaShort = 6;

/** @param shrink 2 for half the sample rate: slopes of half the length that cancel the same aliasing. */
export function createSlopes(shrink: 1 | 2): Slopes {
  const long = [sine(1024), kaiserBesselDerived(1024, kaiserAlphaLong)].map((slope) => shrunk(slope, shrink));
  const short = [sine(128), kaiserBesselDerived(128, kaiserAlphaShort)].map((slope) => shrunk(slope, shrink));
  const edge = short.map((slope) => {
    const wide = new Float64Array(1024 / shrink);
    wide.set(slope, 448 / shrink);
    return wide.fill(1, (448 + 128) / shrink);
  });
  return { long, short, edge };
}

function sine(length: number): Float64Array {
  return Float64Array.from({ length }, (_, index) => Math.sin((Math.PI / (2 * length)) * (index + 0.5)));
}

function kaiserBesselDerived(length: number, alpha: number): Float64Array {
  const kaiser = Float64Array.from({ length: length + 1 }, (_, index) =>
    besselI0(Math.PI * alpha * Math.sqrt(1 - ((2 * index) / length - 1) ** 2)),
  );
  const total = kaiser.reduce((sum, value) => sum + value, 0);
  let sum = 0;
  return kaiser.subarray(0, length).map((value) => {
    sum += value;
    return Math.sqrt(sum / total);
  });
}

function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let index = 1; term > sum * 1e-17; index++) {
    term *= (x / (2 * index)) ** 2;
    sum += term;
  }
  return sum;
}

/** Takes the window between each two of its samples so that squares of mirrored ones still add up to 1. */
function shrunk(slope: Float64Array, shrink: 1 | 2): Float64Array {
  if (shrink === 1) return slope;
  return Float64Array.from({ length: slope.length / 2 }, (_, index) =>
    Math.sqrt(((slope[2 * index] ?? 0) ** 2 + (slope[2 * index + 1] ?? 0) ** 2) / 2),
  );
}

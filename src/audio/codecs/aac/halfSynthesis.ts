import { loadAacKernel } from '../../kernels/aacKernel.js';
import { createMdctTables, factorsByPower } from '../mdctTables.js';
import type { Slopes } from './slopes.js';

/** Lines, and samples of a packet, at half the rate. */
export const halfLineCount = 512;
const points = halfLineCount / 2;

/** What aac.as.ts expects one behind the other, in floats. */
const layout = [
  ['lines', halfLineCount],
  ['output', halfLineCount],
  ['overlap', halfLineCount],
  ['cosines', points],
  ['sines', points],
  ['factors', 2 * points],
  ['scratch', 4 * points],
  ['unfolded', halfLineCount],
  ['longSine', halfLineCount],
  ['longKaiser', halfLineCount],
  ['edgeSine', halfLineCount],
  ['edgeKaiser', halfLineCount],
] as const;

type Area = (typeof layout)[number][0];

/** The usual packet at half the rate, by a kernel in single precision: speech needs no more. */
export interface HalfSynthesis {
  /** The second half of the packet before, which packets of other windows share. */
  readonly overlap: Float32Array;
  /** @param isEdged Of the rising and the falling half: whether they are those of a start or stop window. */
  run(
    spectrum: Float64Array,
    rising: { readonly shape: number; readonly isEdged: boolean },
    falling: { readonly shape: number; readonly isEdged: boolean },
    output: Float32Array,
    offset: number,
  ): void;
}

/** Undefined where there is no WebAssembly with SIMD. */
export function createHalfSynthesis(slopes: Slopes, scale: number): HalfSynthesis | undefined {
  const places = new Map<Area, number>();
  let byteLength = 0;
  for (const [area, length] of layout) {
    places.set(area, byteLength);
    byteLength += 4 * length;
  }
  const loaded = loadAacKernel(byteLength);
  if (loaded === undefined) return undefined;
  const { kernel, buffer } = loaded;
  const view = (area: Area, length: number): Float32Array => new Float32Array(buffer, places.get(area), length);
  const { turnCosines, turnSines, stages } = createMdctTables(halfLineCount, scale);
  view('cosines', points).set(turnCosines);
  view('sines', points).set(turnSines);
  view('factors', 2 * points).set(
    stages.flatMap(({ factors }, index) => (index === 0 ? factorsByPower(factors) : [...factors])),
  );
  const slopeAreas = [
    ['longSine', 'longKaiser'],
    ['edgeSine', 'edgeKaiser'],
  ] as const;
  [slopes.long, slopes.edge].forEach((both, kind) => {
    both.forEach((slope, shape) => {
      view(slopeAreas[kind]?.[shape] ?? 'longSine', halfLineCount).set(slope);
    });
  });
  const lines = view('lines', halfLineCount);
  const made = view('output', halfLineCount);
  const placeOf = ({ shape, isEdged }: { readonly shape: number; readonly isEdged: boolean }): number =>
    places.get(slopeAreas[isEdged ? 1 : 0][shape === 1 ? 1 : 0]) ?? 0;
  return {
    overlap: view('overlap', halfLineCount),
    run(spectrum, rising, falling, output, offset) {
      for (let line = 0; line < halfLineCount; line++) lines[line] = spectrum[line] ?? 0;
      kernel.synthesise(0, placeOf(rising), placeOf(falling));
      output.set(made, offset);
    },
  };
}

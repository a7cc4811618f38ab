/** The numbers that an inverse MDCT works with: aac/inverseMdct.ts says how. */
export interface MdctTables {
  readonly turnCosines: Float64Array;
  readonly turnSines: Float64Array;
  readonly stages: readonly MdctStage[];
}

/** @param size Lines, a power of 2 from 16. @param scale The output is multiplied by it. */
export function createMdctTables(size: number, scale: number): MdctTables {
  const points = size / 2;
  const turnCosines = new Float64Array(points);
  const turnSines = new Float64Array(points);
  for (let index = 0; index < points; index++) {
    const angle = (Math.PI * (8 * index + 1)) / (8 * size);
    turnCosines[index] = Math.cos(angle) * Math.sqrt(scale);
    turnSines[index] = Math.sin(angle) * Math.sqrt(scale);
  }
  return { turnCosines, turnSines, stages: createStages(points) };
}

export interface MdctStage {
  readonly radix: 2 | 4;
  /** Butterflies that share their factors. */
  readonly stride: number;
  /** Of each group of butterflies, cosine and sine of the factors w, w^2 and w^3. */
  readonly factors: Float64Array;
}

function createStages(points: number): MdctStage[] {
  const stages: MdctStage[] = [];
  let length = points;
  for (let stride = 1; length > 1; stride *= 4, length /= 4) {
    if (length === 2) {
      stages.push({ radix: 2, stride, factors: new Float64Array(0) });
      break;
    }
    const quarter = length / 4;
    const factors = new Float64Array(quarter * 6);
    for (let group = 0; group < quarter; group++) {
      for (let power = 1; power <= 3; power++) {
        const angle = (-2 * Math.PI * group * power) / length;
        factors[group * 6 + power * 2 - 2] = Math.cos(angle);
        factors[group * 6 + power * 2 - 1] = Math.sin(angle);
      }
    }
    stages.push({ radix: 4, stride, factors });
  }
  return stages;
}

/** Of each power the factors of all groups side by side: the first stage of a kernel takes four groups at a time. */
export function factorsByPower(factors: Float64Array): number[] {
  const groups = factors.length / 6;
  return Array.from(factors, (_, index) => factors[(index % groups) * 6 + Math.floor(index / groups)] ?? 0);
}

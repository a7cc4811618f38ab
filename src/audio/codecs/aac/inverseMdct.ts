import { createMdctTables } from '../mdctTables.js';
import type { MdctStage } from '../mdctTables.js';

/**
 * A DCT-IV of M lines, which is an inverse MDCT before its output is unfolded: u[n] = sum X[k] cos(pi / M (n + 1/2) (k + 1/2)).
 * It goes through a complex FFT of M / 2 points: X[2n] + i X[M - 1 - 2n] is turned by exp(-i pi (8n + 1) / 8M) before and
 * after. The FFT is Stockham's with radix 4, and radix 2 at last where M / 2 is no power of 4.
 */
export interface InverseMdct {
  /** Gives M values from M lines; the arrays must not overlap. */
  transform(lines: Float64Array, start: number, output: Float64Array): void;
}

/**
 * @param size M, a power of 2 from 16.
 * @param scale The output is multiplied by it.
 */
export function createInverseMdct(size: number, scale: number): InverseMdct {
  const points = size / 2;
  const { turnCosines, turnSines, stages } = createMdctTables(size, scale);
  const firstReal = new Float64Array(points);
  const firstImaginary = new Float64Array(points);
  const secondReal = new Float64Array(points);
  const secondImaginary = new Float64Array(points);

  return {
    transform(lines, start, output) {
      turnIn(lines, start, turnCosines, turnSines, firstReal, firstImaginary);
      let isSwapped = false;
      for (const stage of stages) {
        if (isSwapped) runStage(stage, secondReal, secondImaginary, firstReal, firstImaginary);
        else runStage(stage, firstReal, firstImaginary, secondReal, secondImaginary);
        isSwapped = !isSwapped;
      }
      if (isSwapped) turnOut(secondReal, secondImaginary, turnCosines, turnSines, output);
      else turnOut(firstReal, firstImaginary, turnCosines, turnSines, output);
    },
  };
}

function turnIn(
  lines: Float64Array,
  start: number,
  cosines: Float64Array,
  sines: Float64Array,
  real: Float64Array,
  imaginary: Float64Array,
): void {
  const points = real.length;
  let upward = start;
  let downward = start + 2 * points - 1;
  for (let index = 0; index < points; index++) {
    const a = lines[upward] ?? 0;
    const b = lines[downward] ?? 0;
    const cosine = cosines[index] ?? 0;
    const sine = sines[index] ?? 0;
    real[index] = a * cosine + b * sine;
    imaginary[index] = b * cosine - a * sine;
    upward += 2;
    downward -= 2;
  }
}

function turnOut(
  real: Float64Array,
  imaginary: Float64Array,
  cosines: Float64Array,
  sines: Float64Array,
  output: Float64Array,
): void {
  const points = real.length;
  let upward = 0;
  let downward = 2 * points - 1;
  for (let index = 0; index < points; index++) {
    const a = real[index] ?? 0;
    const b = imaginary[index] ?? 0;
    const cosine = cosines[index] ?? 0;
    const sine = sines[index] ?? 0;
    output[upward] = a * cosine + b * sine;
    output[downward] = a * sine - b * cosine;
    upward += 2;
    downward -= 2;
  }
}

function runStage(
  { radix, stride, factors }: MdctStage,
  real: Float64Array,
  imaginary: Float64Array,
  outReal: Float64Array,
  outImaginary: Float64Array,
): void {
  if (radix === 2) runRadix2(stride, real, imaginary, outReal, outImaginary);
  else runRadix4(stride, factors, real, imaginary, outReal, outImaginary);
}

function runRadix2(
  stride: number,
  real: Float64Array,
  imaginary: Float64Array,
  outReal: Float64Array,
  outImaginary: Float64Array,
): void {
  for (let index = 0; index < stride; index++) {
    const aReal = real[index] ?? 0;
    const aImaginary = imaginary[index] ?? 0;
    const bReal = real[index + stride] ?? 0;
    const bImaginary = imaginary[index + stride] ?? 0;
    outReal[index] = aReal + bReal;
    outImaginary[index] = aImaginary + bImaginary;
    outReal[index + stride] = aReal - bReal;
    outImaginary[index + stride] = aImaginary - bImaginary;
  }
}

function runRadix4(
  stride: number,
  factors: Float64Array,
  real: Float64Array,
  imaginary: Float64Array,
  outReal: Float64Array,
  outImaginary: Float64Array,
): void {
  const quarter = real.length >> 2;
  let input = 0;
  for (let factor = 0, output = 0; input < quarter; factor += 6, output += 3 * stride) {
    const firstCosine = factors[factor] ?? 0;
    const firstSine = factors[factor + 1] ?? 0;
    const secondCosine = factors[factor + 2] ?? 0;
    const secondSine = factors[factor + 3] ?? 0;
    const thirdCosine = factors[factor + 4] ?? 0;
    const thirdSine = factors[factor + 5] ?? 0;
    for (const end = input + stride; input < end; input++, output++) {
      const aReal = real[input] ?? 0;
      const aImaginary = imaginary[input] ?? 0;
      const bReal = real[input + quarter] ?? 0;
      const bImaginary = imaginary[input + quarter] ?? 0;
      const cReal = real[input + 2 * quarter] ?? 0;
      const cImaginary = imaginary[input + 2 * quarter] ?? 0;
      const dReal = real[input + 3 * quarter] ?? 0;
      const dImaginary = imaginary[input + 3 * quarter] ?? 0;
      const evenReal = aReal + cReal;
      const evenImaginary = aImaginary + cImaginary;
      const oddReal = bReal + dReal;
      const oddImaginary = bImaginary + dImaginary;
      outReal[output] = evenReal + oddReal;
      outImaginary[output] = evenImaginary + oddImaginary;
      const firstReal = aReal - cReal + bImaginary - dImaginary;
      const firstImaginary = aImaginary - cImaginary - bReal + dReal;
      outReal[output + stride] = firstReal * firstCosine - firstImaginary * firstSine;
      outImaginary[output + stride] = firstReal * firstSine + firstImaginary * firstCosine;
      const secondReal = evenReal - oddReal;
      const secondImaginary = evenImaginary - oddImaginary;
      outReal[output + 2 * stride] = secondReal * secondCosine - secondImaginary * secondSine;
      outImaginary[output + 2 * stride] = secondReal * secondSine + secondImaginary * secondCosine;
      const thirdReal = aReal - cReal - bImaginary + dImaginary;
      const thirdImaginary = aImaginary - cImaginary + bReal - dReal;
      outReal[output + 3 * stride] = thirdReal * thirdCosine - thirdImaginary * thirdSine;
      outImaginary[output + 3 * stride] = thirdReal * thirdSine + thirdImaginary * thirdCosine;
    }
  }
}

/** The linear predictor of one channel in one packet, as the packet gives it. */
export interface Predictor {
  mode: number;
  /** Fraction bits of the coefficients. */
  shift: number;
  rateFactor: number;
  order: number;
  /** Adapts while it predicts; 16-bit arithmetic is part of the format. */
  readonly coefficients: Int16Array;
}

export function createPredictor(): Predictor {
  return { mode: 0, shift: 0, rateFactor: 0, order: 0, coefficients: new Int16Array(32) };
}

/** The order that stands for plain differences. */
const differenceOrder = 31;

/** Turns residuals into samples of so many bits, in place. */
export function predict(predictor: Predictor, samples: Int32Array, count: number, bitCount: number): void {
  const spare = 32 - bitCount;
  if (predictor.mode !== 0) sumUp(samples, count, spare);
  const { order } = predictor;
  if (order === 0) return;
  if (order === differenceOrder) {
    sumUp(samples, count, spare);
    return;
  }
  sumUp(samples, Math.min(count, order + 1), spare);
  adapt(predictor, samples, count, spare);
}

function sumUp(samples: Int32Array, count: number, spare: number): void {
  let sum = samples[0] ?? 0;
  for (let index = 1; index < count; index++) {
    sum = (((samples[index] ?? 0) + sum) << spare) >> spare;
    samples[index] = sum;
  }
}

/** The predictor looks at differences to the oldest sample in reach, and corrects itself by the sign of its error. */
function adapt({ order, shift, coefficients }: Predictor, samples: Int32Array, count: number, spare: number): void {
  const rounding = shift > 0 ? 1 << (shift - 1) : 0;
  for (let index = order + 1; index < count; index++) {
    const oldest = samples[index - order - 1] ?? 0;
    let sum = rounding;
    for (let back = 0, place = index - 1; back < order; back++, place--) {
      sum = (sum + Math.imul(coefficients[back] ?? 0, ((samples[place] ?? 0) - oldest) | 0)) | 0;
    }
    let error = samples[index] ?? 0;
    samples[index] = ((error + oldest + (sum >> shift)) << spare) >> spare;
    if (error > 0) {
      for (let back = order - 1; back >= 0 && error > 0; back--) {
        const difference = (oldest - (samples[index - 1 - back] ?? 0)) | 0;
        const sign = (difference >> 31) | (-difference >>> 31);
        coefficients[back] = (coefficients[back] ?? 0) - sign;
        error -= (order - back) * (Math.imul(sign, difference) >> shift);
      }
    } else if (error < 0) {
      for (let back = order - 1; back >= 0 && error < 0; back--) {
        const difference = (oldest - (samples[index - 1 - back] ?? 0)) | 0;
        const sign = (difference >> 31) | (-difference >>> 31);
        coefficients[back] = (coefficients[back] ?? 0) + sign;
        error -= (order - back) * (Math.imul(-sign, difference) >> shift);
      }
    }
  }
}

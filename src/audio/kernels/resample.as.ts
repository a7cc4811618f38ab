/**
 * The inner loops of resampling, in AssemblyScript: compiled to WebAssembly with SIMD by `node scripts/kernels.mjs`, which
 * is ten times as fast as the same loops in JavaScript. Nothing here allocates: the caller lays out the memory (see
 * simdChain.ts), and leaves 16 readable bytes behind every area, because loops run over in whole vectors.
 * Every output is computed by the same operations wherever it falls in a block, so blocks do not show in the result.
 */

// AssemblyScript has its own types and its own compiler.

/** Interleaved samples of 16 bits to the mean of `count` neighbouring channels out of `stride`. */
export function mixS16(input: usize, stride: i32, count: i32, frames: i32, output: usize): void {
  const scale: f32 = 1.0 / (32768.0 * (count as f32));
  const end = output + ((frames as usize) << 2);
  if (stride == 2 && count == 2) {
    for (; output < end; output += 16, input += 16) {
      const sums = i32x4.extadd_pairwise_i16x8_s(v128.load(input));
      v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(sums), f32x4.splat(scale)));
    }
  } else if (stride == 1) {
    for (; output < end; output += 16, input += 8) {
      const wide = v128.load_ext<i16>(input);
      v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(wide), f32x4.splat(scale)));
    }
  } else {
    for (; output < end; output += 4, input += (stride as usize) << 1) {
      let sum: i32 = 0;
      for (let channel: usize = 0; channel < (count as usize); channel++)
        sum += load<i16>(input + (channel << 1)) as i32;
      store<f32>(output, (sum as f32) * scale);
    }
  }
}

/** The same of 24 bits. Each sample is moved to the top of 32 bits, where its sign is. */
export function mixS24(input: usize, stride: i32, count: i32, frames: i32, output: usize): void {
  const scale: f32 = 1.0 / (2147483648.0 * (count as f32));
  const end = output + ((frames as usize) << 2);
  if (stride == 1) {
    for (; output < end; output += 16, input += 12) {
      v128.store(output, f32x4.mul(fourS24(input), f32x4.splat(scale)));
    }
  } else if (stride == 2 && count == 2) {
    for (; output < end; output += 16, input += 24) {
      v128.store(output, f32x4.mul(pairSums(fourS24(input), fourS24(input + 12)), f32x4.splat(scale)));
    }
  } else {
    for (; output < end; output += 4, input += (stride as usize) * 3) {
      let sum: f32 = 0;
      for (let channel: usize = 0; channel < (count as usize); channel++) {
        sum += (load<i32>(input + channel * 3) << 8) as f32;
      }
      store<f32>(output, sum * scale);
    }
  }
}

/** The same of 32 bits. */
export function mixS32(input: usize, stride: i32, count: i32, frames: i32, output: usize): void {
  const scale: f32 = 1.0 / (2147483648.0 * (count as f32));
  const end = output + ((frames as usize) << 2);
  if (stride == 1) {
    for (; output < end; output += 16, input += 16) {
      v128.store(output, f32x4.mul(f32x4.convert_i32x4_s(v128.load(input)), f32x4.splat(scale)));
    }
  } else if (stride == 2 && count == 2) {
    for (; output < end; output += 16, input += 32) {
      const sums = pairSums(f32x4.convert_i32x4_s(v128.load(input)), f32x4.convert_i32x4_s(v128.load(input, 16)));
      v128.store(output, f32x4.mul(sums, f32x4.splat(scale)));
    }
  } else {
    for (; output < end; output += 4, input += (stride as usize) << 2) {
      let sum: f32 = 0;
      for (let channel: usize = 0; channel < (count as usize); channel++)
        sum += load<i32>(input + (channel << 2)) as f32;
      store<f32>(output, sum * scale);
    }
  }
}

/** The same of floats. What is no number is silence. */
export function mixF32(input: usize, stride: i32, count: i32, frames: i32, output: usize): void {
  const scale: f32 = 1.0 / (count as f32);
  const end = output + ((frames as usize) << 2);
  if (stride == 1) {
    for (; output < end; output += 16, input += 16) v128.store(output, finite(v128.load(input)));
  } else if (stride == 2 && count == 2) {
    for (; output < end; output += 16, input += 32) {
      const sums = pairSums(finite(v128.load(input)), finite(v128.load(input, 16)));
      v128.store(output, f32x4.mul(sums, f32x4.splat(scale)));
    }
  } else {
    for (; output < end; output += 4, input += (stride as usize) << 2) {
      let sum: f32 = 0;
      for (let channel: usize = 0; channel < (count as usize); channel++) {
        const sample = load<f32>(input + (channel << 2));
        if (sample - sample == 0) sum += sample;
      }
      store<f32>(output, sum * scale);
    }
  }
}

/** Reverses the bytes of every sample, for big-endian files. */
export function swapBytes(input: usize, sampleByteLength: i32, byteLength: i32): void {
  let places = i8x16(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  if (sampleByteLength == 3) places = i8x16(2, 1, 0, 5, 4, 3, 8, 7, 6, 11, 10, 9, 14, 13, 12, 15);
  if (sampleByteLength == 4) places = i8x16(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
  // Of 24 bits five fit into a vector, and the byte behind them is left for the next.
  const step: usize = sampleByteLength == 3 ? 15 : 16;
  for (const end = input + (byteLength as usize); input < end; input += step) {
    v128.store(input, v128.swizzle(v128.load(input), places));
  }
}

/** The mean of channels that lie one after another, `planeByteLength` apart. */
export function mixPlanes(input: usize, planeByteLength: usize, count: i32, frames: i32, output: usize): void {
  const scale: f32 = 1.0 / (count as f32);
  const end = output + ((frames as usize) << 2);
  for (; output < end; output += 16, input += 16) {
    let sum = v128.load(input);
    for (let channel: usize = 1; channel < (count as usize); channel++) {
      sum = f32x4.add(sum, v128.load(input + channel * planeByteLength));
    }
    v128.store(output, f32x4.mul(sum, f32x4.splat(scale)));
  }
}

/**
 * Halves the rate: see halfband.ts. The samples are sorted into even and odd ones first, so that four outputs at a time
 * find their inputs side by side.
 */
export function halve(
  window: usize,
  length: i32,
  scratch: usize,
  coefficients: usize,
  pairs: i32,
  count: i32,
  output: usize,
): void {
  const planeByteLength = (((length as usize) >> 1) + 8) << 2;
  const windowEnd = window + ((length as usize) << 2);
  for (let even = scratch; window < windowEnd; window += 32, even += 16) {
    const left = v128.load(window);
    const right = v128.load(window, 16);
    v128.store(even, v128.shuffle<f32>(left, right, 0, 2, 4, 6));
    v128.store(even + planeByteLength, v128.shuffle<f32>(left, right, 1, 3, 5, 7));
  }
  const reach = (pairs as usize) << 2;
  let centre = scratch + planeByteLength + reach - 4;
  let right = scratch + reach;
  const end = output + ((count as usize) << 2);
  const half = f32x4.splat(0.5);
  const coefficientsEnd = coefficients + reach;
  for (; output < end; output += 32, centre += 32, right += 32) {
    let first = f32x4.mul(half, v128.load(centre));
    let second = f32x4.mul(half, v128.load(centre, 16));
    let before = right - 4;
    let after = right;
    for (let at = coefficients; at < coefficientsEnd; at += 4, before -= 4, after += 4) {
      const coefficient = v128.load32_splat(at);
      first = f32x4.add(first, f32x4.mul(coefficient, f32x4.add(v128.load(before), v128.load(after))));
      second = f32x4.add(second, f32x4.mul(coefficient, f32x4.add(v128.load(before, 16), v128.load(after, 16))));
    }
    v128.store(output, first);
    v128.store(output, second, 16);
  }
}

/**
 * Changes the rate by any ratio: see polyphase.ts. `state` holds where the next output lies: a whole sample of the
 * window, and how many denominators of the way to the next one. `taps` is a multiple of 8.
 * @returns How many samples were written.
 */
export function polyphase(
  window: usize,
  length: i32,
  rows: usize,
  taps: i32,
  numerator: i32,
  denominator: i32,
  phases: i32,
  state: usize,
  output: usize,
): i32 {
  const start = load<i32>(state);
  const rest = load<i32>(state, 4);
  const last = length - taps - 1;
  if (start > last) return 0;
  // Output n lies at start + (rest + n * numerator) / denominator, rounded down.
  const count = ((((last - start + 1) as i64) * denominator - rest + numerator - 1) / numerator) as i32;
  if (phases == denominator) repeatedPhases(window, start, rest, rows, taps, numerator, denominator, count, output);
  else nearestPhases(window, start, rest, rows, taps, numerator, denominator, phases, count, output);
  const end = (rest as i64) + (count as i64) * numerator;
  store<i32>(state, start + ((end / denominator) as i32));
  store<i32>(state, (end % denominator) as i32, 4);
  return count;
}

/**
 * Every `denominator` outputs the same phase comes again, `numerator` samples on: four of them share the way of its
 * coefficients through the processor, which is what takes the time.
 */
function repeatedPhases(
  window: usize,
  start: i32,
  rest: i32,
  rows: usize,
  taps: i32,
  numerator: i32,
  denominator: i32,
  count: i32,
  output: usize,
): void {
  const rowByteLength = (taps as usize) << 2;
  const period = (numerator as usize) << 2;
  const outputPeriod = (denominator as usize) << 2;
  const outputEnd = output + ((count as usize) << 2);
  const wholeStep = numerator / denominator;
  const restStep = numerator % denominator;
  for (let index = min(denominator, count); index > 0; index--, output += 4) {
    const row = rows + (rest as usize) * rowByteLength;
    let from = window + ((start as usize) << 2);
    let to = output;
    for (; to + 3 * outputPeriod < outputEnd; to += outputPeriod << 2, from += period << 2) {
      fourOutputs(from, period, row, row + rowByteLength, to, outputPeriod);
    }
    for (; to < outputEnd; to += outputPeriod, from += period) oneOutput(from, row, row + rowByteLength, to);
    start += wholeStep;
    rest += restStep;
    if (rest >= denominator) {
      rest -= denominator;
      start++;
    }
  }
}

function nearestPhases(
  window: usize,
  start: i32,
  rest: i32,
  rows: usize,
  taps: i32,
  numerator: i32,
  denominator: i32,
  phases: i32,
  count: i32,
  output: usize,
): void {
  const rowByteLength = (taps as usize) << 2;
  const wholeStep = numerator / denominator;
  const restStep = numerator % denominator;
  for (const end = output + ((count as usize) << 2); output < end; output += 4) {
    const phase = (((rest as f64) * (phases as f64)) / (denominator as f64) + 0.5) as i32;
    const row = rows + (phase as usize) * rowByteLength;
    oneOutput(window + ((start as usize) << 2), row, row + rowByteLength, output);
    start += wholeStep;
    rest += restStep;
    if (rest >= denominator) {
      rest -= denominator;
      start++;
    }
  }
}

function storeSum(output: usize, left: v128, right: v128): void {
  const sums = f32x4.add(left, right);
  const pairs = f32x4.add(sums, v128.shuffle<f32>(sums, sums, 2, 3, 0, 1));
  store<f32>(output, f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1));
}

/** Adds up in the same order as `fourOutputs`. */
function oneOutput(from: usize, row: usize, rowEnd: usize, output: usize): void {
  let left = f32x4.splat(0);
  let right = f32x4.splat(0);
  for (; row < rowEnd; row += 32, from += 32) {
    left = f32x4.add(left, f32x4.mul(v128.load(from), v128.load(row)));
    right = f32x4.add(right, f32x4.mul(v128.load(from, 16), v128.load(row, 16)));
  }
  storeSum(output, left, right);
}

function fourOutputs(first: usize, period: usize, row: usize, rowEnd: usize, output: usize, outputPeriod: usize): void {
  let second = first + period;
  let third = second + period;
  let fourth = third + period;
  let firstLeft = f32x4.splat(0);
  let firstRight = f32x4.splat(0);
  let secondLeft = f32x4.splat(0);
  let secondRight = f32x4.splat(0);
  let thirdLeft = f32x4.splat(0);
  let thirdRight = f32x4.splat(0);
  let fourthLeft = f32x4.splat(0);
  let fourthRight = f32x4.splat(0);
  for (; row < rowEnd; row += 32, first += 32, second += 32, third += 32, fourth += 32) {
    const left = v128.load(row);
    const right = v128.load(row, 16);
    firstLeft = f32x4.add(firstLeft, f32x4.mul(v128.load(first), left));
    firstRight = f32x4.add(firstRight, f32x4.mul(v128.load(first, 16), right));
    secondLeft = f32x4.add(secondLeft, f32x4.mul(v128.load(second), left));
    secondRight = f32x4.add(secondRight, f32x4.mul(v128.load(second, 16), right));
    thirdLeft = f32x4.add(thirdLeft, f32x4.mul(v128.load(third), left));
    thirdRight = f32x4.add(thirdRight, f32x4.mul(v128.load(third, 16), right));
    fourthLeft = f32x4.add(fourthLeft, f32x4.mul(v128.load(fourth), left));
    fourthRight = f32x4.add(fourthRight, f32x4.mul(v128.load(fourth, 16), right));
  }
  storeSum(output, firstLeft, firstRight);
  storeSum(output + outputPeriod, secondLeft, secondRight);
  storeSum(output + 2 * outputPeriod, thirdLeft, thirdRight);
  storeSum(output + 3 * outputPeriod, fourthLeft, fourthRight);
}

/** To the nearest step of 16 bits, halves upwards; too loud is clipped. */
export function toS16(input: usize, count: i32, output: usize): void {
  const end = input + ((count as usize) << 2);
  for (; input < end; input += 32, output += 16) {
    v128.store(output, i16x8.narrow_i32x4_s(rounded(v128.load(input)), rounded(v128.load(input, 16))));
  }
}

function rounded(samples: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.floor(f32x4.add(f32x4.mul(samples, f32x4.splat(32768)), f32x4.splat(0.5))));
}

function fourS24(input: usize): v128 {
  const places = i8x16(-1, 0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11);
  return f32x4.convert_i32x4_s(v128.swizzle(v128.load(input), places));
}

function pairSums(left: v128, right: v128): v128 {
  return f32x4.add(v128.shuffle<f32>(left, right, 0, 2, 4, 6), v128.shuffle<f32>(left, right, 1, 3, 5, 7));
}

function finite(samples: v128): v128 {
  return v128.and(samples, f32x4.eq(f32x4.sub(samples, samples), f32x4.splat(0)));
}

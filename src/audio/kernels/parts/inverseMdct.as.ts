/**
 * Inverse MDCT of any power of 2 from 32 lines, without windows: a DCT-IV by way of a complex FFT of half as many points,
 * in four lanes. codecs/aac/inverseMdct.ts explains it, and codecs/mdctTables.ts makes the factors.
 */

// What lies behind a transform's place, as vorbisMemory.ts has it.
const pointCount: usize = 0; // i32
const cosines: usize = 4; // where they lie, as all that follows
const sines: usize = 8;
const factors: usize = 12;
const scratch: usize = 16; // four arrays of points

/** Gives as many values as lines; both begin at multiples of 16. */
export function inverseMdct(transform: usize, lines: usize, output: usize): void {
  const byteLength = (load<i32>(transform, pointCount) as usize) << 2;
  const cosine = load<i32>(transform, cosines) as usize;
  const sine = load<i32>(transform, sines) as usize;
  let factor = load<i32>(transform, factors) as usize;
  let from = load<i32>(transform, scratch) as usize;
  let to = from + (byteLength << 1);
  turnIn(lines, cosine, sine, from, byteLength);
  firstStage(from, to, factor, byteLength);
  let rest = byteLength >> 2;
  let stride: usize = 16;
  factor += rest * 6;
  for (; rest >= 16; rest >>= 2, stride <<= 2) {
    const swapped = from;
    from = to;
    to = swapped;
    stage(from, to, factor, byteLength, rest >> 4, stride);
    factor += (rest >> 2) * 6;
  }
  if (rest == 8) {
    const swapped = from;
    from = to;
    to = swapped;
    lastStage(from, to, stride);
  }
  turnOut(to, cosine, sine, output, byteLength);
}

function reversed(values: v128): v128 {
  return v128.shuffle<f32>(values, values, 3, 2, 1, 0);
}

function turnIn(lines: usize, cosine: usize, sine: usize, real: usize, byteLength: usize): void {
  let downward = lines + (byteLength << 1) - 32;
  for (const end = real + byteLength; real < end; real += 16, lines += 32, downward -= 32, cosine += 16, sine += 16) {
    const a = v128.shuffle<f32>(v128.load(lines), v128.load(lines, 16), 0, 2, 4, 6);
    const b = v128.shuffle<f32>(v128.load(downward), v128.load(downward, 16), 7, 5, 3, 1);
    const c = v128.load(cosine);
    const s = v128.load(sine);
    v128.store(real, f32x4.add(f32x4.mul(a, c), f32x4.mul(b, s)));
    v128.store(real + byteLength, f32x4.sub(f32x4.mul(b, c), f32x4.mul(a, s)));
  }
}

/** Four groups at a time, each with its own factors; results are turned so that a group's lie side by side. */
function firstStage(from: usize, to: usize, factor: usize, byteLength: usize): void {
  const quarter = byteLength >> 2;
  for (const end = from + quarter; from < end; from += 16, to += 64, factor += 16) {
    const imaginary = from + byteLength;
    const aReal = v128.load(from);
    const aImaginary = v128.load(imaginary);
    const bReal = v128.load(from + quarter);
    const bImaginary = v128.load(imaginary + quarter);
    const cReal = v128.load(from + 2 * quarter);
    const cImaginary = v128.load(imaginary + 2 * quarter);
    const dReal = v128.load(from + 3 * quarter);
    const dImaginary = v128.load(imaginary + 3 * quarter);
    const evenReal = f32x4.add(aReal, cReal);
    const evenImaginary = f32x4.add(aImaginary, cImaginary);
    const oddReal = f32x4.add(bReal, dReal);
    const oddImaginary = f32x4.add(bImaginary, dImaginary);
    const acReal = f32x4.sub(aReal, cReal);
    const acImaginary = f32x4.sub(aImaginary, cImaginary);
    const bdReal = f32x4.sub(bReal, dReal);
    const bdImaginary = f32x4.sub(bImaginary, dImaginary);
    const oneReal = f32x4.add(acReal, bdImaginary);
    const oneImaginary = f32x4.sub(acImaginary, bdReal);
    const twoReal = f32x4.sub(evenReal, oddReal);
    const twoImaginary = f32x4.sub(evenImaginary, oddImaginary);
    const threeReal = f32x4.sub(acReal, bdImaginary);
    const threeImaginary = f32x4.add(acImaginary, bdReal);
    const c1 = v128.load(factor);
    const s1 = v128.load(factor + quarter);
    const c2 = v128.load(factor + 2 * quarter);
    const s2 = v128.load(factor + 3 * quarter);
    const c3 = v128.load(factor + 4 * quarter);
    const s3 = v128.load(factor + 5 * quarter);
    storeTurned(
      to,
      f32x4.add(evenReal, oddReal),
      f32x4.sub(f32x4.mul(oneReal, c1), f32x4.mul(oneImaginary, s1)),
      f32x4.sub(f32x4.mul(twoReal, c2), f32x4.mul(twoImaginary, s2)),
      f32x4.sub(f32x4.mul(threeReal, c3), f32x4.mul(threeImaginary, s3)),
    );
    storeTurned(
      to + byteLength,
      f32x4.add(evenImaginary, oddImaginary),
      f32x4.add(f32x4.mul(oneReal, s1), f32x4.mul(oneImaginary, c1)),
      f32x4.add(f32x4.mul(twoReal, s2), f32x4.mul(twoImaginary, c2)),
      f32x4.add(f32x4.mul(threeReal, s3), f32x4.mul(threeImaginary, c3)),
    );
  }
}

function storeTurned(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(abLow, cdLow, 0, 2));
  v128.store(to, v128.shuffle<i64>(abLow, cdLow, 1, 3), 16);
  v128.store(to, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 32);
  v128.store(to, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 48);
}

/** Butterflies of a group share their factors. */
function stage(from: usize, to: usize, factor: usize, byteLength: usize, groups: usize, stride: usize): void {
  const quarter = byteLength >> 2;
  for (; groups > 0; groups--, factor += 24, to += 3 * stride) {
    const c1 = v128.load32_splat(factor);
    const s1 = v128.load32_splat(factor, 4);
    const c2 = v128.load32_splat(factor, 8);
    const s2 = v128.load32_splat(factor, 12);
    const c3 = v128.load32_splat(factor, 16);
    const s3 = v128.load32_splat(factor, 20);
    for (const end = from + stride; from < end; from += 16, to += 16) {
      const imaginary = from + byteLength;
      const aReal = v128.load(from);
      const aImaginary = v128.load(imaginary);
      const bReal = v128.load(from + quarter);
      const bImaginary = v128.load(imaginary + quarter);
      const cReal = v128.load(from + 2 * quarter);
      const cImaginary = v128.load(imaginary + 2 * quarter);
      const dReal = v128.load(from + 3 * quarter);
      const dImaginary = v128.load(imaginary + 3 * quarter);
      const evenReal = f32x4.add(aReal, cReal);
      const evenImaginary = f32x4.add(aImaginary, cImaginary);
      const oddReal = f32x4.add(bReal, dReal);
      const oddImaginary = f32x4.add(bImaginary, dImaginary);
      const acReal = f32x4.sub(aReal, cReal);
      const acImaginary = f32x4.sub(aImaginary, cImaginary);
      const bdReal = f32x4.sub(bReal, dReal);
      const bdImaginary = f32x4.sub(bImaginary, dImaginary);
      const oneReal = f32x4.add(acReal, bdImaginary);
      const oneImaginary = f32x4.sub(acImaginary, bdReal);
      const twoReal = f32x4.sub(evenReal, oddReal);
      const twoImaginary = f32x4.sub(evenImaginary, oddImaginary);
      const threeReal = f32x4.sub(acReal, bdImaginary);
      const threeImaginary = f32x4.add(acImaginary, bdReal);
      const toImaginary = to + byteLength;
      v128.store(to, f32x4.add(evenReal, oddReal));
      v128.store(toImaginary, f32x4.add(evenImaginary, oddImaginary));
      v128.store(to + stride, f32x4.sub(f32x4.mul(oneReal, c1), f32x4.mul(oneImaginary, s1)));
      v128.store(toImaginary + stride, f32x4.add(f32x4.mul(oneReal, s1), f32x4.mul(oneImaginary, c1)));
      v128.store(to + 2 * stride, f32x4.sub(f32x4.mul(twoReal, c2), f32x4.mul(twoImaginary, s2)));
      v128.store(toImaginary + 2 * stride, f32x4.add(f32x4.mul(twoReal, s2), f32x4.mul(twoImaginary, c2)));
      v128.store(to + 3 * stride, f32x4.sub(f32x4.mul(threeReal, c3), f32x4.mul(threeImaginary, s3)));
      v128.store(toImaginary + 3 * stride, f32x4.add(f32x4.mul(threeReal, s3), f32x4.mul(threeImaginary, c3)));
    }
  }
}

/** Pairs, where the number of points is no power of 4. */
function lastStage(from: usize, to: usize, stride: usize): void {
  for (let part = 0; part < 2; part++, from += stride, to += stride) {
    for (const end = from + stride; from < end; from += 16, to += 16) {
      const a = v128.load(from);
      const b = v128.load(from + stride);
      v128.store(to, f32x4.add(a, b));
      v128.store(to + stride, f32x4.sub(a, b));
    }
  }
}

function turnOut(real: usize, cosine: usize, sine: usize, output: usize, byteLength: usize): void {
  for (let at: usize = 0, mirrored = byteLength - 16; at < byteLength; at += 16, mirrored -= 16, output += 32) {
    const upward = real + at;
    const downward = real + mirrored;
    const even = f32x4.add(
      f32x4.mul(v128.load(upward), v128.load(cosine + at)),
      f32x4.mul(v128.load(upward + byteLength), v128.load(sine + at)),
    );
    const odd = reversed(
      f32x4.sub(
        f32x4.mul(v128.load(downward), v128.load(sine + mirrored)),
        f32x4.mul(v128.load(downward + byteLength), v128.load(cosine + mirrored)),
      ),
    );
    v128.store(output, v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
    v128.store(output, v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
  }
}

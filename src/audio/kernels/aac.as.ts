/**
 * The synthesis of AAC at half its rate, in AssemblyScript: an inverse MDCT of 512 lines with its windows, and the delay by
 * a quarter of a sample. See inverseMdct.ts, filterbank.ts and quarterDelay.ts, which do the same in JavaScript with twice
 * the precision. Nothing here allocates: the caller lays out the memory (see halfSynthesis.ts).
 */

// AssemblyScript has its own types and its own compiler.

const points: usize = 256;
/** Of an array of so many floats. */
const pointBytes: usize = points << 2;
const lineBytes: usize = points << 3;

// What lies behind `base`, as halfSynthesis.ts lays it out.
const lines: usize = 0;
const output: usize = lines + lineBytes;
const overlap: usize = output + lineBytes;
const cosines: usize = overlap + lineBytes;
const sines: usize = cosines + pointBytes;
const factors: usize = sines + pointBytes;
const firstReal: usize = factors + (points << 3);
const firstImaginary: usize = firstReal + pointBytes;
const secondReal: usize = firstImaginary + pointBytes;
const secondImaginary: usize = secondReal + pointBytes;
const unfolded: usize = secondImaginary + pointBytes;

/** One packet of a long window: `lines` to `output`, with `overlap` from the packet before. */
export function synthesise(base: usize, rising: usize, falling: usize): void {
  turnIn(base);
  firstStage(base);
  const later = base + factors + 6 * 64 * 4;
  stage(base + secondReal, base + secondImaginary, base + firstReal, base + firstImaginary, later, 16, 4);
  stage(base + firstReal, base + firstImaginary, base + secondReal, base + secondImaginary, later + 16 * 24, 4, 16);
  stage(base + secondReal, base + secondImaginary, base + firstReal, base + firstImaginary, later + 20 * 24, 1, 64);
  turnOut(base);
  addOverlap(base, rising, falling);
}

function turnIn(base: usize): void {
  let downward = base + lines + lineBytes - 32;
  for (let at: usize = 0; at < pointBytes; at += 16, downward -= 32) {
    const upward = base + lines + (at << 1);
    const a = v128.shuffle<f32>(v128.load(upward), v128.load(upward, 16), 0, 2, 4, 6);
    const b = v128.shuffle<f32>(v128.load(downward), v128.load(downward, 16), 7, 5, 3, 1);
    const cosine = v128.load(base + cosines + at);
    const sine = v128.load(base + sines + at);
    v128.store(base + firstReal + at, f32x4.add(f32x4.mul(a, cosine), f32x4.mul(b, sine)));
    v128.store(base + firstImaginary + at, f32x4.sub(f32x4.mul(b, cosine), f32x4.mul(a, sine)));
  }
}

/** Four groups at a time, each with its own factors; results are turned so that a group's lie side by side. */
function firstStage(base: usize): void {
  const quarter = pointBytes >> 2;
  for (let at: usize = 0; at < quarter; at += 16) {
    const real = base + firstReal + at;
    const imaginary = base + firstImaginary + at;
    const aReal = v128.load(real);
    const aImaginary = v128.load(imaginary);
    const bReal = v128.load(real + quarter);
    const bImaginary = v128.load(imaginary + quarter);
    const cReal = v128.load(real + 2 * quarter);
    const cImaginary = v128.load(imaginary + 2 * quarter);
    const dReal = v128.load(real + 3 * quarter);
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
    const factor = base + factors + at;
    const c1 = v128.load(factor);
    const s1 = v128.load(factor + quarter);
    const c2 = v128.load(factor + 2 * quarter);
    const s2 = v128.load(factor + 3 * quarter);
    const c3 = v128.load(factor + 4 * quarter);
    const s3 = v128.load(factor + 5 * quarter);
    storeTurned(
      base + secondReal + (at << 2),
      f32x4.add(evenReal, oddReal),
      f32x4.sub(f32x4.mul(oneReal, c1), f32x4.mul(oneImaginary, s1)),
      f32x4.sub(f32x4.mul(twoReal, c2), f32x4.mul(twoImaginary, s2)),
      f32x4.sub(f32x4.mul(threeReal, c3), f32x4.mul(threeImaginary, s3)),
    );
    storeTurned(
      base + secondImaginary + (at << 2),
      f32x4.add(evenImaginary, oddImaginary),
      f32x4.add(f32x4.mul(oneReal, s1), f32x4.mul(oneImaginary, c1)),
      f32x4.add(f32x4.mul(twoReal, s2), f32x4.mul(twoImaginary, c2)),
      f32x4.add(f32x4.mul(threeReal, s3), f32x4.mul(threeImaginary, c3)),
    );
  }
}

function storeTurned(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  const abLow = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cdLow = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(at, v128.shuffle<i64>(abLow, cdLow, 0, 2));
  v128.store(at, v128.shuffle<i64>(abLow, cdLow, 1, 3), 16);
  v128.store(at, v128.shuffle<i64>(abHigh, cdHigh, 0, 2), 32);
  v128.store(at, v128.shuffle<i64>(abHigh, cdHigh, 1, 3), 48);
}

/** Butterflies of a group share their factors. */
function stage(
  inReal: usize,
  inImaginary: usize,
  outReal: usize,
  outImaginary: usize,
  groupFactors: usize,
  groups: usize,
  stride: usize,
): void {
  const quarter = pointBytes >> 2;
  const strideBytes = stride << 2;
  let at: usize = 0;
  let to: usize = 0;
  for (let group: usize = 0; group < groups; group++, groupFactors += 24, to += 3 * strideBytes) {
    const c1 = v128.load32_splat(groupFactors);
    const s1 = v128.load32_splat(groupFactors, 4);
    const c2 = v128.load32_splat(groupFactors, 8);
    const s2 = v128.load32_splat(groupFactors, 12);
    const c3 = v128.load32_splat(groupFactors, 16);
    const s3 = v128.load32_splat(groupFactors, 20);
    for (const end = at + strideBytes; at < end; at += 16, to += 16) {
      const real = inReal + at;
      const imaginary = inImaginary + at;
      const aReal = v128.load(real);
      const aImaginary = v128.load(imaginary);
      const bReal = v128.load(real + quarter);
      const bImaginary = v128.load(imaginary + quarter);
      const cReal = v128.load(real + 2 * quarter);
      const cImaginary = v128.load(imaginary + 2 * quarter);
      const dReal = v128.load(real + 3 * quarter);
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
      const realTo = outReal + to;
      const imaginaryTo = outImaginary + to;
      v128.store(realTo, f32x4.add(evenReal, oddReal));
      v128.store(imaginaryTo, f32x4.add(evenImaginary, oddImaginary));
      v128.store(realTo + strideBytes, f32x4.sub(f32x4.mul(oneReal, c1), f32x4.mul(oneImaginary, s1)));
      v128.store(imaginaryTo + strideBytes, f32x4.add(f32x4.mul(oneReal, s1), f32x4.mul(oneImaginary, c1)));
      v128.store(realTo + 2 * strideBytes, f32x4.sub(f32x4.mul(twoReal, c2), f32x4.mul(twoImaginary, s2)));
      v128.store(imaginaryTo + 2 * strideBytes, f32x4.add(f32x4.mul(twoReal, s2), f32x4.mul(twoImaginary, c2)));
      v128.store(realTo + 3 * strideBytes, f32x4.sub(f32x4.mul(threeReal, c3), f32x4.mul(threeImaginary, s3)));
      v128.store(imaginaryTo + 3 * strideBytes, f32x4.add(f32x4.mul(threeReal, s3), f32x4.mul(threeImaginary, c3)));
    }
  }
}

function turnOut(base: usize): void {
  const real = base + firstReal;
  const imaginary = base + firstImaginary;
  for (let at: usize = 0, mirrored = pointBytes - 16; at < pointBytes; at += 16, mirrored -= 16) {
    const even = f32x4.add(
      f32x4.mul(v128.load(real + at), v128.load(base + cosines + at)),
      f32x4.mul(v128.load(imaginary + at), v128.load(base + sines + at)),
    );
    const odd = reversed(
      f32x4.sub(
        f32x4.mul(v128.load(real + mirrored), v128.load(base + sines + mirrored)),
        f32x4.mul(v128.load(imaginary + mirrored), v128.load(base + cosines + mirrored)),
      ),
    );
    v128.store(base + unfolded + (at << 1), v128.shuffle<f32>(even, odd, 0, 4, 1, 5));
    v128.store(base + unfolded + (at << 1), v128.shuffle<f32>(even, odd, 2, 6, 3, 7), 16);
  }
}

function reversed(samples: v128): v128 {
  return v128.shuffle<f32>(samples, samples, 3, 2, 1, 0);
}

function addOverlap(base: usize, rising: usize, falling: usize): void {
  const half = lineBytes >> 1;
  for (let at: usize = 0, mirrored = lineBytes - 16; at < half; at += 16, mirrored -= 16) {
    const upper = v128.load(base + unfolded + half + at);
    const lower = reversed(v128.load(base + unfolded + half - 16 - at));
    const head = base + overlap + at;
    const tail = base + overlap + mirrored;
    const first = f32x4.add(v128.load(head), f32x4.mul(v128.load(rising + at), upper));
    const last = f32x4.sub(v128.load(tail), f32x4.mul(v128.load(rising + mirrored), reversed(upper)));
    v128.store(base + output + at, first);
    v128.store(base + output + mirrored, last);
    v128.store(head, f32x4.neg(f32x4.mul(reversed(v128.load(falling + mirrored)), lower)));
    v128.store(tail, f32x4.neg(f32x4.mul(reversed(v128.load(falling + at)), reversed(lower))));
  }
}

/** A filter over `count` samples behind its history; the first tap belongs to the latest sample. */
export function filter(line: usize, taps: usize, tapCount: i32, count: i32, target: usize): void {
  const reach = ((tapCount as usize) - 1) << 2;
  const tapsEnd = taps + reach + 4;
  for (const end = target + ((count as usize) << 2); target < end; target += 16, line += 16) {
    let sum = f32x4.splat(0);
    let from = line + reach;
    for (let tap = taps; tap < tapsEnd; tap += 4, from -= 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(tap), v128.load(from)));
    }
    v128.store(target, sum);
  }
}

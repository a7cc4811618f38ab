import type { BitWriter } from './bitWriter.js';

// Frames of FLAC (RFC 9639, 9) by fixed predictors and partitioned Rice codes.

/** Samples of one channel of a full block. */
export const flacBlockSampleCount = 4096;
export const flacStreamInfoByteLength = 34;

const partitionOrder = 4;
const highestOrder = 4;
const largestRiceParameter = 14;

/** Rates that a frame has a code for; others are found in the stream's header. */
const rateCodes: Readonly<Record<number, number>> = {
  8000: 4,
  16_000: 5,
  22_050: 6,
  24_000: 7,
  32_000: 8,
  44_100: 9,
  48_000: 10,
};

type FlacSamples = Int16Array | Int32Array;

/** What a decoder knows of the whole before its first frame; sizes of frames and the MD5 may be left out as zeros. */
export function writeFlacStreamInfo(
  view: DataView,
  offset: number,
  format: { readonly sampleRate: number; readonly channelCount: number; readonly sampleCount?: number },
): void {
  const { sampleRate, channelCount, sampleCount = 0 } = format;
  view.setUint16(offset, flacBlockSampleCount);
  view.setUint16(offset + 2, flacBlockSampleCount);
  // Rate (20 bits), channels - 1 (3), bits - 1 (5), samples (36).
  const high = Math.floor(sampleCount / 2 ** 32);
  view.setUint32(offset + 10, ((sampleRate << 12) | ((channelCount - 1) << 9) | (15 << 4) | high) >>> 0);
  view.setUint32(offset + 14, sampleCount >>> 0);
}

/**
 * One frame of 16 bits, of one or two channels of equal length, at most `flacBlockSampleCount`.
 * @param number Of the frame; of its first sample where blocks are of varying sizes.
 */
export function writeFlacFrame(
  bits: BitWriter,
  channels: readonly Int16Array[],
  sampleRate: number,
  number: number,
  blocking: 'equal' | 'varying',
): void {
  const [left = new Int16Array(0), right] = channels;
  const side = right === undefined ? undefined : usefulSide(left, right);
  bits.write(blocking === 'equal' ? 0xfff8 : 0xfff9, 16);
  const isWhole = left.length === flacBlockSampleCount;
  // 4096 samples, or as many as 16 bits at the end of the header say.
  bits.write((isWhole ? 0xc0 : 0x70) | (rateCodes[sampleRate] ?? 0), 8);
  const assignment = right === undefined ? 0 : side === undefined ? 1 : 8;
  bits.write((assignment << 4) | 8, 8); // 16 bits
  writeNumber(bits, number);
  if (!isWhole) bits.write(left.length - 1, 16);
  bits.write(checksum8(bits.written), 8);
  writeSubframe(bits, left, 16);
  if (side !== undefined) writeSubframe(bits, side, 17);
  else if (right !== undefined) writeSubframe(bits, right, 16);
  bits.alignToByte();
  bits.write(checksum16(bits.written), 16);
}

/** What the right channel differs by, where that is less than the channel itself: most speech is nearly the same in both. */
function usefulSide(left: Int16Array, right: Int16Array): Int32Array | undefined {
  const side = new Int32Array(left.length);
  let sideSum = 0;
  let rightSum = 0;
  let before = 0;
  let sideBefore = 0;
  for (let index = 0; index < side.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    side[index] = difference;
    // As a predictor leaves them.
    sideSum += Math.abs(difference - sideBefore);
    rightSum += Math.abs((right[index] ?? 0) - before);
    sideBefore = difference;
    before = right[index] ?? 0;
  }
  return sideSum < rightSum ? side : undefined;
}

/** As UTF-8 writes code points, but up to 31 bits. */
function writeNumber(bits: BitWriter, value: number): void {
  if (value < 0x80) {
    bits.write(value, 8);
    return;
  }
  let followers = 1;
  while (value >= 2 ** (5 * followers + 6)) followers++;
  bits.write(((0xff00 >> (followers + 1)) & 0xff) | Math.floor(value / 64 ** followers), 8);
  for (let index = followers - 1; index >= 0; index--) bits.write(0x80 | (Math.floor(value / 64 ** index) & 63), 8);
}

function writeSubframe(bits: BitWriter, samples: FlacSamples, sampleBits: number): void {
  if (samples.every((sample) => sample === samples[0])) {
    bits.write(0, 8);
    bits.write(samples[0] ?? 0, sampleBits);
    return;
  }
  const { order, residual } = bestPrediction(samples);
  const partitions = isPartitioned(samples.length) ? partitionOrder : 0;
  const partitionSampleCount = samples.length >> partitions;
  const parameters: number[] = [];
  let cost = 0;
  for (let partition = 0; partition < 1 << partitions; partition++) {
    const from = partition === 0 ? order : partition * partitionSampleCount;
    const choice = bestRiceParameter(residual, from, (partition + 1) * partitionSampleCount);
    parameters.push(choice.parameter);
    cost += choice.bitLength + 4;
  }
  if (samples.length <= order || cost >= samples.length * sampleBits) {
    bits.write(2, 8); // stored as it is
    for (const sample of samples) bits.write(sample, sampleBits);
    return;
  }
  bits.write((8 | order) << 1, 8);
  for (let index = 0; index < order; index++) bits.write(samples[index] ?? 0, sampleBits);
  bits.write(partitions, 6); // Rice codes with parameters of 4 bits
  parameters.forEach((parameter, partition) => {
    bits.write(parameter, 4);
    const from = partition === 0 ? order : partition * partitionSampleCount;
    for (let index = from; index < (partition + 1) * partitionSampleCount; index++) {
      const value = zigzag(residual[index] ?? 0);
      bits.writeUnary(value >>> parameter);
      if (parameter > 0) bits.write(value, parameter);
    }
  });
}

/** The first partition holds the samples that nothing is predicted for, too. */
function isPartitioned(sampleCount: number): boolean {
  return sampleCount % (1 << partitionOrder) === 0 && sampleCount >> partitionOrder > highestOrder;
}

/** The order whose residual is smallest on the whole. */
function bestPrediction(samples: FlacSamples): { order: number; residual: Int32Array } {
  const current = Int32Array.from(samples);
  let best = { order: 0, residual: Int32Array.from(current) };
  let smallest = sumOfMagnitudes(current, highestOrder);
  for (let order = 1; order <= highestOrder; order++) {
    for (let index = current.length - 1; index >= order; index--) {
      current[index] = (current[index] ?? 0) - (current[index - 1] ?? 0);
    }
    const sum = sumOfMagnitudes(current, highestOrder);
    if (sum < smallest) {
      smallest = sum;
      best = { order, residual: Int32Array.from(current) };
    }
  }
  return best;
}

function sumOfMagnitudes(values: Int32Array, from: number): number {
  let sum = 0;
  for (let index = from; index < values.length; index++) sum += Math.abs(values[index] ?? 0);
  return sum;
}

function bestRiceParameter(residual: Int32Array, from: number, to: number): { parameter: number; bitLength: number } {
  let sum = 0;
  for (let index = from; index < to; index++) sum += zigzag(residual[index] ?? 0);
  const count = Math.max(1, to - from);
  const guess = Math.min(largestRiceParameter, Math.max(0, Math.floor(Math.log2(sum / count + 1e-9))));
  let best = { parameter: guess, bitLength: Number.POSITIVE_INFINITY };
  for (let parameter = Math.max(0, guess - 1); parameter <= Math.min(largestRiceParameter, guess + 1); parameter++) {
    let bitLength = (parameter + 1) * (to - from);
    for (let index = from; index < to; index++) bitLength += zigzag(residual[index] ?? 0) >>> parameter;
    if (bitLength < best.bitLength) best = { parameter, bitLength };
  }
  return best;
}

function zigzag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

const table8 = Uint8Array.from({ length: 256 }, (_, byte) => {
  let checksum = byte;
  for (let bit = 0; bit < 8; bit++) checksum = (checksum << 1) ^ ((checksum & 0x80) === 0 ? 0 : 0x07);
  return checksum;
});

const table16 = Uint16Array.from({ length: 256 }, (_, byte) => {
  let checksum = byte << 8;
  for (let bit = 0; bit < 8; bit++) checksum = (checksum << 1) ^ ((checksum & 0x8000) === 0 ? 0 : 0x8005);
  return checksum;
});

function checksum8(bytes: Uint8Array): number {
  let checksum = 0;
  for (const byte of bytes) checksum = table8[checksum ^ byte] ?? 0;
  return checksum;
}

function checksum16(bytes: Uint8Array): number {
  let checksum = 0;
  for (const byte of bytes) checksum = ((checksum << 8) ^ (table16[(checksum >>> 8) ^ byte] ?? 0)) & 0xffff;
  return checksum;
}

import { speechSampleRate } from '../speechFormat.js';
import { roundToPcm16 } from '../writeWav.js';
import { BitWriter } from './bitWriter.js';
import { ByteCollector } from './byteCollector.js';
import type { SoundEncoder } from './soundEncoder.js';

/**
 * 16 kHz mono FLAC (RFC 9639) by fixed predictors and partitioned Rice codes: within a few per cent of libFLAC for
 * speech, and a fraction of its size as a library.
 */
const blockSampleCount = 4096;
const partitionOrder = 4;
const highestOrder = 4;
const largestRiceParameter = 14;
const streamInfoByteLength = 34;

export function createFlacEncoder(): SoundEncoder {
  const file = new ByteCollector();
  const block = new Int16Array(blockSampleCount);
  const bits = new BitWriter(blockSampleCount * 3);
  let filled = 0;
  let blockCount = 0;
  let sampleCount = 0;
  const header = streamHeader(0);
  file.add(header);

  function writeBlock(): void {
    writeFrame(bits, block.subarray(0, filled), blockCount++);
    file.add(bits.written);
    bits.clear();
    filled = 0;
  }

  return {
    encode(samples) {
      sampleCount += samples.length;
      for (let taken = 0; taken < samples.length;) {
        const count = Math.min(samples.length - taken, blockSampleCount - filled);
        roundToPcm16(samples, taken, taken + count, block, filled);
        filled += count;
        taken += count;
        if (filled === blockSampleCount) writeBlock();
      }
    },
    finish() {
      if (filled > 0) writeBlock();
      const bytes = file.take();
      bytes.set(streamHeader(sampleCount));
      file.add(header);
      blockCount = 0;
      sampleCount = 0;
      return bytes;
    },
    free: () => undefined,
  };
}

/** Without sizes of frames and MD5, which may be left out as zeros. */
function streamHeader(sampleCount: number): Uint8Array {
  const header = new Uint8Array(8 + streamInfoByteLength);
  const view = new DataView(header.buffer);
  view.setUint32(0, 0x664c_6143); // fLaC
  view.setUint32(4, 0x8000_0000 | streamInfoByteLength);
  view.setUint16(8, blockSampleCount);
  view.setUint16(10, blockSampleCount);
  // Rate (20 bits), channels - 1 (3), bits - 1 (5), samples (36).
  view.setUint32(18, (speechSampleRate << 12) | (15 << 4) | Math.floor(sampleCount / 2 ** 32));
  view.setUint32(22, sampleCount >>> 0);
  return header;
}

function writeFrame(bits: BitWriter, samples: Int16Array, frameNumber: number): void {
  bits.write(0xfff8, 16); // sync, blocks of one size
  const isWhole = samples.length === blockSampleCount;
  bits.write(isWhole ? 0xc5 : 0x75, 8); // 4096 samples, or 16 bits at the end of the header; 16 kHz
  bits.write(0x08, 8); // mono, 16 bits
  writeNumber(bits, frameNumber);
  if (!isWhole) bits.write(samples.length - 1, 16);
  bits.write(checksum8(bits.written), 8);
  writeSubframe(bits, samples);
  bits.alignToByte();
  bits.write(checksum16(bits.written), 16);
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

function writeSubframe(bits: BitWriter, samples: Int16Array): void {
  if (samples.every((sample) => sample === samples[0])) {
    bits.write(0, 8);
    bits.write(samples[0] ?? 0, 16);
    return;
  }
  const { order, residual } = bestPrediction(samples);
  const partitions = samples.length % (1 << partitionOrder) === 0 ? partitionOrder : 0;
  const partitionSampleCount = samples.length >> partitions;
  const parameters: number[] = [];
  let cost = 0;
  for (let partition = 0; partition < 1 << partitions; partition++) {
    const from = partition === 0 ? order : partition * partitionSampleCount;
    const choice = bestRiceParameter(residual, from, (partition + 1) * partitionSampleCount);
    parameters.push(choice.parameter);
    cost += choice.bitLength + 4;
  }
  if (samples.length <= order || cost >= samples.length * 16) {
    bits.write(2, 8); // stored as it is
    for (const sample of samples) bits.write(sample, 16);
    return;
  }
  bits.write((8 | order) << 1, 8);
  for (let index = 0; index < order; index++) bits.write(samples[index] ?? 0, 16);
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

/** The order whose residual is smallest on the whole. */
function bestPrediction(samples: Int16Array): { order: number; residual: Int32Array } {
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

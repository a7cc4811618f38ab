import { BitReader } from '../bitReader.js';
import { CodecError, malformed, unsupported } from '../codecError.js';
import { readAlacCookie, type AlacConfig } from './alacCookie.js';
import { readResiduals } from './golomb.js';
import { createPredictor, predict, type Predictor } from './predictor.js';

export interface AlacDecoder {
  readonly config: AlacConfig;
  /**
   * Decodes a packet; packets do not depend on each other. The arrays are borrowed until the next call. Channels are in the
   * order of the packet: with three or more, the centre comes first, then left and right, then those behind, low frequencies last.
   * @throws CodecError for this packet only.
   */
  decode(packet: Uint8Array): AlacSound;
}

export interface AlacSound {
  /** -1 to 1. */
  readonly channels: readonly Float32Array[];
  /** The very samples, of the configuration's bit depth. */
  readonly integers: readonly Int32Array[];
}

/** Elements of a packet; they are numbered as in AAC. */
const singleElement = 0;
const pairElement = 1;
const lowFrequencyElement = 3;
const dataElement = 4;
const fillElement = 6;
const endElement = 7;

/** @throws CodecError when the cookie cannot be understood. */
export function createAlacDecoder(cookie: Uint8Array): AlacDecoder {
  const config = readAlacCookie(cookie);
  const { bitDepth, channelCount, frameLength } = config;
  const bits = new BitReader(frameLength * channelCount * 5 + 4096);
  const integers = Array.from({ length: channelCount }, () => new Int32Array(frameLength));
  const floats = Array.from({ length: channelCount }, () => new Float32Array(frameLength));
  const spare = new Int32Array(frameLength);
  const lowBits = new Int32Array(2 * frameLength);
  const predictors = [createPredictor(), createPredictor()] as const;

  /** Reads one or two channels and gives how many samples they have. */
  function readElement(first: Int32Array, second: Int32Array | undefined): number {
    bits.skip(4 + 12); // instance tag, unused
    const isPartial = bits.readFlag();
    const lowByteLength = bits.read(2);
    const isVerbatim = bits.readFlag();
    if (lowByteLength === 3) throw malformed('A packet shifts its samples too far.');
    const count = isPartial ? bits.readLong(32) : frameLength;
    if (count > frameLength) throw malformed('A packet has more samples than any of its stream.');
    if (isVerbatim) {
      readVerbatim(first, second, count);
      return count;
    }
    const lowBitCount = 8 * lowByteLength;
    const bitCount = bitDepth - lowBitCount + (second === undefined ? 0 : 1);
    if (bitCount > 32) throw unsupported('ALAC with 32 bits in one piece is not decoded.');
    const mixBits = bits.read(8);
    const mixWeight = (bits.read(8) << 24) >> 24;
    readPredictor(bits, predictors[0]);
    if (second !== undefined) readPredictor(bits, predictors[1]);
    const lowCount = lowByteLength === 0 ? 0 : count * (second === undefined ? 1 : 2);
    for (let index = 0; index < lowCount; index++) lowBits[index] = bits.read(lowBitCount);
    readChannel(predictors[0], first, count, bitCount);
    if (second !== undefined) {
      readChannel(predictors[1], second, count, bitCount);
      if (mixWeight !== 0) unmix(first, second, count, mixBits, mixWeight);
    }
    if (lowCount > 0) appendLowBits(first, second, count, lowBits, lowBitCount);
    return count;
  }

  function readChannel(predictor: Predictor, samples: Int32Array, count: number, bitCount: number): void {
    readResiduals(bits, samples, count, bitCount, predictor.rateFactor, config);
    predict(predictor, samples, count, bitCount);
  }

  function readVerbatim(first: Int32Array, second: Int32Array | undefined, count: number): void {
    const shift = 32 - bitDepth;
    for (let index = 0; index < count; index++) {
      first[index] = (bits.readLong(bitDepth) << shift) >> shift;
      if (second !== undefined) second[index] = (bits.readLong(bitDepth) << shift) >> shift;
    }
  }

  function readPacket(): number {
    let channel = 0;
    let length = 0;
    for (;;) {
      const kind = channel === channelCount ? endElement : bits.read(3);
      if (kind === endElement) {
        if (channel === channelCount) return length;
        throw malformed('A packet ends before all of its channels are told.');
      }
      if (kind === singleElement || kind === lowFrequencyElement || kind === pairElement) {
        const first = integers[channel] ?? spare;
        const second = kind === pairElement ? integers[channel + 1] : undefined;
        if (kind === pairElement && second === undefined) throw malformed('A packet has too many channels.');
        const count = readElement(first, second);
        if (channel > 0 && count !== length) throw malformed('The channels of a packet differ in length.');
        length = count;
        channel += kind === pairElement ? 2 : 1;
      } else if (kind === fillElement) {
        const count = bits.read(4);
        bits.skip(8 * (count === 15 ? count - 1 + bits.read(8) : count));
      } else if (kind === dataElement) {
        bits.skip(4);
        const isAligned = bits.readFlag();
        const count = bits.read(8);
        const byteLength = count === 255 ? count + bits.read(8) : count;
        if (isAligned) bits.align();
        bits.skip(8 * byteLength);
      } else {
        throw malformed('A packet has an element that ALAC does not know.');
      }
    }
  }

  return {
    config,
    decode(packet) {
      let length: number;
      try {
        bits.load(packet);
        length = readPacket();
      } catch (error) {
        throw error instanceof CodecError ? error : malformed(`A packet cannot be read: ${String(error)}`);
      }
      const scale = 2 ** (1 - bitDepth);
      const shift = 32 - bitDepth;
      const channels = floats.map((target, channel) => {
        const source = integers[channel] ?? spare;
        for (let index = 0; index < length; index++) {
          // Only damage makes samples of more bits.
          const sample = ((source[index] ?? 0) << shift) >> shift;
          source[index] = sample;
          target[index] = sample * scale;
        }
        return target.subarray(0, length);
      });
      return { channels, integers: integers.map((samples) => samples.subarray(0, length)) };
    },
  };
}

function readPredictor(bits: BitReader, predictor: Predictor): void {
  predictor.mode = bits.read(4);
  predictor.shift = bits.read(4);
  predictor.rateFactor = bits.read(3);
  predictor.order = bits.read(5);
  for (let index = 0; index < predictor.order; index++) predictor.coefficients[index] = bits.read(16);
}

/** Left and right from their weighted mean and their difference. */
function unmix(first: Int32Array, second: Int32Array, count: number, mixBits: number, weight: number): void {
  for (let index = 0; index < count; index++) {
    const difference = second[index] ?? 0;
    const left = ((first[index] ?? 0) + difference - (Math.imul(weight, difference) >> mixBits)) | 0;
    first[index] = left;
    second[index] = left - difference;
  }
}

function appendLowBits(
  first: Int32Array,
  second: Int32Array | undefined,
  count: number,
  lowBits: Int32Array,
  lowBitCount: number,
): void {
  const step = second === undefined ? 1 : 2;
  for (let index = 0; index < count; index++) {
    first[index] = ((first[index] ?? 0) << lowBitCount) | (lowBits[index * step] ?? 0);
    if (second !== undefined) {
      second[index] = ((second[index] ?? 0) << lowBitCount) | (lowBits[index * 2 + 1] ?? 0);
    }
  }
}

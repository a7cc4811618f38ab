import type { BitReader } from '../bitReader.js';
import { malformed, unsupported } from '../codecError.js';
import { firstLookupBits, scaleFactorTable } from './codebooks.js';
import type { BandLayout } from './scaleFactorBands.js';
import { createShaping, readShaping, type Shaping } from './temporalNoiseShaping.js';
import { createWindowInfo, eightShort, lineCount, readWindowInfo, type WindowInfo } from './windowInfo.js';

/** Spectral codebooks that stand for something else (4.6.2.3). */
export const zeroCodebook = 0;
export const escapeCodebook = 11;
const reservedCodebook = 12;
export const noiseCodebook = 13;
export const outOfPhaseCodebook = 14;
export const inPhaseCodebook = 15;

/** One channel of one packet, kept from packet to packet to save allocations. */
export interface ChannelStream {
  info: WindowInfo;
  readonly ownInfo: WindowInfo;
  /** By group and band, packed with maxBand bands a group. */
  readonly codebooks: Uint8Array;
  /** Scale factor, intensity position or noise energy, by the codebook. */
  readonly scaleFactors: Int16Array;
  pulseCount: number;
  readonly pulseLines: Uint16Array;
  readonly pulseAmplitudes: Uint8Array;
  readonly shaping: Shaping;
  readonly spectrum: Float64Array;
  /** Bit where the spectral data begin. */
  spectrumPosition: number;
}

export function createChannelStream(): ChannelStream {
  const info = createWindowInfo();
  return {
    info,
    ownInfo: info,
    codebooks: new Uint8Array(128),
    scaleFactors: new Int16Array(128),
    pulseCount: 0,
    pulseLines: new Uint16Array(4),
    pulseAmplitudes: new Uint8Array(4),
    shaping: createShaping(),
    spectrum: new Float64Array(lineCount),
    spectrumPosition: 0,
  };
}

/** individual_channel_stream() up to the spectral data (4.4.2.7); they begin at `spectrumPosition`. */
export function readSideInformation(
  bits: BitReader,
  layout: BandLayout,
  channel: ChannelStream,
  shared: WindowInfo | undefined,
): void {
  const globalGain = bits.read(8);
  channel.info = shared ?? channel.ownInfo;
  if (shared === undefined) readWindowInfo(bits, layout, channel.ownInfo);
  readSections(bits, channel);
  readScaleFactors(bits, channel, globalGain);
  readPulses(bits, channel);
  readShaping(bits, channel.shaping, channel.info, layout);
  if (bits.readFlag()) throw unsupported('AAC with gain control (SSR) is not decoded.');
  channel.spectrumPosition = bits.position;
}

/** section_data(), 4.4.2.7. */
function readSections(bits: BitReader, channel: ChannelStream): void {
  const { sequence, maxBand, groupCount } = channel.info;
  const lengthBits = sequence === eightShort ? 3 : 5;
  const escape = (1 << lengthBits) - 1;
  for (let group = 0; group < groupCount; group++) {
    let band = 0;
    while (band < maxBand) {
      const codebook = bits.read(4);
      if (codebook === reservedCodebook) throw malformed('A section names the reserved codebook.');
      let length = 0;
      let increment;
      do {
        increment = bits.read(lengthBits);
        length += increment;
      } while (increment === escape);
      if (band + length > maxBand) throw malformed('A section goes past the last band.');
      const start = group * maxBand + band;
      channel.codebooks.fill(codebook, start, start + length);
      band += length;
      // A section without bands takes bits, so a packet of such sections comes to its end.
    }
  }
}

/** scale_factor_data(), 4.4.2.7 and 4.6.2.3.2. */
function readScaleFactors(bits: BitReader, channel: ChannelStream, globalGain: number): void {
  const { codebooks, scaleFactors } = channel;
  const count = channel.info.groupCount * channel.info.maxBand;
  let gain = globalGain;
  let position = 0;
  let energy = globalGain - 90;
  let isFirstNoise = true;
  for (let index = 0; index < count; index++) {
    const codebook = codebooks[index] ?? 0;
    if (codebook === zeroCodebook) {
      scaleFactors[index] = 0;
    } else if (codebook < noiseCodebook) {
      gain += readDifference(bits);
      if (gain < 0 || gain > 255) throw malformed('A scale factor is out of range.');
      scaleFactors[index] = gain;
    } else if (codebook === noiseCodebook) {
      energy += isFirstNoise ? bits.read(9) - 256 : readDifference(bits);
      isFirstNoise = false;
      scaleFactors[index] = Math.min(155, Math.max(-100, energy));
    } else {
      position += readDifference(bits);
      scaleFactors[index] = Math.min(100, Math.max(-155, position));
    }
  }
}

/** A Huffman-coded difference of scale factors, -60 to 60. */
export function readDifference(bits: BitReader): number {
  const next = bits.view.getInt32(bits.position >>> 3) << (bits.position & 7);
  let entry = scaleFactorTable[next >>> (32 - firstLookupBits)] ?? 0;
  if (entry < 0) {
    entry = scaleFactorTable[(~entry >>> 5) + ((next << firstLookupBits) >>> (32 - (~entry & 31)))] ?? 0;
  }
  bits.skip(entry & 31);
  return (entry >>> 5) - 60;
}

/** pulse_data(), 4.4.2.7. */
function readPulses(bits: BitReader, channel: ChannelStream): void {
  channel.pulseCount = 0;
  if (!bits.readFlag()) return;
  const { sequence, offsets } = channel.info;
  if (sequence === eightShort) throw malformed('Short windows have no pulses.');
  channel.pulseCount = bits.read(2) + 1;
  const startBand = bits.read(6);
  let line = offsets[startBand] ?? lineCount;
  for (let pulse = 0; pulse < channel.pulseCount; pulse++) {
    line += bits.read(5);
    if (line >= lineCount) throw malformed('A pulse is beyond the spectrum.');
    channel.pulseLines[pulse] = line;
    channel.pulseAmplitudes[pulse] = bits.read(4);
  }
}

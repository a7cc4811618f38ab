import type { BitReader } from '../bitReader.js';
import { malformed } from '../codecError.js';
import { escapeCodebook, noiseCodebook, zeroCodebook, type ChannelStream } from './channelStream.js';
import { powers, spectralCodebooks, type SpectralCodebook } from './codebooks.js';
import { fillWithNoise, type NoiseSource } from './noise.js';

/** Samples are -1 to 1 here and 16-bit integers in the standard. */
const fullScale = 32_768;

/** 2^(x / 4) from x = -200: gains of scale factors (4.6.2.3.3, offset 100) and norms of noise (4.6.13.3). */
const quarterPowers = Float64Array.from({ length: 456 }, (_, index) => 2 ** ((index - 200) / 4) / fullScale);

export interface SpectrumWish {
  /** Lines of each window that are wanted; whole bands are decoded. */
  readonly limit: number;
  /** By group and band: 1 where the band is not wanted. Only codewords may be left out so, not noise. */
  readonly unwanted?: Uint8Array | undefined;
  /** True when nothing of interest follows in the packet. */
  readonly mayStop: boolean;
}

/**
 * spectral_data() with inverse quantisation and rescaling (ISO/IEC 14496-3, 4.4.2.7, 4.6.3, 4.6.2). Lines of window w, which
 * the packet interleaves by band, go to `spectrum[w * stride + line]`.
 */
export function decodeSpectrum(bits: BitReader, channel: ChannelStream, noise: NoiseSource, wish: SpectrumWish): void {
  const { info, codebooks, scaleFactors, spectrum } = channel;
  const { maxBand, offsets, stride, groupCount, groupLengths } = info;
  spectrum.fill(0);
  const endBand = wish.mayStop ? lastWantedBand(channel, wish) + 1 : groupCount * maxBand;
  let index = 0;
  let window = 0;
  for (let group = 0; group < groupCount; group++) {
    const groupEnd = window + (groupLengths[group] ?? 0);
    for (let band = 0; band < maxBand && index < endBand; band++, index++) {
      const codebook = codebooks[index] ?? 0;
      if (codebook === zeroCodebook || codebook > noiseCodebook) continue;
      const start = offsets[band] ?? 0;
      const end = offsets[band + 1] ?? 0;
      const factor = scaleFactors[index] ?? 0;
      if (codebook === noiseCodebook) {
        if (start >= wish.limit) continue;
        const norm = quarterPowers[factor + 200] ?? 0;
        for (let offset = window * stride; offset < groupEnd * stride; offset += stride) {
          fillWithNoise(noise, spectrum, offset + start, offset + end, norm);
        }
        continue;
      }
      const book = spectralCodebooks[codebook - 1];
      if (book === undefined) throw malformed('There is no such codebook.');
      if (start >= wish.limit || wish.unwanted?.[index] === 1) {
        skipLines(bits, book, (end - start) * (groupEnd - window));
        continue;
      }
      const gain = quarterPowers[factor + 100] ?? 0;
      for (let offset = window * stride; offset < groupEnd * stride; offset += stride) {
        if (codebook === escapeCodebook) readEscapes(bits, book, spectrum, offset + start, offset + end, gain);
        else if (book.dimension === 2) readPairs(bits, book, spectrum, offset + start, offset + end, gain);
        else readQuads(bits, book, spectrum, offset + start, offset + end, gain);
      }
    }
    window = groupEnd;
  }
  if (channel.pulseCount > 0) addPulses(channel);
}

function lastWantedBand({ info, codebooks }: ChannelStream, { limit, unwanted }: SpectrumWish): number {
  const { maxBand, groupCount, offsets } = info;
  for (let index = groupCount * maxBand - 1; index >= 0; index--) {
    const isCoded = (codebooks[index] ?? 0) !== zeroCodebook;
    if (isCoded && unwanted?.[index] !== 1 && (offsets[index % maxBand] ?? 0) < limit) return index;
  }
  return -1;
}

function readPairs(
  bits: BitReader,
  { table, values }: SpectralCodebook,
  spectrum: Float64Array,
  start: number,
  end: number,
  gain: number,
): void {
  const { view } = bits;
  let position = bits.position;
  for (let line = start; line < end; line += 2) {
    const next = view.getInt32(position >>> 3) << (position & 7);
    let entry = table[next >>> 22] ?? 0;
    if (entry < 0) entry = table[(~entry >>> 5) + ((next << 10) >>> (32 - (~entry & 31)))] ?? 0;
    position += entry & 31;
    const value = (entry >>> 5) << 1;
    spectrum[line] = (values[value] ?? 0) * gain;
    spectrum[line + 1] = (values[value + 1] ?? 0) * gain;
  }
  bits.position = position;
  bits.checkEnd();
}

function readQuads(
  bits: BitReader,
  { table, values }: SpectralCodebook,
  spectrum: Float64Array,
  start: number,
  end: number,
  gain: number,
): void {
  const { view } = bits;
  let position = bits.position;
  for (let line = start; line < end; line += 4) {
    const next = view.getInt32(position >>> 3) << (position & 7);
    let entry = table[next >>> 22] ?? 0;
    if (entry < 0) entry = table[(~entry >>> 5) + ((next << 10) >>> (32 - (~entry & 31)))] ?? 0;
    position += entry & 31;
    const value = (entry >>> 5) << 2;
    spectrum[line] = (values[value] ?? 0) * gain;
    spectrum[line + 1] = (values[value + 1] ?? 0) * gain;
    spectrum[line + 2] = (values[value + 2] ?? 0) * gain;
    spectrum[line + 3] = (values[value + 3] ?? 0) * gain;
  }
  bits.position = position;
  bits.checkEnd();
}

function readEscapes(
  bits: BitReader,
  { table, values, firstEscape }: SpectralCodebook,
  spectrum: Float64Array,
  start: number,
  end: number,
  gain: number,
): void {
  const { view } = bits;
  const escaped = powers[16] ?? 0;
  let position = bits.position;
  for (let line = start; line < end; line += 2) {
    const next = view.getInt32(position >>> 3) << (position & 7);
    let entry = table[next >>> 22] ?? 0;
    if (entry < 0) entry = table[(~entry >>> 5) + ((next << 10) >>> (32 - (~entry & 31)))] ?? 0;
    position += entry & 31;
    const index = entry >>> 5;
    let first = values[index << 1] ?? 0;
    let second = values[(index << 1) + 1] ?? 0;
    if (index >= firstEscape) {
      bits.position = position;
      if (Math.abs(first) === escaped) first = first < 0 ? -readEscape(bits) : readEscape(bits);
      if (Math.abs(second) === escaped) second = second < 0 ? -readEscape(bits) : readEscape(bits);
      position = bits.position;
    }
    spectrum[line] = first * gain;
    spectrum[line + 1] = second * gain;
  }
  bits.position = position;
  bits.checkEnd();
}

/** An escape sequence, 4.6.3.3: n ones, a zero, then n + 4 bits below an implied one. Gives the power of 4/3. */
function readEscape(bits: BitReader): number {
  let count = 4;
  while (bits.readFlag()) {
    if (++count > 12) throw malformed('An escape sequence is too long.');
  }
  return powers[(1 << count) + bits.read(count)] ?? 0;
}

function skipLines(bits: BitReader, { table, dimension, firstEscape, values }: SpectralCodebook, count: number): void {
  const { view } = bits;
  const escaped = powers[16] ?? 0;
  let position = bits.position;
  for (let line = 0; line < count; line += dimension) {
    if (position > bits.bitLength) break;
    const next = view.getInt32(position >>> 3) << (position & 7);
    let entry = table[next >>> 22] ?? 0;
    if (entry < 0) entry = table[(~entry >>> 5) + ((next << 10) >>> (32 - (~entry & 31)))] ?? 0;
    position += entry & 31;
    const index = entry >>> 5;
    if (index >= firstEscape) {
      bits.position = position;
      if (Math.abs(values[index << 1] ?? 0) === escaped) readEscape(bits);
      if (Math.abs(values[(index << 1) + 1] ?? 0) === escaped) readEscape(bits);
      position = bits.position;
    }
  }
  bits.position = position;
  bits.checkEnd();
}

/** Pulses add to the quantised values (4.6.4), so the quantisation of their lines is done once more. */
function addPulses({
  info,
  codebooks,
  scaleFactors,
  spectrum,
  pulseCount,
  pulseLines,
  pulseAmplitudes,
}: ChannelStream): void {
  let band = 0;
  for (let pulse = 0; pulse < pulseCount; pulse++) {
    const line = pulseLines[pulse] ?? 0;
    while ((info.offsets[band + 1] ?? 0) <= line && band < info.maxBand) band++;
    const codebook = codebooks[band] ?? 0;
    if (band >= info.maxBand || codebook === zeroCodebook || codebook >= noiseCodebook) continue;
    const gain = quarterPowers[(scaleFactors[band] ?? 0) + 100] ?? 0;
    const value = (spectrum[line] ?? 0) / gain;
    const quantised = Math.round(Math.abs(value) ** 0.75) + (pulseAmplitudes[pulse] ?? 0);
    // The amplitude takes the sign of the value; where there is none, the standard subtracts.
    spectrum[line] = (value > 0 ? 1 : -1) * Math.cbrt(quantised) * quantised * gain;
  }
}

/**
 * MPEG audio Layer III (ISO 11172-3, 13818-3) mixed down to one channel, in AssemblyScript: see layer3Decoder.ts, which lays
 * out the memory and fills in the tables. What the two channels have in common is done once: of a frame in middle and side,
 * the side cancels out and is not even read; other frames are mixed before the transforms wherever both use the same window.
 */

// Places in the memory; layer3Memory.ts has the same.
const powers: usize = 1152; // f32: n to the power of 4/3
const gains: usize = 34_048; // f32: 2 to the power of (n - 400) / 4
const bandWidths: usize = 36_096; // u8: 40 for each sample rate and kind of block (long, short, mixed)
const codebooks: usize = 37_376; // i32: place of the table, bits beyond 15
const quadTable: usize = 37_632; // u8 for six bits: length, value
const aliasFactors: usize = 37_760; // f32: eight cs, eight ca
const transforms: usize = 37_888; // f32: 36 outputs of 18 inputs for each of four windows
const matrix: usize = 48_256; // f32: for each subband, what it adds to the vector of a time slot
const synthesisWindow: usize = 56_448; // f32
const side: usize = 58_496; // i32: 24 for each granule and channel
const scaleFactors: usize = 58_880; // u8: 48 for each channel
const bandGains: usize = 59_008; // f32
const bandPositions: usize = 59_200; // u8: positions of intensity stereo
const spectra: usize = 59_264; // f32: two channels of 576, and slack
const scratch: usize = 64_512; // f32: 576
const inputs: usize = 66_880; // f32: 18 vectors
const subbands: usize = 67_200; // f32: 18 time slots of 32 subbands
const overlap: usize = 69_504; // f32: the same
const history: usize = 71_808; // f32: vectors of 15 time slots before the granule, and of its own 18
const mainData: usize = 80_384; // u8: the bit reservoir

const partLength: usize = 0;
const bigValues: usize = 4;
const globalGain: usize = 8;
const compression: usize = 12;
const blockType: usize = 16;
const isMixed: usize = 20;
const tableSelect: usize = 24;
const regionCount: usize = 36;
const subblockGain: usize = 44;
const preflag: usize = 56;
const scaleShift: usize = 60;
const quadSelect: usize = 64;
const shared: usize = 68;
const sideByteLength: usize = 96;

let bandCount: i32 = 32;
let mainLength: i32 = 0;
let bitBase: usize = 0;
let bitPosition: i32 = 0;
let lineLimit: i32 = 576;

/** Forgets all sound so far. @param count Subbands to make sound of: 32, or 16 for half the sample rate. */
export function reset(count: i32): void {
  bandCount = count;
  mainLength = 0;
  memory.fill(overlap, 0, mainData + 16_384 - overlap);
}

/** Forgets the data that later frames may refer to: what comes next does not follow what came before. */
export function breakOff(): void {
  mainLength = 0;
}

function bits(count: i32): i32 {
  if (count == 0) return 0;
  const word = bswap<u32>(load<u32>(bitBase + ((bitPosition as usize) >> 3)));
  const value = (word << (bitPosition & 7)) >> (32 - count);
  bitPosition += count;
  return value as i32;
}

/**
 * Decodes a whole frame.
 * @returns Samples written; negative when the frame is damaged, with 0 or more lost: -1 header, -2 side information, -3 the
 * frames that it refers to are missing, -4 its codes. Silence is written for what is damaged, except of the header.
 */
export function decode(input: usize, byteLength: i32, output: usize): i32 {
  const version = (load<u8>(input, 1) >> 3) & 3;
  const isFirst = version == 3;
  const rate = ((load<u8>(input, 2) >> 2) & 3) + (isFirst ? 0 : version == 2 ? 3 : 6);
  const mode = load<u8>(input, 3) >> 6;
  const extension = mode == 1 ? (load<u8>(input, 3) >> 4) & 3 : 0;
  const channels = mode == 3 ? 1 : 2;
  const granules = isFirst ? 2 : 1;
  bitBase = input;
  bitPosition = (load<u8>(input, 1) & 1) == 0 ? 48 : 32;
  const sideLength = isFirst ? (channels == 1 ? 17 : 32) : channels == 1 ? 9 : 17;
  const mainStart = (bitPosition >> 3) + sideLength;
  if (byteLength < mainStart) return -1;
  const reach = bits(isFirst ? 9 : 8);
  const isRead = readSide(isFirst, channels, granules);
  const before = mainLength;
  if (mainLength > 4096) {
    memory.copy(mainData, mainData + mainLength - 512, 512);
    mainLength = 512;
  }
  const own = min(byteLength - mainStart, 4096);
  memory.copy(mainData + mainLength, input + mainStart, own);
  let position = (mainLength - reach) << 3;
  mainLength += own;
  const mainEnd = mainLength << 3;
  const isMissing = before < reach;
  let failure = isRead ? (isMissing ? -3 : 0) : -2;
  for (let granule = 0; granule < granules; granule++) {
    if (failure == 0 && !decodeGranule(rate, granule, channels, extension, position, mainEnd)) failure = -4;
    if (failure == 0) {
      for (let channel = 0; channel < channels; channel++) {
        position += load<i32>(side + ((granule * 2 + channel) as usize) * sideByteLength, partLength);
      }
    } else {
      // What sounded before fades as the codec would have it.
      transform(spectra, 0, 0, 0, false);
    }
    synthesize(output);
    output += (bandCount as usize) * 72;
  }
  return failure < 0 ? failure : granules * 18 * bandCount;
}

function readSide(isFirst: bool, channels: i32, granules: i32): bool {
  bits(isFirst ? (channels == 1 ? 5 : 3) : channels);
  const sharing = isFirst ? bits(4 * channels) : 0;
  for (let granule = 0; granule < granules; granule++) {
    for (let channel = 0; channel < channels; channel++) {
      const part = side + ((granule * 2 + channel) as usize) * sideByteLength;
      store<i32>(part, bits(12), partLength);
      store<i32>(part, bits(9), bigValues);
      store<i32>(part, bits(8), globalGain);
      store<i32>(part, bits(isFirst ? 4 : 9), compression);
      if (load<i32>(part, bigValues) > 288) return false;
      if (bits(1) == 1) {
        const type = bits(2);
        if (type == 0) return false;
        const mixed = bits(1);
        store<i32>(part, type, blockType);
        store<i32>(part, type == 2 ? mixed : 0, isMixed);
        store<i32>(part, bits(5), tableSelect);
        store<i32>(part, bits(5), tableSelect + 4);
        store<i32>(part, 0, tableSelect + 8);
        for (let window: usize = 0; window < 3; window++) store<i32>(part + (window << 2), bits(3), subblockGain);
        store<i32>(part, -1, regionCount);
      } else {
        store<i32>(part, 0, blockType);
        store<i32>(part, 0, isMixed);
        for (let region: usize = 0; region < 3; region++) store<i32>(part + (region << 2), bits(5), tableSelect);
        store<i32>(part, bits(4), regionCount);
        store<i32>(part, bits(3), regionCount + 4);
      }
      store<i32>(part, isFirst ? bits(1) : load<i32>(part, compression) >= 500 ? 1 : 0, preflag);
      store<i32>(part, bits(1), scaleShift);
      store<i32>(part, bits(1), quadSelect);
      const isShared = granule == 1 && load<i32>(part, blockType) != 2;
      store<i32>(part, isShared ? (sharing >> (4 * (channels - 1 - channel))) & 15 : 0, shared);
    }
  }
  return true;
}

function decodeGranule(rate: i32, granule: i32, channels: i32, extension: i32, start: i32, mainEnd: i32): bool {
  const first = side + ((granule * 2) as usize) * sideByteLength;
  const second = first + sideByteLength;
  const middle = (extension & 2) != 0;
  const intensity = (extension & 1) != 0;
  const firstEnd = start + load<i32>(first, partLength);
  if (firstEnd > mainEnd) return false;
  bitBase = mainData;
  bitPosition = start;
  const firstKind = kindOf(first);
  readScaleFactors(rate, first, scaleFactors, firstKind, false);
  // The mean of both channels; of middle and side, which are the sum and the difference over the square root of 2.
  prepareGains(rate, first, scaleFactors, firstKind, channels == 1 ? 0 : middle ? 2 : 4);
  let top = decodeSpectrum(rate, first, firstKind, firstEnd, spectra);
  if (top < 0) return false;
  if (channels == 1) {
    transform(spectra, top, rate, first, false);
    return true;
  }
  const secondEnd = firstEnd + load<i32>(second, partLength);
  if (secondEnd > mainEnd) return false;
  bitPosition = firstEnd;
  const secondKind = kindOf(second);
  readScaleFactors(rate, second, scaleFactors + 48, secondKind, intensity);
  if (middle && !intensity) {
    transform(spectra, top, rate, first, false);
    return true;
  }
  prepareGains(rate, second, scaleFactors + 48, secondKind, 4);
  const other = spectra + 2560;
  const otherTop = decodeSpectrum(rate, second, secondKind, secondEnd, other);
  if (otherTop < 0) return false;
  if (intensity) {
    spreadIntensity(rate, second, secondKind, top, otherTop, middle);
    if (middle) {
      transform(spectra, top, rate, first, false);
      return true;
    }
  }
  if (load<i32>(first, blockType) == load<i32>(second, blockType) && firstKind == secondKind) {
    top = max(top, otherTop);
    const end = spectra + ((top as usize) << 2);
    for (let line = spectra; line < end; line += 16) {
      v128.store(line, f32x4.add(v128.load(line), v128.load(line, 2560)));
    }
    transform(spectra, top, rate, first, false);
    return true;
  }
  transform(spectra, top, rate, first, false);
  transform(other, otherTop, rate, second, true);
  return true;
}

/** 0 for long blocks, 1 for short ones, 2 for short ones behind two long subbands. */
function kindOf(part: usize): i32 {
  return load<i32>(part, blockType) == 2 ? (load<i32>(part, isMixed) != 0 ? 2 : 1) : 0;
}

function lengthsOf(index: i32): i32 {
  // Of the first and second half of the bands: ISO 11172-3, 2.4.2.7.
  const lengths = memory.data<u8>([0, 1, 2, 3, 48, 17, 18, 19, 33, 34, 35, 49, 50, 51, 66, 67]);
  return load<u8>(lengths + (index as usize)) as i32;
}

function countsOf(index: i32): u32 {
  // How many bands have each of four lengths, for three kinds of block: ISO 13818-3, 2.4.3.2.
  const counts = memory.data<u32>([
    0x06050505, 0x09090909, 0x06090909, 0x06050703, 0x09090c06, 0x06090c06, 0x0b0a0000, 0x12120000, 0x0f120000,
    0x07070700, 0x0c0c0c00, 0x060f0c00, 0x06060603, 0x0c090906, 0x060c0906, 0x08080500, 0x0f0c0900, 0x06120900,
  ]);
  return load<u32>(counts + ((index as usize) << 2));
}

function readScaleFactors(rate: i32, part: usize, factors: usize, kind: i32, isIntensity: bool): void {
  const code = load<i32>(part, compression);
  if (rate < 3) {
    const lengths = lengthsOf(code);
    const low = lengths >> 4;
    const high = lengths & 15;
    if (kind == 0) {
      const sharing = load<i32>(part, shared);
      readBands(factors, 6, low, (sharing & 8) != 0, 7);
      readBands(factors + 6, 5, low, (sharing & 4) != 0, 7);
      readBands(factors + 11, 5, high, (sharing & 2) != 0, 7);
      readBands(factors + 16, 5, high, (sharing & 1) != 0, 7);
      store<u8>(factors, 0, 21);
    } else {
      const lowCount = kind == 1 ? 18 : 17;
      readBands(factors, lowCount, low, false, 7);
      readBands(factors + (lowCount as usize), 18, high, false, 7);
      for (let band = lowCount + 18; band < lowCount + 21; band++) store<u8>(factors + (band as usize), 0);
    }
    return;
  }
  let rest = isIntensity ? code >> 1 : code;
  let table = 0;
  let lengths: u32 = 0;
  if (isIntensity) {
    if (rest < 180) {
      lengths = ((rest / 36) << 24) | (((rest % 36) / 6) << 16) | ((rest % 6) << 8);
      table = 3;
    } else if (rest < 244) {
      rest -= 180;
      lengths = ((rest >> 4) << 24) | (((rest & 15) >> 2) << 16) | ((rest & 3) << 8);
      table = 4;
    } else {
      rest -= 244;
      lengths = ((rest / 3) << 24) | ((rest % 3) << 16);
      table = 5;
    }
  } else if (rest < 400) {
    lengths = (((rest >> 4) / 5) << 24) | (((rest >> 4) % 5) << 16) | (((rest & 15) >> 2) << 8) | (rest & 3);
  } else if (rest < 500) {
    rest -= 400;
    lengths = (((rest >> 2) / 5) << 24) | (((rest >> 2) % 5) << 16) | ((rest & 3) << 8);
    table = 1;
  } else {
    rest -= 500;
    lengths = ((rest / 3) << 24) | ((rest % 3) << 16);
    table = 2;
  }
  const counts = countsOf(table * 3 + kind);
  let place = factors;
  for (let shift: u32 = 0; shift < 32; shift += 8) {
    const count = ((counts << shift) >> 24) as i32;
    const length = ((lengths << shift) >> 24) as i32;
    readBands(place, count, length, false, (1 << length) - 1);
    place += count as usize;
  }
  for (let band = 0; band < 3; band++) store<u8>(place + (band as usize), 0);
}

/** @param illegal The position that stands for no intensity stereo. */
function readBands(place: usize, count: i32, length: i32, isKept: bool, illegal: i32): void {
  if (isKept) return;
  const marks = place - scaleFactors - 48 + bandPositions;
  const isSecond = place >= scaleFactors + 48;
  for (let band: usize = 0; band < (count as usize); band++) {
    const value = bits(length);
    store<u8>(place + band, value);
    if (isSecond) store<u8>(marks + band, value == illegal && length > 0 ? 255 : value);
  }
}

/** @param less Quarters of a power of 2 to take away. */
function prepareGains(rate: i32, part: usize, factors: usize, kind: i32, less: i32): void {
  const widths = bandWidths + ((rate * 3 + kind) as usize) * 40;
  const shift = 1 + load<i32>(part, scaleShift);
  const base = 400 + load<i32>(part, globalGain) - 210 - less;
  const longCount = kind == 0 ? 22 : kind == 1 ? 0 : rate < 3 ? 8 : 6;
  const isRaised = load<i32>(part, preflag) != 0 && kind == 0;
  const raises = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 2, 0]);
  for (let band = 0; band < 39 && load<u8>(widths + (band as usize)) != 0; band++) {
    let factor = load<u8>(factors + (band as usize)) as i32;
    let exponent = base;
    if (band < longCount) {
      if (isRaised) factor += load<u8>(raises + (band as usize)) as i32;
    } else {
      exponent -= load<i32>(part + ((((band - longCount) % 3) as usize) << 2), subblockGain) << 3;
    }
    exponent -= factor << shift;
    store<f32>(bandGains + ((band as usize) << 2), load<f32>(gains + ((max(0, exponent) as usize) << 2)));
  }
}

/** @returns How many lines may be other than zero, or -1. */
function decodeSpectrum(rate: i32, part: usize, kind: i32, end: i32, lines: usize): i32 {
  memory.fill(lines, 0, 2320);
  const widths = bandWidths + ((rate * 3 + kind) as usize) * 40;
  let limit = bandCount == 32 ? 576 : 304;
  const regions = regionEnds(rate, part, widths);
  let firstEnd = regions & 0xffff;
  const secondEnd = regions >> 16;
  const bigEnd = load<i32>(part, bigValues) << 1;
  let position = bitPosition;
  let acc: u64 = 0;
  let left: i32 = 0;
  let line: i32 = 0;
  let band: usize = 0;
  let bandEnd: i32 = 0;
  let gain: f32 = 0;
  let region: usize = 0;
  let regionEnd = firstEnd;
  if (kind != 0) {
    // Short blocks are sorted band by band: a band that begins below the limit is needed as a whole.
    let sum = 0;
    for (let at: usize = 0; at < 39 && sum < limit; at += kind == 2 && at < 8 ? 1 : 3) {
      const width = load<u8>(widths + at) as i32;
      sum += kind == 2 && at < (rate < 3 ? 8 : 6) ? width : width * 3;
    }
    limit = min(576, sum + 36);
  }
  const stop = min(bigEnd, limit);
  while (line < stop) {
    while (line >= regionEnd) {
      region++;
      regionEnd = region == 1 ? secondEnd : 576;
    }
    const codebook = codebooks + ((load<i32>(part + (region << 2), tableSelect) as usize) << 3);
    const table = load<i32>(codebook) as usize;
    const extra = load<i32>(codebook, 4);
    const runEnd = min(regionEnd, stop);
    if (table == 0) {
      line = runEnd;
      while (bandEnd < line && band < 39) {
        bandEnd += load<u8>(widths + band) as i32;
        gain = load<f32>(bandGains + (band << 2));
        band++;
      }
      continue;
    }
    while (line < runEnd) {
      while (line >= bandEnd) {
        bandEnd += load<u8>(widths + band) as i32;
        gain = load<f32>(bandGains + (band << 2));
        band++;
      }
      const pairEnd = min(runEnd, bandEnd);
      for (; line < pairEnd; line += 2) {
        if (left < 24) {
          acc = bswap<u64>(load<u64>(mainData + ((position as usize) >> 3))) << (position & 7);
          left = 56;
        }
        let entry = load<i32>(table + (((acc >> 56) as usize) << 2));
        let length = entry >> 8;
        if (length < 0) {
          // Of a long code, the first eight bits lead to another table.
          const more = (entry & 31) as u64;
          entry = load<i32>(table + (((-length as usize) + (((acc << 8) >> (64 - more)) as usize)) << 2));
          length = entry >> 8;
        }
        acc <<= length as u64;
        left -= length;
        position += length;
        let x = (entry >> 4) & 15;
        let y = entry & 15;
        if (extra > 0 && (x == 15 || y == 15)) {
          if (x == 15) {
            acc = bswap<u64>(load<u64>(mainData + ((position as usize) >> 3))) << (position & 7);
            x += (acc >> ((64 - extra) as u64)) as i32;
            acc <<= extra as u64;
            position += extra;
            left = 56 - extra;
          }
          if (x != 0) {
            const value = load<f32>(powers + ((x as usize) << 2)) * gain;
            store<f32>(lines + ((line as usize) << 2), (acc as i64) < 0 ? -value : value);
            acc <<= 1;
            position++;
          }
          if (y == 15) {
            acc = bswap<u64>(load<u64>(mainData + ((position as usize) >> 3))) << (position & 7);
            y += (acc >> ((64 - extra) as u64)) as i32;
            acc <<= extra as u64;
            position += extra;
          }
          if (y != 0) {
            const value = load<f32>(powers + ((y as usize) << 2)) * gain;
            store<f32>(lines + ((line as usize) << 2), (acc as i64) < 0 ? -value : value, 4);
            position++;
          }
          left = 0;
          continue;
        }
        if (x != 0) {
          const value = load<f32>(powers + ((x as usize) << 2)) * gain;
          store<f32>(lines + ((line as usize) << 2), (acc as i64) < 0 ? -value : value);
          acc <<= 1;
          left--;
          position++;
        }
        if (y != 0) {
          const value = load<f32>(powers + ((y as usize) << 2)) * gain;
          store<f32>(lines + ((line as usize) << 2), (acc as i64) < 0 ? -value : value, 4);
          acc <<= 1;
          left--;
          position++;
        }
      }
    }
  }
  if (position > end) return -1;
  let top = line;
  if (line >= bigEnd) {
    const isPlain = load<i32>(part, quadSelect) == 1;
    limit = min(limit, 572);
    while (position < end && line <= limit) {
      acc = bswap<u64>(load<u64>(mainData + ((position as usize) >> 3))) << (position & 7);
      let value: i32;
      if (isPlain) {
        value = (((acc >> 60) as i32) ^ 15) & 15;
        acc <<= 4;
        position += 4;
      } else {
        const entry = load<u8>(quadTable + ((acc >> 58) as usize)) as i32;
        value = entry & 15;
        acc <<= (entry >> 4) as u64;
        position += entry >> 4;
      }
      position += popcnt<i32>(value);
      if (position > end) break;
      for (let bit = 8; bit > 0; bit >>= 1, line++) {
        while (line >= bandEnd && band < 39) {
          bandEnd += load<u8>(widths + band) as i32;
          gain = load<f32>(bandGains + (band << 2));
          band++;
        }
        if ((value & bit) == 0) continue;
        store<f32>(lines + ((line as usize) << 2), (acc as i64) < 0 ? -gain : gain);
        acc <<= 1;
        top = line + 1;
      }
    }
  }
  return top;
}

/** Where the first and the second region of codes end. */
function regionEnds(rate: i32, part: usize, widths: usize): i32 {
  const count = load<i32>(part, regionCount);
  if (count < 0) {
    // Blocks with other windows have two regions: the first is three short bands or eight long ones.
    let sum = rate == 8 ? 72 : 36;
    if (load<i32>(part, blockType) != 2) {
      sum = 0;
      for (let band: usize = 0; band < 8; band++) sum += load<u8>(widths + band) as i32;
    }
    return sum | (576 << 16);
  }
  const second = count + 1 + load<i32>(part, regionCount + 4) + 1;
  let sum = 0;
  let first = 0;
  for (let band = 0; band < second && band < 22; band++) {
    if (band == count + 1) first = sum;
    sum += load<u8>(widths + (band as usize)) as i32;
  }
  return first | (sum << 16);
}

/**
 * Intensity stereo: above its last line the second channel gives no sound, but how loud each band of the first is on either
 * side. For the mean of both, that is a factor for the band.
 */
function spreadIntensity(rate: i32, part: usize, kind: i32, top: i32, otherTop: i32, isMiddle: bool): void {
  const widths = bandWidths + ((rate * 3 + kind) as usize) * 40;
  const step: f32 = (load<i32>(part, compression) & 1) != 0 ? 0.7071067811865476 : 0.8408964152537145;
  const longCount = kind == 0 ? 22 : kind == 1 ? 0 : rate < 3 ? 8 : 6;
  let line = 0;
  let last: i32 = 0;
  for (let band = 0; band < 39 && line < top; band++) {
    const width = load<u8>(widths + (band as usize)) as i32;
    if (width == 0) break;
    const start = spectra + ((line as usize) << 2);
    line += width;
    if (isHeardFrom(widths, band, longCount, line - width, otherTop)) continue;
    const isLast = kind == 0 ? band == 21 : load<u8>(widths + (band as usize) + 3) == 0;
    const from = isLast ? (kind == 0 ? 20 : band - 3) : band;
    last = load<u8>(bandPositions + (from as usize)) as i32;
    if (last == 255) continue;
    // The first channel came scaled as one of two: by a half, or as the middle.
    let factor: f32 = 1;
    if (rate >= 3 && last > 0) {
      let ratio: f32 = 1;
      for (let power = (last + 1) >> 1; power > 0; power--) ratio *= step;
      factor = 1 + ratio;
    } else if (rate >= 3) {
      factor = 2;
    }
    if (isMiddle) factor *= 0.7071067811865476;
    for (let index: usize = 0; index < (width as usize); index++) {
      store<f32>(start + (index << 2), load<f32>(start + (index << 2)) * factor);
    }
  }
}

/** Whether the second channel has sound of its own in this band or, of the same window, in a later one. */
function isHeardFrom(widths: usize, band: i32, longCount: i32, start: i32, otherTop: i32): bool {
  if (start >= otherTop) return false;
  const step = band < longCount ? 1 : 3;
  let line = start;
  for (let at = band; at < 39; at++) {
    const width = load<u8>(widths + (at as usize)) as i32;
    if (width == 0) break;
    const isSame = band < longCount || (at - band) % step == 0;
    for (let index = 0; isSame && index < width; index++) {
      if (load<f32>(spectra + 2560 + (((line + index) as usize) << 2)) != 0) return true;
    }
    line += width;
  }
  return false;
}

/** From lines to subbands. @param isMore To be added to what the other channel gave. */
function transform(lines: usize, top: i32, rate: i32, part: usize, isMore: bool): void {
  const kind = top == 0 ? 0 : kindOf(part);
  const type = top == 0 ? 0 : load<i32>(part, blockType);
  let used = top;
  if (kind != 0) {
    used = 576;
    sortShort(lines, rate, kind);
  }
  if (kind != 1 && top > 0) {
    const borders = kind == 2 ? 1 : min(bandCount == 32 ? 31 : 16, (top + 17) / 18);
    for (let border = 1; border <= borders; border++) cancelAliases(lines + (border as usize) * 72);
    used = min(576, used + 8);
  }
  const groups = bandCount >> 2;
  for (let group = 0; group < groups; group++) {
    const place = (group as usize) << 4;
    if (group * 72 >= used) {
      if (!isMore) fade(place);
    } else {
      gather(lines + (group as usize) * 288);
      if (kind == 2 && group == 0) {
        // The first two subbands have the long window.
        turn(place, 0, isMore, i32x4(-1, -1, 0, 0));
        turn(place, 2, true, i32x4(0, 0, -1, -1));
      } else {
        turn(place, type, isMore, i32x4(-1, -1, -1, -1));
      }
    }
  }
}

/** From window after window in each band to line after line. */
function sortShort(lines: usize, rate: i32, kind: i32): void {
  const widths = bandWidths + ((rate * 3 + kind) as usize) * 40;
  let band: usize = kind == 1 ? 0 : rate < 3 ? 8 : 6;
  let start: usize = 0;
  for (let at: usize = 0; at < band; at++) start += load<u8>(widths + at) as usize;
  memory.copy(scratch, lines, 2304);
  for (; band < 39; band += 3) {
    const width = load<u8>(widths + band) as usize;
    if (width == 0) return;
    let target = lines + (start << 2);
    let source = scratch + (start << 2);
    for (let index: usize = 0; index < width; index++, source += 4, target += 12) {
      store<f32>(target, load<f32>(source));
      store<f32>(target, load<f32>(source + (width << 2)), 4);
      store<f32>(target, load<f32>(source + (width << 3)), 8);
    }
    start += 3 * width;
  }
}

function cancelAliases(border: usize): void {
  for (let at: usize = 0; at < 32; at += 16) {
    const own = v128.load(aliasFactors + at);
    const cross = v128.load(aliasFactors + at, 32);
    const up = v128.load(border + at);
    const below = v128.load(border - at - 16);
    const down = v128.shuffle<f32>(below, below, 3, 2, 1, 0);
    const lower = f32x4.sub(f32x4.mul(down, own), f32x4.mul(up, cross));
    v128.store(border + at, f32x4.add(f32x4.mul(up, own), f32x4.mul(down, cross)));
    v128.store(border - at - 16, v128.shuffle<f32>(lower, lower, 3, 2, 1, 0));
  }
}

/** Puts the lines of four subbands side by side. */
function gather(lines: usize): void {
  for (let at: usize = 0; at < 80; at += 16) {
    const a = v128.load(lines + at);
    const b = v128.load(lines + at, 72);
    const c = v128.load(lines + at, 144);
    const d = v128.load(lines + at, 216);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const place = inputs + (at << 2);
    v128.store(place, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(place, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 16);
    if (at == 64) break;
    const ef = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const gh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(place, v128.shuffle<f32>(ef, gh, 0, 1, 4, 5), 32);
    v128.store(place, v128.shuffle<f32>(ef, gh, 2, 3, 6, 7), 48);
  }
}

/** The sound of four subbands without lines is what overlaps from before. */
function fade(place: usize): void {
  const signs = f32x4(1, -1, 1, -1);
  for (let slot: usize = 0; slot < 18; slot += 2) {
    const at = place + (slot << 7);
    v128.store(subbands + at, v128.load(overlap + at));
    v128.store(subbands + at, f32x4.mul(signs, v128.load(overlap + at, 128)), 128);
    v128.store(overlap + at, f32x4.splat(0));
    v128.store(overlap + at, f32x4.splat(0), 128);
  }
}

/** The inverse transform of four subbands, with its window, for the half that sounds now and the half that overlaps. */
function turn(place: usize, type: i32, isMore: bool, lanes: v128): void {
  const rows = transforms + (type as usize) * 2592;
  const signs = f32x4(1, -1, 1, -1);
  for (let slot: usize = 0; slot < 36; slot += 4) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let row = rows + slot * 72;
    for (let at = inputs; at < inputs + 288; at += 16, row += 4) {
      const x = v128.load(at);
      a = f32x4.add(a, f32x4.mul(x, v128.load32_splat(row)));
      b = f32x4.add(b, f32x4.mul(x, v128.load32_splat(row, 72)));
      c = f32x4.add(c, f32x4.mul(x, v128.load32_splat(row, 144)));
      d = f32x4.add(d, f32x4.mul(x, v128.load32_splat(row, 216)));
    }
    put(place, slot, v128.and(a, lanes), isMore, signs);
    put(place, slot + 1, v128.and(b, lanes), isMore, signs);
    put(place, slot + 2, v128.and(c, lanes), isMore, signs);
    put(place, slot + 3, v128.and(d, lanes), isMore, signs);
  }
}

/** One output of the transform, for four subbands. */
function put(place: usize, slot: usize, value: v128, isMore: bool, signs: v128): void {
  if (slot < 18) {
    const at = place + (slot << 7);
    let sum = isMore ? value : f32x4.add(v128.load(overlap + at), value);
    if ((slot & 1) != 0) sum = f32x4.mul(sum, signs);
    v128.store(subbands + at, isMore ? f32x4.add(v128.load(subbands + at), sum) : sum);
  } else {
    const at = place + ((slot - 18) << 7);
    v128.store(overlap + at, isMore ? f32x4.add(v128.load(overlap + at), value) : value);
  }
}

/** From subbands to samples. */
function synthesize(output: usize): void {
  const rowByteLength = (bandCount as usize) << 3;
  const half = rowByteLength >> 1;
  const first = history + 15 * rowByteLength;
  for (let slot: usize = 0; slot < 18; slot++) {
    const row = first + slot * rowByteLength;
    const inputRow = subbands + (slot << 7);
    for (let column: usize = 0; column < rowByteLength; column += 64) {
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let c = f32x4.splat(0);
      let d = f32x4.splat(0);
      let at = matrix + column;
      for (let band = inputRow; band < inputRow + half; band += 4, at += rowByteLength) {
        const x = v128.load32_splat(band);
        a = f32x4.add(a, f32x4.mul(x, v128.load(at)));
        b = f32x4.add(b, f32x4.mul(x, v128.load(at, 16)));
        c = f32x4.add(c, f32x4.mul(x, v128.load(at, 32)));
        d = f32x4.add(d, f32x4.mul(x, v128.load(at, 48)));
      }
      v128.store(row + column, a);
      v128.store(row + column, b, 16);
      v128.store(row + column, c, 32);
      v128.store(row + column, d, 48);
    }
    for (let column: usize = 0; column < half; column += 16) {
      let a = f32x4.splat(0);
      let b = f32x4.splat(0);
      let at = row + column;
      let window = synthesisWindow + column;
      for (let pair = 0; pair < 8; pair++, window += rowByteLength) {
        a = f32x4.add(a, f32x4.mul(v128.load(at), v128.load(window)));
        at -= rowByteLength;
        b = f32x4.add(b, f32x4.mul(v128.load(at + half), v128.load(window + half)));
        at -= rowByteLength;
      }
      v128.store(output + column, f32x4.add(a, b));
    }
    output += half;
  }
  memory.copy(history, history + 18 * rowByteLength, 15 * rowByteLength);
}

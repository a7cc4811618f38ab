/**
 * FLAC frames (RFC 9639) of up to 24 bits, in AssemblyScript: see flacFrameDecoder.ts, which lays out the memory. Everything
 * is whole numbers until the last step, so the result is exact.
 */

let base: usize = 0;
let position: i32 = 0;
let end: i32 = 0;
let tables: usize = 0;

/** Prepares the tables of the checksum: eight of 256 numbers of 16 bits. */
export function prepare(place: usize): void {
  tables = place;
  for (let byte: u32 = 0; byte < 256; byte++) {
    let value = byte << 8;
    for (let bit = 0; bit < 8; bit++) value = (value << 1) ^ ((value & 0x8000) != 0 ? 0x8005 : 0);
    store<u16>(place + ((byte as usize) << 1), value as u16);
  }
  for (let table: usize = 1; table < 8; table++) {
    for (let byte: usize = 0; byte < 256; byte++) {
      const before = load<u16>(place + ((table - 1) << 9) + (byte << 1)) as u32;
      const value = (before << 8) ^ (load<u16>(place + ((before >> 8) << 1)) as u32);
      store<u16>(place + (table << 9) + (byte << 1), value as u16);
    }
  }
}

/** 0 over a frame with its own checksum, if that is right. */
function checksum(bytes: usize, byteLength: i32): u32 {
  let crc: u32 = 0;
  const last = bytes + (byteLength as usize);
  for (; bytes + 8 <= last; bytes += 8) {
    crc =
      entry(7, (crc >> 8) ^ load<u8>(bytes)) ^
      entry(6, (crc & 255) ^ load<u8>(bytes, 1)) ^
      entry(5, load<u8>(bytes, 2)) ^
      entry(4, load<u8>(bytes, 3)) ^
      entry(3, load<u8>(bytes, 4)) ^
      entry(2, load<u8>(bytes, 5)) ^
      entry(1, load<u8>(bytes, 6)) ^
      entry(0, load<u8>(bytes, 7));
  }
  for (; bytes < last; bytes++) crc = ((crc << 8) & 0xffff) ^ entry(0, (crc >> 8) ^ load<u8>(bytes));
  return crc;
}

function entry(table: usize, index: u32): u32 {
  return load<u16>(tables + (table << 9) + ((index as usize) << 1));
}

/** The next 64 bits from a place on. */
function fetch(at: i32): u64 {
  const place = base + (((at as usize) >> 6) << 3);
  const shift = (at & 63) as u64;
  return (load<u64>(place) << shift) | ((load<u64>(place, 8) >> 1) >> (63 - shift));
}

/** Words of 64 bits whose first bit is their highest. */
function swapWords(input: usize, byteLength: i32, target: usize): void {
  const order = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  const last = input + (byteLength as usize);
  for (; input < last; input += 16, target += 16) v128.store(target, v128.swizzle(v128.load(input), order));
  v128.store(target, i64x2.splat(0));
}

/** At most 32. */
function bits(count: i32): u32 {
  if (count == 0) return 0;
  const value = fetch(position) >> ((64 - count) as u64);
  position += count;
  return value as u32;
}

function signed(count: i32): i32 {
  if (count == 0) return 0;
  const value = (fetch(position) as i64) >> ((64 - count) as i64);
  position += count;
  return value as i32;
}

/**
 * Decodes one frame.
 * @param words Room for the frame, and 32 bytes.
 * @param channels @param streamBits As STREAMINFO says.
 * @param isMixed The mean of all channels is wanted.
 * @param planes One array of numbers for each channel, `planeByteLength` apart, with 64 bytes of room in front; the result
 * is there too, in the first of them if mixed.
 * @returns How many samples; negative when the frame is damaged: -1 its header, -2 its codes, -3 its checksum; -4 it is
 * longer than its stream allows, -5 it has other channels.
 */
export function decode(
  input: usize,
  byteLength: i32,
  words: usize,
  channels: i32,
  streamBits: i32,
  isMixed: bool,
  planes: usize,
  planeByteLength: usize,
): i32 {
  swapWords(input, byteLength, words);
  base = words;
  position = 0;
  end = byteLength << 3;
  if (byteLength < 8 || bits(15) != 0x7ffc) return -1;
  bits(1);
  const sizeCode = bits(4);
  const rateCode = bits(4);
  const assignment = bits(4);
  const depthCode = bits(3);
  bits(1);
  const codedLength = clz<u32>(~((load<u8>(input, 4) as u32) << 24)) as i32;
  position += max(1, codedLength) << 3;
  let count = 0;
  if (sizeCode == 0) return -1;
  else if (sizeCode == 1) count = 192;
  else if (sizeCode < 6) count = 576 << (sizeCode - 2);
  else if (sizeCode == 6) count = bits(8) + 1;
  else if (sizeCode == 7) count = bits(16) + 1;
  else count = 256 << (sizeCode - 8);
  if (rateCode == 12) bits(8);
  else if (rateCode == 13 || rateCode == 14) bits(16);
  bits(8);
  const depth = depthCode == 0 ? streamBits : depthOf(depthCode);
  if (depth == 0 || depth > 24 || assignment > 10) return -1;
  if ((assignment < 8 ? assignment + 1 : 2) != channels) return -5;
  if (((count + 32) as usize) << 2 > planeByteLength) return -4;
  for (let channel = 0; channel < channels; channel++) {
    const isSide = (channel == 1 && (assignment == 8 || assignment == 10)) || (channel == 0 && assignment == 9);
    const plane = planes + (channel as usize) * planeByteLength;
    if (!decodeSubframe(plane, count, depth + (isSide ? 1 : 0))) return -2;
  }
  const used = ((position + 7) >> 3) + 2;
  if (used > byteLength) return -2;
  if (checksum(input, used) != 0) return -3;
  finish(planes, planeByteLength, channels, assignment, count, depth, isMixed);
  return count;
}

function depthOf(code: u32): i32 {
  if (code == 1) return 8;
  if (code == 2) return 12;
  if (code == 4) return 16;
  if (code == 5) return 20;
  return code == 6 ? 24 : 0;
}

function decodeSubframe(plane: usize, count: i32, depth: i32): bool {
  const type = bits(7) as i32;
  let wasted = 0;
  if (bits(1) == 1) {
    wasted = (clz<u64>(fetch(position)) as i32) + 1;
    position += wasted;
    depth -= wasted;
    if (depth <= 0) return false;
  }
  const last = plane + ((count as usize) << 2);
  if (type == 0) {
    const value = signed(depth);
    for (let at = plane; at < last; at += 16) v128.store(at, i32x4.splat(value));
  } else if (type == 1) {
    if (position + count * depth > end) return false;
    for (let at = plane; at < last; at += 4) store<i32>(at, signed(depth));
  } else if (type >= 8 && type <= 12) {
    const order = type - 8;
    if (order > count) return false;
    for (let index = 0; index < order; index++) store<i32>(plane + ((index as usize) << 2), signed(depth));
    if (!decodeResidual(plane, order, count)) return false;
    restoreFixed(plane, order, last);
  } else if (type >= 32 && type < 64) {
    if (!decodePredicted(plane, type - 31, count, depth)) return false;
  } else {
    return false;
  }
  if (wasted > 0) for (let at = plane; at < last; at += 16) v128.store(at, i32x4.shl(v128.load(at), wasted));
  return position <= end;
}

function decodePredicted(plane: usize, order: i32, count: i32, depth: i32): bool {
  if (order > count) return false;
  for (let index = 0; index < order; index++) store<i32>(plane + ((index as usize) << 2), signed(depth));
  const precision = (bits(4) as i32) + 1;
  const shift = signed(5);
  if (precision == 16 || shift < 0) return false;
  // Nearest first, filled up with zeros.
  const coefficients = tables + 4096;
  memory.fill(coefficients, 0, 128);
  for (let index = 0; index < order; index++) store<i32>(coefficients + ((index as usize) << 2), signed(precision));
  if (!decodeResidual(plane, order, count)) return false;
  const first = plane + ((order as usize) << 2);
  const last = plane + ((count as usize) << 2);
  const isNarrow = depth + precision + (32 - clz<i32>(order - 1)) <= 32;
  if (!isNarrow) restoreWide(first, last, coefficients, order, shift);
  else if (order <= 8) restoreEight(first, last, coefficients, shift);
  else if (order <= 12) restoreTwelve(first, last, coefficients, shift);
  else restoreAny(first, last, coefficients, order, shift);
  return true;
}

function decodeResidual(plane: usize, order: i32, count: i32): bool {
  const method = bits(2);
  if (method > 1) return false;
  const parameterBits = method == 0 ? 4 : 5;
  const escape = (1 << parameterBits) - 1;
  const partitionOrder = bits(4) as i32;
  const size = count >> partitionOrder;
  if (size << partitionOrder != count || size < order) return false;
  let at = plane + ((order as usize) << 2);
  let partitionEnd = plane;
  for (let left = 1 << partitionOrder; left > 0; left--) {
    partitionEnd += (size as usize) << 2;
    const parameter = bits(parameterBits) as i32;
    if (parameter == escape) {
      const width = bits(5) as i32;
      if (position + (((partitionEnd - at) as i32) >> 2) * width > end) return false;
      for (; at < partitionEnd; at += 4) store<i32>(at, signed(width));
    } else {
      decodeRice(at, partitionEnd, parameter);
      at = partitionEnd;
    }
    if (position > end) return false;
  }
  return true;
}

function decodeRice(at: usize, last: usize, parameter: i32): void {
  let place = position;
  const low = (63 - parameter) as u64;
  const fixed = 2 * parameter + 2;
  // Two at a time: most are so short that one look at the next 64 bits is enough.
  for (; at + 4 < last; at += 8) {
    const first = fetch(place);
    const firstZeros = clz<u64>(first);
    const rest = (first << firstZeros) << 1;
    const second = rest << (parameter as u64);
    const secondZeros = clz<u64>(second);
    const used = fixed + ((firstZeros + secondZeros) as i32);
    if (used > 64) {
      position = place;
      storeRice(at, readRice(parameter));
      storeRice(at + 4, readRice(parameter));
      place = position;
      if (place > end) return;
      continue;
    }
    place += used;
    const secondRest = (second << secondZeros) << 1;
    storeRice(at, ((firstZeros as u32) << parameter) | (((rest >> 1) >> low) as u32));
    storeRice(at + 4, ((secondZeros as u32) << parameter) | (((secondRest >> 1) >> low) as u32));
  }
  position = place;
  if (at < last) storeRice(at, readRice(parameter));
}

function storeRice(at: usize, value: u32): void {
  store<i32>(at, ((value >> 1) as i32) ^ -((value & 1) as i32));
}

function readRice(parameter: i32): u32 {
  let zeros = 0;
  let more = clz<u64>(fetch(position)) as i32;
  while (more == 64 && position <= end) {
    zeros += 64;
    position += 64;
    more = clz<u64>(fetch(position)) as i32;
  }
  zeros += more;
  position += more + 1;
  return ((zeros as u32) << parameter) | bits(parameter);
}

function restoreFixed(plane: usize, order: i32, last: usize): void {
  let at = plane + ((order as usize) << 2);
  if (order == 1) {
    let one = load<i32>(plane);
    for (; at < last; at += 4) {
      one += load<i32>(at);
      store<i32>(at, one);
    }
  } else if (order == 2) {
    for (; at < last; at += 4) {
      store<i32>(at, load<i32>(at) + 2 * load<i32>(at - 4) - load<i32>(at - 8));
    }
  } else if (order == 3) {
    for (; at < last; at += 4) {
      store<i32>(at, load<i32>(at) + 3 * (load<i32>(at - 4) - load<i32>(at - 8)) + load<i32>(at - 12));
    }
  } else if (order == 4) {
    for (; at < last; at += 4) {
      const near = load<i32>(at - 4) + load<i32>(at - 12);
      store<i32>(at, load<i32>(at) + 4 * near - 6 * load<i32>(at - 8) - load<i32>(at - 16));
    }
  }
}

/** Orders up to eight: what lies in front of the first samples is multiplied by zero. */
function restoreEight(at: usize, last: usize, coefficients: usize, shift: i32): void {
  const a = load<i32>(coefficients);
  const b = load<i32>(coefficients, 4);
  const c = load<i32>(coefficients, 8);
  const d = load<i32>(coefficients, 12);
  const e = load<i32>(coefficients, 16);
  const f = load<i32>(coefficients, 20);
  const g = load<i32>(coefficients, 24);
  const h = load<i32>(coefficients, 28);
  let near = load<i32>(at - 4);
  for (; at < last; at += 4) {
    const sum =
      h * load<i32>(at - 32) +
      g * load<i32>(at - 28) +
      f * load<i32>(at - 24) +
      e * load<i32>(at - 20) +
      d * load<i32>(at - 16) +
      c * load<i32>(at - 12) +
      b * load<i32>(at - 8) +
      a * near;
    near = load<i32>(at) + (sum >> shift);
    store<i32>(at, near);
  }
}

function restoreTwelve(at: usize, last: usize, coefficients: usize, shift: i32): void {
  const a = load<i32>(coefficients);
  const b = load<i32>(coefficients, 4);
  const c = load<i32>(coefficients, 8);
  const d = load<i32>(coefficients, 12);
  let near = load<i32>(at - 4);
  for (; at < last; at += 4) {
    const sum =
      load<i32>(coefficients, 44) * load<i32>(at - 48) +
      load<i32>(coefficients, 40) * load<i32>(at - 44) +
      load<i32>(coefficients, 36) * load<i32>(at - 40) +
      load<i32>(coefficients, 32) * load<i32>(at - 36) +
      load<i32>(coefficients, 28) * load<i32>(at - 32) +
      load<i32>(coefficients, 24) * load<i32>(at - 28) +
      load<i32>(coefficients, 20) * load<i32>(at - 24) +
      load<i32>(coefficients, 16) * load<i32>(at - 20) +
      d * load<i32>(at - 16) +
      c * load<i32>(at - 12) +
      b * load<i32>(at - 8) +
      a * near;
    near = load<i32>(at) + (sum >> shift);
    store<i32>(at, near);
  }
}

function restoreAny(at: usize, last: usize, coefficients: usize, order: i32, shift: i32): void {
  const coefficientsEnd = coefficients + ((order as usize) << 2);
  for (; at < last; at += 4) {
    let sum = 0;
    let before = at - 4;
    for (let place = coefficients; place < coefficientsEnd; place += 4, before -= 4) {
      sum += load<i32>(place) * load<i32>(before);
    }
    store<i32>(at, load<i32>(at) + (sum >> shift));
  }
}

function restoreWide(at: usize, last: usize, coefficients: usize, order: i32, shift: i32): void {
  const coefficientsEnd = coefficients + ((order as usize) << 2);
  for (; at < last; at += 4) {
    let sum: i64 = 0;
    let before = at - 4;
    for (let place = coefficients; place < coefficientsEnd; place += 4, before -= 4) {
      sum += (load<i32>(place) as i64) * (load<i32>(before) as i64);
    }
    store<i32>(at, load<i32>(at) + ((sum >> (shift as i64)) as i32));
  }
}

/** Left and right out of what was coded, and whole numbers to fractions of the full scale. */
function finish(
  planes: usize,
  planeByteLength: usize,
  channels: i32,
  assignment: u32,
  count: i32,
  depth: i32,
  isMixed: bool,
): void {
  const scale = f32x4.splat(1.0 / ((1 << (depth - 1)) as f32));
  const last = planes + ((count as usize) << 2);
  if (assignment < 8) {
    const share = f32x4.splat(1.0 / (channels as f32));
    for (let at = planes; at < last; at += 16) {
      let sum = f32x4.mul(f32x4.convert_i32x4_s(v128.load(at)), scale);
      if (!isMixed) v128.store(at, sum);
      let other = at;
      for (let channel = 1; channel < channels; channel++) {
        other += planeByteLength;
        const value = f32x4.mul(f32x4.convert_i32x4_s(v128.load(other)), scale);
        if (isMixed) sum = f32x4.add(sum, value);
        else v128.store(other, value);
      }
      if (isMixed) v128.store(at, f32x4.mul(sum, share));
    }
    return;
  }
  const one = i32x4.splat(1);
  const half = f32x4.splat(0.5);
  for (let at = planes; at < last; at += 16) {
    const first = v128.load(at);
    const second = v128.load(at + planeByteLength);
    let left = first;
    let right = second;
    if (assignment == 8) {
      right = i32x4.sub(first, second);
    } else if (assignment == 9) {
      left = i32x4.add(first, second);
    } else {
      const middle = v128.or(i32x4.shl(first, 1), v128.and(second, one));
      left = i32x4.shr_s(i32x4.add(middle, second), 1);
      right = i32x4.shr_s(i32x4.sub(middle, second), 1);
    }
    const leftSound = f32x4.mul(f32x4.convert_i32x4_s(left), scale);
    const rightSound = f32x4.mul(f32x4.convert_i32x4_s(right), scale);
    if (isMixed) {
      v128.store(at, f32x4.mul(f32x4.add(leftSound, rightSound), half));
    } else {
      v128.store(at, leftSound);
      v128.store(at + planeByteLength, rightSound);
    }
  }
}

/** The bits of a packet, and what codebooks make of them. A packet has room behind it for reading a little too far. */

// A codebook, as vorbisMemory.ts has it: numbers of four bytes.
const tablePlace: usize = 0;
const rootMask: usize = 4;
const rootBitCount: usize = 8;
const dimensions: usize = 12;
const vectorsPlace: usize = 16;

let bitBase: usize = 0;
let bitPosition: u32 = 0;
let bitEnd: u32 = 0;

export function openPacket(place: usize, byteLength: i32): void {
  bitBase = place;
  bitPosition = 0;
  bitEnd = (byteLength as u32) << 3;
}

/** Whether more was read than there is. */
export function isBeyondEnd(): bool {
  return bitPosition > bitEnd;
}

/** @param count 0 to 32 */
export function readBits(count: i32): u32 {
  const word = load<u64>(bitBase + (bitPosition >> 3)) >> ((bitPosition & 7) as u64);
  bitPosition += count as u32;
  return (word & (((1 as u64) << (count as u64)) - 1)) as u32;
}

/** The number of the entry that comes next. */
export function readEntry(book: usize): u32 {
  const table = load<i32>(book, tablePlace) as usize;
  const word = load<u64>(bitBase + (bitPosition >> 3)) >> ((bitPosition & 7) as u64);
  let found = load<i32>(table + (((word as usize) & (load<i32>(book, rootMask) as usize)) << 2));
  if (found < 0) found = lookFurther(book, word, found);
  bitPosition += found & 63;
  return found >>> 6;
}

function lookFurther(book: usize, word: u64, link: i32): i32 {
  const table = load<i32>(book, tablePlace) as usize;
  word >>= load<i32>(book, rootBitCount) as u64;
  let found = link;
  while (true) {
    const next = ~found;
    const count = next & 15;
    found = load<i32>(table + ((((next >>> 4) as usize) + ((word as usize) & ((1 << (count as usize)) - 1))) << 2));
    if (found >= 0) return found;
    word >>= count as u64;
  }
}

/**
 * Adds as many numbers as `byteLength` says to those at `target`, vector after vector.
 * @param target 0 when they are only to be passed over.
 * @returns Whether the packet goes on that far.
 */
export function addVectors(book: usize, target: usize, byteLength: usize): bool {
  const table = load<i32>(book, tablePlace) as usize;
  const mask = load<i32>(book, rootMask) as usize;
  const vectors = load<i32>(book, vectorsPlace) as usize;
  const vectorByteLength = (load<i32>(book, dimensions) as usize) << 2;
  const isHeard = target != 0;
  const base = bitBase;
  const packetEnd = bitEnd;
  let position = bitPosition;
  let word: u64 = 0;
  let left: i32 = 0;
  for (const end = target + byteLength; target < end; target += vectorByteLength) {
    if (left < 32) {
      word = load<u64>(base + (position >> 3)) >> ((position & 7) as u64);
      left = 57;
    }
    let found = load<i32>(table + (((word as usize) & mask) << 2));
    if (found < 0) found = lookFurther(book, word, found);
    const length = found & 63;
    word >>= length as u64;
    left -= length;
    position += length;
    if (position > packetEnd) break;
    if (isHeard) {
      const vector = vectors + ((found >>> 6) as usize) * vectorByteLength;
      if (vectorByteLength == 8) {
        v128.store64_lane(target, f32x4.add(v128.load64_zero(target), v128.load64_zero(vector)), 0);
      } else if ((vectorByteLength & 15) == 0) {
        for (let at: usize = 0; at < vectorByteLength; at += 16) {
          v128.store(target + at, f32x4.add(v128.load(target + at), v128.load(vector + at)));
        }
      } else {
        for (let at: usize = 0; at < vectorByteLength; at += 4) {
          store<f32>(target + at, load<f32>(target + at) + load<f32>(vector + at));
        }
      }
    }
  }
  bitPosition = position;
  return position <= packetEnd;
}

/** The same with the numbers of a vector spread evenly over the target. */
export function addSpreadVectors(book: usize, target: usize, byteLength: usize): bool {
  const vectors = load<i32>(book, vectorsPlace) as usize;
  const vectorByteLength = (load<i32>(book, dimensions) as usize) << 2;
  const step = (byteLength / vectorByteLength) << 2;
  for (let first: usize = 0; first < step; first += 4) {
    const vector = vectors + (readEntry(book) as usize) * vectorByteLength;
    if (isBeyondEnd()) return false;
    if (target == 0) continue;
    let place = target + first;
    for (let at: usize = 0; at < vectorByteLength; at += 4, place += step) {
      store<f32>(place, load<f32>(place) + load<f32>(vector + at));
    }
  }
  return true;
}

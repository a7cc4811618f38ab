import { isBeyondEnd, readBits, readEntry } from './vorbisBits.as';

/**
 * Floors of kind 1 (Vorbis I, 7.2): a curve of line segments over a logarithmic scale, through points that differ from what
 * the points around them let expect.
 */

// A floor, as vorbisMemory.ts has it: numbers of four bytes.
const partitionCount: usize = 0;
const multiplier: usize = 4;
const range: usize = 8;
const edgeBitCount: usize = 12;
const pointCount: usize = 16;
const partitionClasses: usize = 20; // a place for each partition
const positions: usize = 24; // of the points
const neighbours: usize = 28; // the two points around each point, among those before it
const order: usize = 32; // the points from left to right
// A class of partitions.
const dimensions: usize = 0;
const subclassBitCount: usize = 4;
const masterBook: usize = 8;
const books: usize = 12;

/** Marks a point that the curve does not bend at. */
const unbent: i32 = 0x8000;
/** Of a height. No sound one has as many; what a damaged packet says is taken as libvorbis takes it. */
const heightMask: i32 = 0x7fff;
const highestLevel: i32 = 255;

/** @returns Whether there is a curve, rather than silence. */
export function readFloor(floor: usize, points: usize): bool {
  if (isBeyondEnd() || readBits(1) == 0) return false;
  const edgeBits = load<i32>(floor, edgeBitCount);
  store<i32>(points, readBits(edgeBits));
  store<i32>(points, readBits(edgeBits), 4);
  let point = points + 8;
  let partition = load<i32>(floor, partitionClasses) as usize;
  for (const end = partition + ((load<i32>(floor, partitionCount) as usize) << 2); partition < end; partition += 4) {
    const kind = load<i32>(partition) as usize;
    const bitCount = load<i32>(kind, subclassBitCount);
    let subclasses = bitCount == 0 ? 0 : readEntry(load<i32>(kind, masterBook) as usize);
    for (let left = load<i32>(kind, dimensions); left > 0; left--, point += 4) {
      const book = load<i32>(kind + (((subclasses & ((1 << bitCount) - 1)) as usize) << 2), books) as usize;
      subclasses >>= bitCount;
      store<i32>(point, book == 0 ? 0 : readEntry(book));
    }
  }
  return !isBeyondEnd();
}

/** @param count Lines of the curve to draw. */
export function drawFloor(floor: usize, points: usize, levels: usize, count: i32, curve: usize): void {
  unfold(floor, points);
  const step = load<i32>(floor, multiplier);
  const xs = load<i32>(floor, positions) as usize;
  const sorted = load<i32>(floor, order) as usize;
  const last = load<i32>(floor, pointCount);
  let x = 0;
  let y = min(highestLevel, (load<i32>(points) & heightMask) * step);
  for (let index = 1; index < last && x < count; index++) {
    const point = (load<i32>(sorted + ((index as usize) << 2)) as usize) << 2;
    const height = load<i32>(points + point);
    if ((height & unbent) != 0) continue;
    const nextX = load<i32>(xs + point);
    const nextY = min(highestLevel, (height & heightMask) * step);
    drawLine(x, y, nextX, nextY, min(nextX, count), levels, curve);
    x = nextX;
    y = nextY;
  }
  const level = load<f32>(levels + ((y as usize) << 2));
  for (; x < count; x++) store<f32>(curve + ((x as usize) << 2), level);
}

/** From differences to heights (7.2.4, step 1). */
function unfold(floor: usize, points: usize): void {
  const heights = load<i32>(floor, range);
  const xs = load<i32>(floor, positions) as usize;
  const count = (load<i32>(floor, pointCount) as usize) << 2;
  let neighbour = (load<i32>(floor, neighbours) as usize) + 16;
  for (let point: usize = 8; point < count; point += 4, neighbour += 8) {
    const left = (load<i32>(neighbour) as usize) << 2;
    const right = (load<i32>(neighbour, 4) as usize) << 2;
    const leftX = load<i32>(xs + left);
    const leftY = load<i32>(points + left) & heightMask;
    const rightY = load<i32>(points + right) & heightMask;
    const climb = rightY - leftY;
    const offset = (abs(climb) * (load<i32>(xs + point) - leftX)) / (load<i32>(xs + right) - leftX);
    const expected = climb < 0 ? leftY - offset : leftY + offset;
    const difference = load<i32>(points + point);
    if (difference == 0) {
      store<i32>(points + point, expected | unbent);
      continue;
    }
    const above = heights - expected;
    const room = min(above, expected) << 1;
    let height: i32;
    if (difference >= room) height = above > expected ? difference : heights - 1 - difference;
    else height = expected + ((difference & 1) == 0 ? difference >> 1 : -((difference + 1) >> 1));
    store<i32>(points + point, height & heightMask);
    store<i32>(points + left, leftY);
    store<i32>(points + right, rightY);
  }
}

/**
 * From one point to the line before the next (9.2.7). The height of each line is what a division would leave whole: here the
 * upper half of a sum, whose error stays far below the step of any division.
 */
function drawLine(x: i32, y: i32, endX: i32, endY: i32, stop: i32, levels: usize, curve: usize): void {
  const climb = endY - y;
  const step = (((abs(climb) as f64) * 4294967296.0) / ((endX - x) as f64)) as i64;
  let height = (y as i64) << 32;
  let more = step + 1;
  if (climb < 0) {
    height |= 0xffffffff;
    more = -more;
  }
  let place = curve + ((x as usize) << 2);
  for (const end = curve + ((stop as usize) << 2); place < end; place += 4, height += more) {
    store<f32>(place, load<f32>(levels + (((height >> 30) & 0x3fc) as usize)));
  }
}

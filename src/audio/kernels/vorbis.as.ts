import { inverseMdct } from './parts/inverseMdct.as';
import { isBeyondEnd, openPacket, readBits } from './parts/vorbisBits.as';
import { drawFloor, readFloor } from './parts/vorbisFloor.as';
import { readResidue } from './parts/vorbisResidue.as';

/**
 * Vorbis I mixed down to one channel, in AssemblyScript: see vorbisDecoder.ts and vorbisMemory.ts, which reads the headers
 * and lays out the memory. Channels are mixed as spectra, so that there is one transform, and it may be of the lower half
 * of the lines alone: that gives half the sample rate.
 */

// The stream, as vorbisMemory.ts has it: numbers of four bytes, most of them places.
const channelCount: usize = 0;
const modeBitCount: usize = 4;
const modeCount: usize = 8;
const modes: usize = 12; // for each whether it is long, and its mapping
const blocks: usize = 16; // a short and a long one
const planes: usize = 20; // spectra
const curves: usize = 24; // floors
const planeByteLength: usize = 28;
const interleaved: usize = 32;
const marks: usize = 36;
const points: usize = 40; // 65 for each channel
const states: usize = 44; // for each channel what is known of it
const vectors: usize = 48;
const levels: usize = 52; // of floors
const unfolded: usize = 56;
const tail: usize = 60;
const delayTapCount: usize = 64; // 0 for none
const delayTaps: usize = 68;
const delayLine: usize = 72;
// A block.
const lineCount: usize = 0; // that are wanted
const allLineCount: usize = 4;
const transform: usize = 8;
const slope: usize = 12;
const blockByteLength: usize = 16;
// A mapping.
const couplingCount: usize = 0;
const couplings: usize = 4; // pairs of channels
const floors: usize = 8; // of each channel
const channelParts: usize = 12;
const partCount: usize = 16;
const residues: usize = 20; // of each part

const pointByteLength: usize = 65 * 4;
const hasFloor: i32 = 1;
const hasLines: i32 = 2;

let stream: usize = 0;
/** Of the block before: 0 when there is none. */
let lastByteLength: usize = 0;

export function prepare(place: usize): void {
  stream = place;
  lastByteLength = 0;
}

/**
 * Decodes a packet. The first gives no samples, since a block sounds together with the next.
 * @returns How many samples were written; -1 when this is no sound, -2 when it has a mode that there is none of.
 */
export function decode(input: usize, byteLength: i32, output: usize): i32 {
  openPacket(input, byteLength);
  if (byteLength == 0 || readBits(1) != 0) return -1;
  const mode = readBits(load<i32>(stream, modeBitCount)) as i32;
  if (mode >= load<i32>(stream, modeCount)) return -2;
  const chosen = (load<i32>(stream, modes) as usize) + ((mode as usize) << 3);
  const isLong = load<i32>(chosen) != 0;
  // Of the blocks before and behind, what their own packets say is used.
  if (isLong) readBits(2);
  if (isBeyondEnd()) return -1;
  const block = (load<i32>(stream, blocks) as usize) + (isLong ? blockByteLength : 0);
  const mapping = load<i32>(chosen, 4) as usize;
  const lines = load<i32>(block, lineCount);
  const isHeard = readFloors(mapping);
  const spectrum = load<i32>(stream, planes) as usize;
  const values = load<i32>(stream, unfolded) as usize;
  if (isHeard) {
    readLines(mapping, block);
    mix(mapping, lines);
    inverseMdct(load<i32>(block, transform) as usize, spectrum, values);
  } else {
    memory.fill(values, 0, (lines as usize) << 2);
  }
  return load<i32>(stream, delayTapCount) == 0 ? addOverlap(block, output) : addDelayed(block, output);
}

/** @returns Whether any channel has sound. */
function readFloors(mapping: usize): bool {
  const count = load<i32>(stream, channelCount) as usize;
  const state = load<i32>(stream, states) as usize;
  let isHeard = false;
  for (let channel: usize = 0; channel < count; channel++) {
    const floor = load<i32>((load<i32>(mapping, floors) as usize) + (channel << 2)) as usize;
    const isUsed = readFloor(floor, (load<i32>(stream, points) as usize) + channel * pointByteLength);
    store<i32>(state + (channel << 2), isUsed ? hasFloor | hasLines : 0);
    isHeard = isHeard || isUsed;
  }
  let pair = load<i32>(mapping, couplings) as usize;
  for (let left = load<i32>(mapping, couplingCount); left > 0; left--, pair += 8) {
    const first = state + ((load<i32>(pair) as usize) << 2);
    const second = state + ((load<i32>(pair, 4) as usize) << 2);
    const both = (load<i32>(first) | load<i32>(second)) & hasLines;
    store<i32>(first, load<i32>(first) | both);
    store<i32>(second, load<i32>(second) | both);
  }
  return isHeard;
}

function readLines(mapping: usize, block: usize): void {
  const channels = load<i32>(stream, channelCount) as usize;
  const heard = (load<i32>(block, lineCount) as usize) << 2;
  const all = (load<i32>(block, allLineCount) as usize) << 2;
  const state = load<i32>(stream, states) as usize;
  const plane = load<i32>(stream, planes) as usize;
  const planeBytes = load<i32>(stream, planeByteLength) as usize;
  const partOf = load<i32>(mapping, channelParts) as usize;
  const places = load<i32>(stream, vectors) as usize;
  const count = load<i32>(mapping, partCount) as usize;
  for (let channel: usize = 0; channel < channels; channel++) memory.fill(plane + channel * planeBytes, 0, heard);
  for (let part: usize = 0; part < count; part++) {
    const residue = load<i32>((load<i32>(mapping, residues) as usize) + (part << 2)) as usize;
    const isLast = part == count - 1;
    let size = 0;
    let isUsed = false;
    for (let channel: usize = 0; channel < channels; channel++) {
      if (load<i32>(partOf + (channel << 2)) != (part as i32)) continue;
      const isCoded = (load<i32>(state + (channel << 2)) & hasLines) != 0;
      store<i32>(places + ((size as usize) << 2), isCoded ? plane + channel * planeBytes : 0);
      isUsed = isUsed || isCoded;
      size++;
    }
    if (!isUsed) continue;
    const mark = load<i32>(stream, marks) as usize;
    if (load<i32>(residue) == 2 && size > 1) {
      const both = load<i32>(stream, interleaved) as usize;
      const length = size as usize;
      memory.fill(both, 0, heard * length);
      store<i32>(places, both);
      readResidue(residue, places, 1, all * length, heard * length, isLast, mark);
      deinterleave(both, part as i32, partOf, length, heard);
    } else {
      readResidue(residue, places, size, all, heard, isLast, mark);
    }
  }
}

/** From line after line of all channels of a part to channel after channel. */
function deinterleave(both: usize, part: i32, partOf: usize, size: usize, byteLength: usize): void {
  const channels = load<i32>(stream, channelCount) as usize;
  const planeBytes = load<i32>(stream, planeByteLength) as usize;
  let plane = load<i32>(stream, planes) as usize;
  if (size == 2 && channels == 2) {
    for (let at: usize = 0; at < byteLength; at += 16) {
      const a = v128.load(both + (at << 1));
      const b = v128.load(both + (at << 1), 16);
      v128.store(plane + at, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
      v128.store(plane + planeBytes + at, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
    }
    return;
  }
  let from = both;
  for (let channel: usize = 0; channel < channels; channel++, plane += planeBytes) {
    if (load<i32>(partOf + (channel << 2)) != part) continue;
    for (let at: usize = 0, line = from; at < byteLength; at += 4, line += size << 2) {
      store<f32>(plane + at, load<f32>(line));
    }
    from += 4;
  }
}

/** Undoes the coupling of channels, gives each its curve, and adds them all to the first. */
function mix(mapping: usize, lines: i32): void {
  const channels = load<i32>(stream, channelCount) as usize;
  const state = load<i32>(stream, states) as usize;
  const plane = load<i32>(stream, planes) as usize;
  const curve = load<i32>(stream, curves) as usize;
  const planeBytes = load<i32>(stream, planeByteLength) as usize;
  const byteLength = (lines as usize) << 2;
  const floor = load<i32>(mapping, floors) as usize;
  for (let channel: usize = 0; channel < channels; channel++) {
    const place = curve + channel * planeBytes;
    if ((load<i32>(state + (channel << 2)) & hasFloor) == 0) {
      memory.fill(place, 0, byteLength);
    } else {
      const own = (load<i32>(stream, points) as usize) + channel * pointByteLength;
      drawFloor(load<i32>(floor + (channel << 2)) as usize, own, load<i32>(stream, levels) as usize, lines, place);
    }
  }
  const pairs = load<i32>(mapping, couplings) as usize;
  for (let pair = load<i32>(mapping, couplingCount) - 1; pair >= 0; pair--) {
    const channelPair = pairs + ((pair as usize) << 3);
    uncouple(
      plane + (load<i32>(channelPair) as usize) * planeBytes,
      plane + (load<i32>(channelPair, 4) as usize) * planeBytes,
      byteLength,
    );
  }
  for (let at: usize = 0; at < byteLength; at += 16) {
    let sum = f32x4.mul(v128.load(plane + at), v128.load(curve + at));
    let place = planeBytes + at;
    for (let channel: usize = 1; channel < channels; channel++, place += planeBytes) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(plane + place), v128.load(curve + place)));
    }
    v128.store(plane + at, sum);
  }
}

/** From magnitude and angle to two channels (Vorbis I, 4.3.5). */
function uncouple(magnitude: usize, angle: usize, byteLength: usize): void {
  const zero = f32x4.splat(0);
  const sign = i32x4.splat(0x80000000);
  for (let at: usize = 0; at < byteLength; at += 16) {
    const m = v128.load(magnitude + at);
    const a = v128.load(angle + at);
    const turned = v128.xor(a, v128.andnot(sign, f32x4.gt(m, zero)));
    const isRight = f32x4.gt(a, zero);
    v128.store(magnitude + at, f32x4.add(m, v128.andnot(turned, isRight)));
    v128.store(angle + at, f32x4.sub(m, v128.and(turned, isRight)));
  }
}

/**
 * The second half of the block before fades out while the first half of this one fades in, as steep as the shorter of both
 * (Vorbis I, 4.3.1). Each half is the mirror image of itself, of which one side is kept.
 */
function addOverlap(block: usize, output: usize): i32 {
  const byteLength = (load<i32>(block, lineCount) as usize) << 2;
  const before = lastByteLength;
  const values = load<i32>(stream, unfolded) as usize;
  const old = load<i32>(stream, tail) as usize;
  lastByteLength = byteLength;
  const place = output;
  if (before > 0) {
    const common = min(before, byteLength);
    const half = common >> 1;
    const window = load<i32>(before < byteLength ? (load<i32>(stream, blocks) as usize) : block, slope) as usize;
    const plainBefore = (before - common) >> 1;
    for (let at: usize = 0; at < plainBefore; at += 16, output += 16) {
      v128.store(output, f32x4.neg(reversed(v128.load(old + (before >> 1) - 16 - at))));
    }
    const fresh = values + (byteLength >> 1) + (byteLength >> 1) - half;
    for (let at: usize = 0, mirrored = common - 16; at < half; at += 16, mirrored -= 16) {
      const a = v128.load(fresh + at);
      const b = reversed(v128.load(old + half - 16 - at));
      const rising = v128.load(window + at);
      const falling = reversed(v128.load(window + mirrored));
      v128.store(output + at, f32x4.sub(f32x4.mul(a, rising), f32x4.mul(b, falling)));
      v128.store(output + mirrored, f32x4.neg(reversed(f32x4.add(f32x4.mul(a, falling), f32x4.mul(b, rising)))));
    }
    output += common;
    const plain = (byteLength - common) >> 1;
    for (let at: usize = 0; at < plain; at += 16, output += 16) {
      v128.store(output, f32x4.neg(reversed(v128.load(values + (byteLength >> 1) + plain - 16 - at))));
    }
  }
  memory.copy(old, values, byteLength >> 1);
  return ((output - place) >> 2) as i32;
}

/** The same later by a part of a sample, through a filter whose first tap belongs to the latest sample. */
function addDelayed(block: usize, output: usize): i32 {
  const taps = load<i32>(stream, delayTaps) as usize;
  const tapBytes = (load<i32>(stream, delayTapCount) as usize) << 2;
  const history = tapBytes - 4;
  const start = load<i32>(stream, delayLine) as usize;
  const count = addOverlap(block, start + history);
  const byteLength = (count as usize) << 2;
  const tapsEnd = taps + tapBytes;
  let line = start + history;
  for (const end = line + byteLength; line < end; line += 32, output += 32) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let from = line;
    for (let tap = taps; tap < tapsEnd; tap += 4, from -= 4) {
      const factor = v128.load32_splat(tap);
      a = f32x4.add(a, f32x4.mul(factor, v128.load(from)));
      b = f32x4.add(b, f32x4.mul(factor, v128.load(from, 16)));
    }
    v128.store(output, a);
    v128.store(output, b, 16);
  }
  memory.copy(start, start + byteLength, history);
  return count;
}

function reversed(samples: v128): v128 {
  return v128.shuffle<f32>(samples, samples, 3, 2, 1, 0);
}

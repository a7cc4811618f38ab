import { inPhaseCodebook, noiseCodebook, outOfPhaseCodebook, type ChannelStream } from './channelStream.js';

/** The joint stereo of a pair (ISO/IEC 14496-3, 4.6.8): what ms_mask_present says, and the mask by group and band. */
export interface JointStereo {
  /** 0 none, 1 by the mask, 2 everywhere. */
  present: number;
  readonly mask: Uint8Array;
}

const separate = 0;
const midSide = 1;
const intensity = 2;

function kindOf(left: ChannelStream, right: ChannelStream, joint: JointStereo, index: number): number {
  const codebook = right.codebooks[index] ?? 0;
  if (codebook === inPhaseCodebook || codebook === outOfPhaseCodebook) return intensity;
  const isCoded = codebook < noiseCodebook && (left.codebooks[index] ?? 0) < noiseCodebook;
  return isCoded && joint.mask[index] === 1 ? midSide : separate;
}

/** Marks the bands whose right channel, being the side signal, vanishes from a mix of both. */
export function markSideBands(left: ChannelStream, right: ChannelStream, joint: JointStereo, marks: Uint8Array): void {
  const count = left.info.groupCount * left.info.maxBand;
  for (let index = 0; index < count; index++) {
    marks[index] = kindOf(left, right, joint, index) === midSide ? 1 : 0;
  }
}

/** What the left channel counts for in the right one, 4.6.8.2.3. */
function intensityScale(right: ChannelStream, joint: JointStereo, index: number): number {
  const isInverted = joint.present === 1 && joint.mask[index] === 1;
  const isOutOfPhase = right.codebooks[index] === outOfPhaseCodebook;
  return (isInverted === isOutOfPhase ? 1 : -1) * 2 ** (-(right.scaleFactors[index] ?? 0) / 4);
}

/** Calls back for the lines of each band in each window, up to the limit within a window. */
function forEachBand(
  { info }: ChannelStream,
  limit: number,
  visit: (index: number, start: number, end: number) => void,
): void {
  const { maxBand, groupCount, groupLengths, offsets, stride } = info;
  let window = 0;
  for (let group = 0; group < groupCount; group++) {
    const groupEnd = window + (groupLengths[group] ?? 0);
    for (; window < groupEnd; window++) {
      for (let band = 0; band < maxBand; band++) {
        const start = offsets[band] ?? 0;
        const end = Math.min(limit, offsets[band + 1] ?? 0);
        if (start < end) visit(group * maxBand + band, window * stride + start, window * stride + end);
      }
    }
  }
}

/** Restores left and right from what the pair shares. Both have the same windows. */
export function separatePair(left: ChannelStream, right: ChannelStream, joint: JointStereo, limit: number): void {
  const first = left.spectrum;
  const second = right.spectrum;
  forEachBand(right, limit, (index, start, end) => {
    const kind = kindOf(left, right, joint, index);
    if (kind === midSide) {
      for (let line = start; line < end; line++) {
        const mid = first[line] ?? 0;
        const side = second[line] ?? 0;
        first[line] = mid + side;
        second[line] = mid - side;
      }
    } else if (kind === intensity) {
      const scale = intensityScale(right, joint, index);
      for (let line = start; line < end; line++) second[line] = (first[line] ?? 0) * scale;
    }
  });
}

/** Puts the mean of both channels into the left one, straight from what the pair shares. Both have the same windows. */
export function mixPair(left: ChannelStream, right: ChannelStream, joint: JointStereo, limit: number): void {
  const first = left.spectrum;
  const second = right.spectrum;
  forEachBand(right, limit, (index, start, end) => {
    const kind = kindOf(left, right, joint, index);
    if (kind === separate) {
      for (let line = start; line < end; line++) first[line] = 0.5 * ((first[line] ?? 0) + (second[line] ?? 0));
    } else if (kind === intensity) {
      const scale = 0.5 * (1 + intensityScale(right, joint, index));
      for (let line = start; line < end; line++) first[line] = (first[line] ?? 0) * scale;
    }
  });
}

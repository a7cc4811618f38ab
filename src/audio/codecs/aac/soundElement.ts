import type { BitReader } from '../bitReader.js';
import { malformed } from '../codecError.js';
import { markSideBands, mixPair, separatePair, type JointStereo } from './channelPair.js';
import {
  createChannelStream,
  readDifference,
  readSideInformation,
  zeroCodebook,
  type ChannelStream,
} from './channelStream.js';
import type { NoiseSource } from './noise.js';
import type { BandLayout } from './scaleFactorBands.js';
import { decodeSpectrum } from './spectrum.js';
import { applyShaping, shapesFromAbove } from './temporalNoiseShaping.js';
import { readWindowInfo, type WindowInfo } from './windowInfo.js';

/** One element of a packet that carries sound, kept from packet to packet. */
export interface SoundElement {
  readonly first: ChannelStream;
  readonly second: ChannelStream;
  /** Window shapes of the packet before. */
  firstShape: number;
  secondShape: number;
  isPair: boolean;
  isLowFrequency: boolean;
  /** True when `first` holds the mean of a pair and `second` nothing. */
  isMixed: boolean;
  readonly joint: JointStereo;
  readonly sideBands: Uint8Array;
}

export interface ElementContext {
  readonly layout: BandLayout;
  readonly noise: NoiseSource;
  /** 2 when only the lower half of each spectrum is wanted. */
  readonly shrink: 1 | 2;
  readonly isMono: boolean;
}

export function createSoundElement(): SoundElement {
  return {
    first: createChannelStream(),
    second: createChannelStream(),
    firstShape: 0,
    secondShape: 0,
    isPair: false,
    isLowFrequency: false,
    isMixed: false,
    joint: { present: 0, mask: new Uint8Array(128) },
    sideBands: new Uint8Array(128),
  };
}

function limitOf({ info, shaping }: ChannelStream, shrink: number): number {
  const limit = info.stride / shrink;
  return shapesFromAbove(shaping, info.stride, limit) ? info.stride : limit;
}

function shape(channel: ChannelStream, shrink: number): void {
  const { stride, windowCount } = channel.info;
  applyShaping(channel.shaping, channel.spectrum, windowCount > 1 ? windowCount * stride : stride / shrink);
}

/**
 * single_channel_element() or lfe_channel_element() after its tag (ISO/IEC 14496-3, 4.4.2.1).
 * @param mayStop True when nothing of interest follows in the packet; the reader may then stay inside the element.
 */
export function readSingle(bits: BitReader, element: SoundElement, context: ElementContext, mayStop: boolean): void {
  const { first } = element;
  readSideInformation(bits, context.layout, first, undefined);
  const limit = limitOf(first, context.shrink);
  decodeSpectrum(bits, first, context.noise, { limit, mayStop });
  shape(first, context.shrink);
  element.isMixed = false;
}

/** channel_pair_element() after its tag, 4.4.2.1. */
export function readPair(bits: BitReader, element: SoundElement, context: ElementContext, mayStop: boolean): void {
  const { first, second, joint } = element;
  const { layout, noise, shrink } = context;
  const isCommon = bits.readFlag();
  joint.present = 0;
  if (isCommon) {
    readWindowInfo(bits, layout, first.ownInfo);
    readMask(bits, joint, first.ownInfo);
  } else {
    joint.mask.fill(0);
  }
  readSideInformation(bits, layout, first, isCommon ? first.ownInfo : undefined);
  const firstLimit = limitOf(first, shrink);
  const noiseState = noise.state;
  decodeSpectrum(bits, first, noise, { limit: firstLimit, mayStop: false });

  readSideInformation(bits, layout, second, isCommon ? first.ownInfo : undefined);
  element.isMixed = context.isMono && isMixable(element);
  const secondLimit = limitOf(second, shrink);
  if (isCommon && secondLimit > firstLimit) {
    // Noise shaping of the second channel reaches for lines of the first that were passed over.
    const { position } = bits;
    bits.position = first.spectrumPosition;
    noise.state = noiseState;
    decodeSpectrum(bits, first, noise, { limit: secondLimit, mayStop: false });
    bits.position = position;
  }
  if (element.isMixed) markSideBands(first, second, joint, element.sideBands);
  const unwanted = element.isMixed ? element.sideBands : undefined;
  decodeSpectrum(bits, second, noise, { limit: secondLimit, unwanted, mayStop });
  if (element.isMixed) {
    mixPair(first, second, joint, secondLimit);
    return;
  }
  if (isCommon) separatePair(first, second, joint, Math.max(firstLimit, secondLimit));
  shape(first, shrink);
  shape(second, shrink);
}

/** Mixing comes before noise shaping and the windows here, which is the same where both channels agree in them. */
function isMixable({ first, second, firstShape, secondShape }: SoundElement): boolean {
  return (
    first.info === second.info &&
    firstShape === secondShape &&
    first.shaping.filterCount === 0 &&
    second.shaping.filterCount === 0
  );
}

function readMask(bits: BitReader, joint: JointStereo, { groupCount, maxBand }: WindowInfo): void {
  joint.present = bits.read(2);
  if (joint.present === 3) throw malformed('The mask of mid-side stereo has the reserved kind.');
  if (joint.present === 1) {
    for (let index = 0; index < groupCount * maxBand; index++) joint.mask[index] = bits.read(1);
  } else {
    joint.mask.fill(joint.present === 2 ? 1 : 0);
  }
}

/** coupling_channel_element() after its tag, 4.4.2.1: read only to find its end. AAC-LC encoders do not use it. */
export function passCoupling(bits: BitReader, scratch: ChannelStream, { layout, noise }: ElementContext): void {
  const isIndependent = bits.readFlag();
  const coupledCount = bits.read(3) + 1;
  let listCount = 0;
  for (let index = 0; index < coupledCount; index++) {
    const isPair = bits.readFlag();
    bits.skip(4);
    listCount += isPair && bits.read(2) === 3 ? 2 : 1;
  }
  bits.skip(1 + 1 + 2); // domain, sign, scale
  readSideInformation(bits, layout, scratch, undefined);
  decodeSpectrum(bits, scratch, noise, { limit: 0, mayStop: false });
  const bandCount = scratch.info.groupCount * scratch.info.maxBand;
  for (let list = 1; list < listCount; list++) {
    if (isIndependent || bits.readFlag()) {
      readDifference(bits);
      continue;
    }
    for (let index = 0; index < bandCount; index++) {
      if (scratch.codebooks[index] !== zeroCodebook) readDifference(bits);
    }
  }
}

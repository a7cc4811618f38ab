import type { BitReader } from '../bitReader.js';

export type SpeakerPlace = 'front' | 'side' | 'back' | 'low-frequency';

/** One element of a packet that carries sound, and where it is heard. */
export interface SpeakerElement {
  readonly isPair: boolean;
  readonly place: SpeakerPlace;
}

const single = (place: SpeakerPlace): SpeakerElement => ({ isPair: false, place });
const pair = (place: SpeakerPlace): SpeakerElement => ({ isPair: true, place });

/** ISO/IEC 14496-3, table 1.19: the elements of each channel configuration in the order of the packet. */
const configurations: Readonly<Record<number, readonly SpeakerElement[]>> = {
  1: [single('front')],
  2: [pair('front')],
  3: [single('front'), pair('front')],
  4: [single('front'), pair('front'), single('back')],
  5: [single('front'), pair('front'), pair('back')],
  6: [single('front'), pair('front'), pair('back'), single('low-frequency')],
  7: [single('front'), pair('front'), pair('front'), pair('back'), single('low-frequency')],
  11: [single('front'), pair('front'), pair('side'), single('back'), single('low-frequency')],
  12: [single('front'), pair('front'), pair('side'), pair('back'), single('low-frequency')],
  14: [single('front'), pair('front'), pair('side'), single('low-frequency'), pair('front')],
};

export function elementsOfConfiguration(channelConfiguration: number): readonly SpeakerElement[] | undefined {
  return configurations[channelConfiguration];
}

export function channelCountOf(elements: readonly SpeakerElement[]): number {
  return elements.reduce((count, element) => count + (element.isPair ? 2 : 1), 0);
}

/** Reads a program config element after its tag's place (4.4.1.1): the elements with sound, in the order of the packet. */
export function readProgramConfig(bits: BitReader): SpeakerElement[] {
  bits.skip(4 + 2 + 4); // instance tag, object type, sampling frequency index
  const front = bits.read(4);
  const side = bits.read(4);
  const back = bits.read(4);
  const lowFrequency = bits.read(2);
  const data = bits.read(3);
  const coupling = bits.read(4);
  if (bits.readFlag()) bits.skip(4); // mono mixdown
  if (bits.readFlag()) bits.skip(4); // stereo mixdown
  if (bits.readFlag()) bits.skip(3); // matrix mixdown
  const elements: SpeakerElement[] = [];
  for (const [count, place] of [
    [front, 'front'],
    [side, 'side'],
    [back, 'back'],
  ] as const) {
    for (let index = 0; index < count; index++) {
      elements.push({ isPair: bits.readFlag(), place });
      bits.skip(4);
    }
  }
  for (let index = 0; index < lowFrequency; index++) {
    elements.push(single('low-frequency'));
    bits.skip(4);
  }
  bits.skip(4 * data + 5 * coupling);
  bits.align();
  bits.skip(8 * bits.read(8)); // comment
  return elements;
}

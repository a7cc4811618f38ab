import { BitReader } from '../bitReader.js';
import { CodecError, malformed, unsupported } from '../codecError.js';
import { readAdtsHeader, startsAdtsFrame } from './adtsHeader.js';
import { readAudioSpecificConfig, type AacConfig } from './audioSpecificConfig.js';
import { createChannelStream } from './channelStream.js';
import { downmixGains, type ElementGains } from './downmix.js';
import { createFilterbank, createTransforms } from './filterbank.js';
import { createNoiseSource } from './noise.js';
import { channelCountOf, elementsOfConfiguration, readProgramConfig, type SpeakerElement } from './programConfig.js';
import { bandLayoutOf } from './scaleFactorBands.js';
import {
  createSoundElement,
  passCoupling,
  readPair,
  readSingle,
  type ElementContext,
  type SoundElement,
} from './soundElement.js';

export interface AacDecoderOptions {
  /** As MP4 and Matroska keep it. Without it, `adtsFrame` is needed. */
  readonly audioSpecificConfig?: Uint8Array;
  /** The first frame of an ADTS stream, for its header. */
  readonly adtsFrame?: Uint8Array;
  /** True for a mix of all channels, which costs little more than one of them. */
  readonly mono?: boolean;
  /** True for half the sample rate, at half the work; bandwidth is then a quarter of the full rate. */
  readonly halfRate?: boolean;
}

export interface AacDecoder {
  /** Of what is delivered. Hz. */
  readonly sampleRate: number;
  /** 1 or 2: of more channels a stereo mix is delivered. */
  readonly channelCount: number;
  readonly config: AacConfig;
  /**
   * Decodes a packet, with or without an ADTS header. Gives 1024 samples, 512 at half the rate, for each raw data block in
   * it, delayed against the encoder's input as the format has it; nothing is left to flush at the end. The arrays are
   * borrowed until the next call. Sample n at half the rate is the sound at 2n + 1/2.
   * @throws CodecError after which the decoder goes on with the next packet as if it were the first.
   */
  decode(packet: Uint8Array): { readonly channels: readonly Float32Array[] };
  /** Forgets the packet before, for a jump to another place. */
  reset(): void;
}

/** Elements of a packet (ISO/IEC 14496-3, table 4.85). */
const singleElement = 0;
const pairElement = 1;
const couplingElement = 2;
const lowFrequencyElement = 3;
const dataElement = 4;
const programElement = 5;
const fillElement = 6;
const endElement = 7;

/** 48 channels of 6144 bits are the most that a packet can hold (4.5.3.2); 16 elements of each kind. */
const maxPacketByteLength = 65_536;
const maxElementCount = 48;

/** @throws CodecError `unsupported` for all but AAC-LC and the LC core of HE-AAC, naming what it is. */
export function createAacDecoder(options: AacDecoderOptions): AacDecoder {
  const config = readConfig(options);
  const shrink = options.halfRate === true ? 2 : 1;
  let speakers = config.elements ?? elementsOfConfiguration(config.channelConfiguration) ?? [];
  const channelCount = options.mono === true || channelCountOf(speakers) === 1 ? 1 : 2;
  const context: ElementContext = {
    layout: bandLayoutOf(config.sampleRate),
    noise: createNoiseSource(),
    shrink,
    isMono: channelCount === 1,
  };
  const bits = new BitReader(maxPacketByteLength);
  const transforms = createTransforms(shrink);
  const filterbanks = Array.from({ length: channelCount }, () => createFilterbank(transforms));
  const elements: SoundElement[] = [];
  const coupling = createChannelStream();
  let output = filterbanks.map(() => new Float32Array(transforms.length));
  let gains: readonly ElementGains[] = downmixGains(speakers, channelCount);
  let gainsOf: readonly SpeakerElement[] = speakers;

  function reset(): void {
    for (const filterbank of filterbanks) filterbank.reset();
    for (const element of elements) element.firstShape = element.secondShape = 0;
  }

  /** raw_data_block(), 4.4.2.1. @returns how many elements have sound. */
  function readBlock(isLast: boolean): number {
    let count = 0;
    for (;;) {
      // An end that was cut off is no loss.
      const kind = bits.remaining < 3 && count > 0 ? endElement : bits.read(3);
      switch (kind) {
        case singleElement:
        case pairElement:
        case lowFrequencyElement: {
          if (count >= maxElementCount) throw malformed('A packet has more elements than any can have.');
          bits.skip(4);
          const element = (elements[count] ??= createSoundElement());
          count++;
          element.isPair = kind === pairElement;
          element.isLowFrequency = kind === lowFrequencyElement;
          const mayStop = isLast && speakers.length === 1 && config.channelConfiguration !== 0;
          if (element.isPair) readPair(bits, element, context, mayStop);
          else readSingle(bits, element, context, mayStop);
          if (mayStop) return count;
          break;
        }
        case couplingElement:
          bits.skip(4);
          passCoupling(bits, coupling, context);
          break;
        case dataElement: {
          bits.skip(4);
          const isAligned = bits.readFlag();
          const length = bits.read(8);
          const byteLength = length === 255 ? length + bits.read(8) : length;
          if (isAligned) bits.align();
          bits.skip(8 * byteLength);
          break;
        }
        case programElement:
          speakers = readProgramConfig(bits);
          break;
        case fillElement: {
          const length = bits.read(4);
          bits.skip(8 * (length === 15 ? length - 1 + bits.read(8) : length));
          break;
        }
        default:
          return count;
      }
    }
  }

  function chooseGains(count: number): void {
    const found = elements.slice(0, count);
    const isAsSaid =
      speakers.length === count && found.every(({ isPair }, index) => isPair === speakers[index]?.isPair);
    const wanted = isAsSaid ? speakers : found.map(guessedSpeaker);
    if (isAsSaid && gainsOf === wanted) return;
    gains = downmixGains(wanted, channelCount);
    gainsOf = wanted;
  }

  function synthesise(count: number, offset: number): void {
    for (let index = 0; index < count; index++) {
      const element = elements[index];
      const gain = gains[index];
      if (element === undefined || gain === undefined) continue;
      addElement(element, gain);
    }
    filterbanks.forEach((filterbank, index) => {
      const target = output[index];
      if (target !== undefined) filterbank.finish(target, offset);
    });
  }

  function addElement(element: SoundElement, { first, second }: ElementGains): void {
    const { info } = element.first;
    const windowing = { sequence: info.sequence, shape: info.shape, previousShape: element.firstShape };
    element.firstShape = info.shape;
    const otherInfo = element.isPair ? element.second.info : info;
    const otherWindowing = { sequence: otherInfo.sequence, shape: otherInfo.shape, previousShape: element.secondShape };
    element.secondShape = otherInfo.shape;
    filterbanks.forEach((filterbank, index) => {
      const firstGain = first[index] ?? 0;
      const secondGain = second[index] ?? 0;
      if (element.isMixed) {
        filterbank.add(element.first.spectrum, windowing, firstGain + secondGain);
        return;
      }
      if (firstGain !== 0) filterbank.add(element.first.spectrum, windowing, firstGain);
      if (element.isPair && secondGain !== 0) filterbank.add(element.second.spectrum, otherWindowing, secondGain);
    });
  }

  function decode(packet: Uint8Array): number {
    bits.load(packet);
    let blockCount = 1;
    let checksumBits = 0;
    if (startsAdtsFrame(packet)) {
      const header = readAdtsHeader(packet);
      if (header.sampleRate !== config.sampleRate) throw unsupported('The sample rate changes within the stream.');
      bits.skip(8 * header.headerByteLength);
      blockCount = header.blockCount;
      checksumBits = header.hasChecksum && blockCount > 1 ? 16 : 0;
    }
    if (output[0]?.length !== blockCount * transforms.length) {
      output = filterbanks.map(() => new Float32Array(blockCount * transforms.length));
    }
    for (let block = 0; block < blockCount; block++) {
      const count = readBlock(blockCount === 1);
      if (count === 0) throw malformed('A packet has no sound in it.');
      chooseGains(count);
      synthesise(count, block * transforms.length);
      bits.align();
      if (block < blockCount - 1) bits.skip(checksumBits);
    }
    return blockCount;
  }

  return {
    sampleRate: config.sampleRate / shrink,
    channelCount,
    config,
    decode(packet) {
      try {
        decode(packet);
      } catch (error) {
        reset();
        throw error instanceof CodecError ? error : malformed(`A packet cannot be read: ${String(error)}`);
      }
      return { channels: output };
    },
    reset,
  };
}

function readConfig({ audioSpecificConfig, adtsFrame }: AacDecoderOptions): AacConfig {
  if (audioSpecificConfig !== undefined) return readAudioSpecificConfig(audioSpecificConfig);
  if (adtsFrame === undefined) throw unsupported('AAC without a configuration cannot be decoded.');
  const { sampleRate, channelConfiguration } = readAdtsHeader(adtsFrame);
  return { sampleRate, channelConfiguration, hasBandReplication: false };
}

/** Where an element is heard when no configuration fits the packet. */
function guessedSpeaker(
  { isPair, isLowFrequency }: SoundElement,
  index: number,
  all: readonly SoundElement[],
): SpeakerElement {
  if (isLowFrequency) return { isPair, place: 'low-frequency' };
  const isFirstOfKind = all.findIndex((other) => other.isPair === isPair && !other.isLowFrequency) === index;
  return { isPair, place: isFirstOfKind ? 'front' : 'back' };
}

import { BitReader } from '../bitReader.js';
import { malformed, unsupported } from '../codecError.js';
import { readProgramConfig, type SpeakerElement } from './programConfig.js';
import { samplingFrequencies } from './scaleFactorBands.js';

/** What an AAC-LC stream must tell before its first packet. */
export interface AacConfig {
  /** Of the LC core; spectral band replication, which is not decoded, would double it. Hz. */
  readonly sampleRate: number;
  /** ISO/IEC 14496-3, table 1.19; 0 where a program config element says more. */
  readonly channelConfiguration: number;
  /** Of a program config element, in the order of the elements in a packet. */
  readonly elements?: readonly SpeakerElement[];
  /** True when the configuration itself says that the stream has spectral band replication (HE-AAC). */
  readonly hasBandReplication: boolean;
}

/** Names of audio object types that are met in files and not decoded. Table 1.17. */
const objectNames: Readonly<Record<number, string>> = {
  1: 'AAC Main',
  3: 'AAC SSR',
  4: 'AAC LTP',
  6: 'AAC Scalable',
  17: 'ER AAC LC',
  23: 'ER AAC LD',
  32: 'MPEG layer 1',
  33: 'MPEG layer 2',
  34: 'MP3',
  36: 'MPEG-4 ALS',
  39: 'ER AAC ELD',
  42: 'xHE-AAC (USAC)',
};
const lowComplexity = 2;
const bandReplication = 5;
const parametricStereo = 29;

/**
 * Reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1), as MP4 and Matroska keep it.
 * @throws CodecError
 */
export function readAudioSpecificConfig(bytes: Uint8Array): AacConfig {
  const bits = new BitReader(65_536);
  bits.load(bytes);
  let objectType = readObjectType(bits);
  const sampleRate = readSamplingFrequency(bits);
  const channelConfiguration = bits.read(4);
  const hasBandReplication = objectType === bandReplication || objectType === parametricStereo;
  if (hasBandReplication) {
    readSamplingFrequency(bits);
    objectType = readObjectType(bits);
  }
  if (objectType !== lowComplexity) {
    throw unsupported(
      `${objectNames[objectType] ?? `MPEG-4 audio object type ${objectType}`} is not decoded, AAC-LC is.`,
    );
  }
  // GASpecificConfig, 4.4.1.
  if (bits.readFlag()) throw unsupported('AAC with 960 samples in a frame is not decoded.');
  if (bits.readFlag()) bits.skip(14);
  bits.skip(1);
  if (channelConfiguration !== 0) return { sampleRate, channelConfiguration, hasBandReplication };
  return { sampleRate, channelConfiguration, elements: readProgramConfig(bits), hasBandReplication };
}

function readObjectType(bits: BitReader): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function readSamplingFrequency(bits: BitReader): number {
  const index = bits.read(4);
  const rate = index === 15 ? bits.read(24) : samplingFrequencies[index];
  if (rate === undefined || rate === 0) throw malformed(`There is no sampling frequency with index ${index}.`);
  return rate;
}

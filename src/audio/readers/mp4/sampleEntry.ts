import { ascii } from '../../signatures.js';
import { readAudioSpecificConfig } from '../../codecs/aac/audioSpecificConfig.js';
import { samplingFrequencies } from '../../codecs/aac/scaleFactorBands.js';
import { boxesOf, findBox } from '../mp4Boxes.js';
import { splitXiphHeaders } from '../xiphHeaders.js';
import { readElementaryStream } from './elementaryStream.js';

/** What the sample description says of a sound track. */
export interface SoundEntry {
  readonly codec: string;
  /** Hz; 0 where it does not say. */
  readonly sampleRate: number;
  readonly channelCount: number;
  /** The headers as the decoders take them. */
  readonly setup: readonly Uint8Array[];
  /** Of one sample of all channels, for uncompressed sound. */
  readonly pcmFrameByteLength?: number;
}

interface RawEntry {
  readonly format: string;
  /** Behind its size and format. */
  readonly body: DataView;
  readonly channelCount: number;
  readonly sampleRate: number;
  readonly sampleBits: number;
  /** Of QuickTime's version 2: what its numbers are. */
  readonly pcmFlags: number;
  readonly child: (...path: readonly string[]) => DataView | undefined;
}

/** @param descriptions The content of `stsd`. Undefined when its first entry is no sound. */
export function readSoundEntry(descriptions: DataView): SoundEntry | undefined {
  const [entry] = boxesOf(descriptions, 8);
  if (entry === undefined || entry.body.byteLength < 28) return undefined;
  const raw = readRawEntry(entry.type, entry.body);
  const { channelCount, sampleRate } = raw;
  const plain = { sampleRate, channelCount, setup: [] };
  const pcm = pcmCodec(raw);
  if (pcm !== undefined) {
    const [codec, byteLength] = pcm;
    return { ...plain, codec, pcmFrameByteLength: byteLength * Math.max(1, channelCount) };
  }
  switch (raw.format) {
    case 'mp4a':
      return describeMp4a(raw);
    case 'alac':
      return { ...plain, codec: 'alac', ...describeAlac(raw) };
    case 'Opus':
      return { ...plain, codec: 'opus', ...describeOpus(raw) };
    case 'fLaC':
      return { ...plain, codec: 'flac', ...describeFlac(raw) };
    case '.mp3':
    case 'ms\0U':
      return { ...plain, codec: 'mp3' };
    default:
      return { ...plain, codec: codecNames[raw.format] ?? (raw.format.trim().toLowerCase() || 'unknown') };
  }
}

const codecNames: Readonly<Record<string, string>> = {
  'ac-3': 'ac3',
  'ec-3': 'eac3',
  samr: 'amr-nb',
  sawb: 'amr-wb',
  dtsc: 'dts',
  dtsh: 'dts',
  dtsl: 'dts',
  dtse: 'dts',
};

/** ISO/IEC 14496-12, 12.2.3; the longer versions are those of QuickTime's file format. */
function readRawEntry(format: string, body: DataView): RawEntry {
  const version = body.getUint16(8);
  const isLong = version === 2 && body.byteLength >= 64;
  const begin = isLong ? 64 : version === 1 ? 44 : 28;
  // Some writers follow one standard in the version and the other in the length.
  const begins = [begin, 28, 44, 64];
  return {
    format,
    body,
    channelCount: isLong ? body.getUint32(40) : body.getUint16(16),
    sampleRate: isLong ? body.getFloat64(32) : body.getUint32(24) / 65_536,
    sampleBits: isLong ? body.getUint32(48) : body.getUint16(18),
    pcmFlags: isLong ? body.getUint32(52) : 0,
    child: (...path) => {
      for (const start of begins) {
        const found = findBox(body, path, start) ?? findBox(body, ['wave', ...path], start);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

type PcmKind = readonly [codec: string, byteLength: number];

function pcmCodec(raw: RawEntry): PcmKind | undefined {
  const { format, sampleBits, pcmFlags, child } = raw;
  // `enda` in QuickTime: the numbers are little-endian after all.
  const enda = child('enda');
  const isLittle = enda !== undefined && enda.byteLength >= 2 && (enda.getUint16(0) & 0xff) !== 0;
  const end = isLittle ? '' : 'be';
  switch (format) {
    case 'sowt':
      return sampleBits === 8 ? ['pcm-s8', 1] : ['pcm-s16', 2];
    case 'twos':
      return sampleBits === 8 ? ['pcm-s8', 1] : [`pcm-s16${end}`, 2];
    case 'raw ':
    case 'NONE':
      return sampleBits === 16 ? [`pcm-s16${end}`, 2] : ['pcm-u8', 1];
    case 'in24':
      return [`pcm-s24${end}`, 3];
    case 'in32':
      return [`pcm-s32${end}`, 4];
    case 'fl32':
      return [`pcm-f32${end}`, 4];
    case 'fl64':
      return [`pcm-f64${end}`, 8];
    case 'alaw':
      return ['alaw', 1];
    case 'ulaw':
      return ['mulaw', 1];
    case 'lpcm':
      return linearPcm(sampleBits, (pcmFlags & 1) !== 0, (pcmFlags & 2) === 0);
    case 'ipcm':
    case 'fpcm': {
      // ISO/IEC 23003-5.
      const configuration = child('pcmC');
      if (configuration === undefined || configuration.byteLength < 6) return undefined;
      return linearPcm(configuration.getUint8(5), format === 'fpcm', (configuration.getUint8(4) & 1) !== 0);
    }
    default:
      return undefined;
  }
}

function linearPcm(bits: number, isFloat: boolean, isLittle: boolean): PcmKind | undefined {
  const known = isFloat ? [32, 64] : [16, 24, 32];
  if (!isFloat && bits === 8) return ['pcm-s8', 1];
  return known.includes(bits) ? [`pcm-${isFloat ? 'f' : 's'}${bits}${isLittle ? '' : 'be'}`, bits / 8] : undefined;
}

/** Object types of ISO/IEC 14496-1, table 5, and what is registered beside it. */
const objectTypes: Readonly<Record<number, string>> = {
  0x40: 'aac',
  0x66: 'aac',
  0x67: 'aac',
  0x68: 'aac',
  0x69: 'mp3',
  0x6b: 'mp3',
  0xa5: 'ac3',
  0xa6: 'eac3',
  0xa9: 'dts',
  0xdd: 'vorbis',
};

function describeMp4a(raw: RawEntry): SoundEntry {
  const { channelCount, sampleRate, child } = raw;
  const plain = { sampleRate, channelCount };
  const box = child('esds');
  const stream = box === undefined ? undefined : readElementaryStream(box);
  const codec = stream === undefined ? 'aac' : (objectTypes[stream.objectType] ?? 'unknown');
  const specific = stream?.specific;
  if (codec === 'vorbis') return { ...plain, codec, setup: splitXiphHeaders(specific ?? new Uint8Array(0)) };
  if (codec !== 'aac') return { ...plain, codec, setup: [] };
  if (specific === undefined) return { ...plain, codec, setup: [plainAacConfig(sampleRate, channelCount)] };
  return { ...plain, ...aacShape(specific, plain), codec, setup: [specific] };
}

/** Of channel configurations (ISO/IEC 14496-3, table 1.19); with 0 a program config element says more. */
const channelCounts: readonly (number | undefined)[] = [undefined, 1, 2, 3, 4, 5, 6, 8];

/** The codec's own configuration knows better than the container. */
export function aacShape(
  specific: Uint8Array,
  said: { readonly sampleRate: number; readonly channelCount: number },
): { sampleRate: number; channelCount: number } {
  try {
    const { sampleRate, channelConfiguration, hasBandReplication } = readAudioSpecificConfig(specific);
    return {
      sampleRate: hasBandReplication ? 2 * sampleRate : sampleRate,
      channelCount: channelCounts[channelConfiguration] ?? said.channelCount,
    };
  } catch {
    // The decoder will say what is wrong with it.
    return said;
  }
}

/** AAC-LC of this rate and these channels, where a writer left the configuration out. */
function plainAacConfig(sampleRate: number, channelCount: number): Uint8Array {
  const index = Math.max(0, samplingFrequencies.indexOf(sampleRate));
  return Uint8Array.of((2 << 3) | (index >> 1), ((index & 1) << 7) | (channelCount << 3));
}

/** The box of the same name within the entry holds version and flags, and Apple's "magic cookie". */
function describeAlac({ child }: RawEntry): Pick<SoundEntry, 'setup'> {
  const box = child('alac');
  if (box === undefined || box.byteLength < 28) return { setup: [] };
  return { setup: [new Uint8Array(box.buffer, box.byteOffset + 4, box.byteLength - 4).slice()] };
}

/** `dOps` is `OpusHead` (RFC 7845, 5.1) with its numbers the other way round. */
function describeOpus({ child, channelCount }: RawEntry): Partial<SoundEntry> & Pick<SoundEntry, 'setup'> {
  const box = child('dOps');
  if (box === undefined || box.byteLength < 11) return { setup: [], sampleRate: 48_000 };
  const bytes = new Uint8Array(box.buffer, box.byteOffset, box.byteLength);
  const head = new Uint8Array(8 + bytes.byteLength);
  head.set(Array.from('OpusHead', (character) => character.charCodeAt(0)));
  head.set(bytes, 8);
  const view = new DataView(head.buffer);
  view.setUint8(8, 1);
  view.setUint16(10, box.getUint16(2), true);
  view.setUint32(12, box.getUint32(4), true);
  view.setInt16(16, box.getInt16(8), true);
  return { setup: [head], sampleRate: 48_000, channelCount: box.getUint8(1) || channelCount };
}

/** `dfLa` holds FLAC's blocks of metadata; the decoder takes the first alone, marked as the last. */
function describeFlac({ child }: RawEntry): Partial<SoundEntry> & Pick<SoundEntry, 'setup'> {
  const box = child('dfLa');
  if (box === undefined || box.byteLength < 42 || ascii(box, 4, 1) === '') return { setup: [] };
  const head = new Uint8Array(42);
  head.set([0x66, 0x4c, 0x61, 0x43]);
  head.set(new Uint8Array(box.buffer, box.byteOffset + 4, 38), 4);
  head[4] = 0x80;
  const bits = new DataView(head.buffer).getUint32(18);
  return { setup: [head], sampleRate: bits >>> 12, channelCount: ((bits >>> 9) & 7) + 1 };
}

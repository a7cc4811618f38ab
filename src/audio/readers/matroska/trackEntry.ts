import { aacShape } from '../mp4/sampleEntry.js';
import { splitXiphHeaders } from '../xiphHeaders.js';
import { elementsOf, floatOf, ids, textOf, unsignedOf } from './ebml.js';

export interface MatroskaTrackEntry {
  readonly number: number;
  readonly isSound: boolean;
  readonly isDefault: boolean;
  readonly codec: string;
  /** Hz */
  readonly sampleRate: number;
  readonly channelCount: number;
  /** The headers as the decoders take them. */
  readonly setup: readonly Uint8Array[];
  readonly bitDepth: number;
  /** Bytes that every packet begins with and that are left out in the file. */
  readonly strippedHeader?: Uint8Array;
  /** Set where packets are compressed once more or encrypted: in words. */
  readonly obstacle?: string;
}

const soundTrack = 2;
const headerStripping = 3;

const codecs: Readonly<Record<string, string>> = {
  A_OPUS: 'opus',
  A_VORBIS: 'vorbis',
  A_FLAC: 'flac',
  'A_MPEG/L3': 'mp3',
  'A_MPEG/L2': 'mp2',
  A_AC3: 'ac3',
  A_EAC3: 'eac3',
  A_DTS: 'dts',
  A_ALAC: 'alac',
};

export function readTrackEntry(bytes: Uint8Array): MatroskaTrackEntry {
  const values = new Map<number, Uint8Array>();
  for (const { id, body } of elementsOf(bytes)) {
    values.set(id, body);
    if (id === ids.audio) for (const part of elementsOf(body)) values.set(part.id, part.body);
  }
  const number = (id: number, otherwise: number): number => {
    const body = values.get(id);
    return body === undefined ? otherwise : unsignedOf(body);
  };
  const rate = values.get(ids.samplingFrequency);
  const bitDepth = number(ids.bitDepth, 0);
  const codec = codecName(textOf(values.get(ids.codecId) ?? new Uint8Array(0)), bitDepth);
  const said = {
    sampleRate: rate === undefined ? 8000 : floatOf(rate),
    channelCount: number(ids.channels, 1),
  };
  const setup = codecSetup(codec, values.get(ids.codecPrivate));
  const [specific] = setup;
  return {
    number: number(ids.trackNumber, 0),
    isSound: number(ids.trackType, 0) === soundTrack,
    isDefault: number(ids.flagDefault, 1) === 1,
    codec,
    ...(codec === 'aac' && specific !== undefined ? aacShape(specific, said) : said),
    ...(codec === 'opus' ? { sampleRate: 48_000 } : {}),
    setup,
    bitDepth,
    ...encodingOf(values.get(ids.contentEncodings)),
  };
}

function codecName(id: string, bitDepth: number): string {
  if (id.startsWith('A_AAC')) return 'aac';
  if (id === 'A_PCM/FLOAT/IEEE') return `pcm-f${bitDepth || 32}`;
  if (id === 'A_PCM/INT/LIT') return bitDepth === 8 ? 'pcm-u8' : `pcm-s${bitDepth || 16}`;
  if (id === 'A_PCM/INT/BIG') return bitDepth === 8 ? 'pcm-u8' : `pcm-s${bitDepth || 16}be`;
  return codecs[id] ?? (id.toLowerCase() || 'unknown');
}

function codecSetup(codec: string, bytes: Uint8Array | undefined): Uint8Array[] {
  if (bytes === undefined || bytes.byteLength === 0) return [];
  if (codec === 'vorbis') return splitXiphHeaders(bytes);
  if (codec !== 'flac') return [bytes];
  const head = bytes.slice(0, 42);
  // The decoder gets STREAMINFO alone, so it must be marked as the last of its kind.
  head[4] = 0x80;
  return [head];
}

function encodingOf(bytes: Uint8Array | undefined): Pick<MatroskaTrackEntry, 'strippedHeader' | 'obstacle'> {
  if (bytes === undefined) return {};
  for (const { id, body } of elementsOf(bytes)) {
    if (id !== ids.contentEncoding) continue;
    for (const part of elementsOf(body)) {
      if (part.id === ids.contentEncryption) return { obstacle: 'encrypted' };
      if (part.id !== ids.contentCompression) continue;
      let algorithm = 0;
      let settings = new Uint8Array(0);
      for (const value of elementsOf(part.body)) {
        if (value.id === ids.compressionAlgorithm) algorithm = unsignedOf(value.body);
        if (value.id === ids.compressionSettings) settings = value.body.slice();
      }
      return algorithm === headerStripping ? { strippedHeader: settings } : { obstacle: 'compressed once more' };
    }
  }
  return {};
}

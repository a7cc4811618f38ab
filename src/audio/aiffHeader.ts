import { EarshotError } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import { walkChunks } from './chunks.js';
import type { Chunk } from './chunks.js';
import { ima4PacketByteLength } from './imaAdpcm.js';
import type { PcmCodec } from './pcm.js';
import { ascii } from './signatures.js';

/** Where the samples of an AIFF or AIFC file are and how they are stored. */
export interface AiffLayout {
  /** A PcmCodec, `adpcm-ima4`, or what the file calls its compression. */
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Of all channels at one moment; for `adpcm-ima4` of one packet each. */
  readonly frameByteLength: number;
  readonly dataStart: number;
  /** Clipped to the file, and to whole frames. */
  readonly dataEnd: number;
  readonly isTruncated: boolean;
}

interface Common {
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly sampleRate: number;
  /** Four characters, `NONE` in AIFF. */
  readonly compression: string;
}

const bigEndian: Readonly<Record<number, PcmCodec>> = {
  1: 'pcm-s8',
  2: 'pcm-s16be',
  3: 'pcm-s24be',
  4: 'pcm-s32be',
};
const littleEndian: Readonly<Record<number, PcmCodec>> = { 1: 'pcm-s8', 2: 'pcm-s16', 3: 'pcm-s24', 4: 'pcm-s32' };

/** By the compression's name; names come in both cases. */
const codecOfCompression: Readonly<Record<string, (sampleByteLength: number) => string | undefined>> = {
  none: (sampleByteLength) => bigEndian[sampleByteLength],
  twos: (sampleByteLength) => bigEndian[sampleByteLength],
  sowt: (sampleByteLength) => littleEndian[sampleByteLength],
  'raw ': () => 'pcm-u8',
  in24: () => 'pcm-s24be',
  in32: () => 'pcm-s32be',
  fl32: () => 'pcm-f32be',
  fl64: () => 'pcm-f64be',
  alaw: () => 'alaw',
  ulaw: () => 'mulaw',
  ima4: () => 'adpcm-ima4',
};

const fixedByteLengths: Readonly<Record<string, number>> = {
  'pcm-u8': 1,
  'pcm-s24be': 3,
  'pcm-s32be': 4,
  'pcm-f32be': 4,
  'pcm-f64be': 8,
  alaw: 1,
  mulaw: 1,
};

/** Reads the headers only. @throws EarshotError `clip-unreadable`. */
export async function readAiffHeader(source: ByteSource, signal?: AbortSignal): Promise<AiffLayout> {
  let common: Common | undefined;
  let sound: { readonly chunk: Chunk; readonly offset: number } | undefined;
  for await (const [chunk, body] of walkChunks(source, 12, false, signal)) {
    if (chunk.id === 'COMM') common ??= parseCommon(source, body);
    else if (chunk.id === 'SSND') sound ??= { chunk, offset: body.byteLength >= 4 ? body.getUint32(0) : 0 };
    if (common !== undefined && sound !== undefined) break;
  }
  if (common === undefined) throw damaged(source, 'it does not say how its samples are stored ("COMM" chunk)');
  if (sound === undefined) throw damaged(source, 'it ends before the samples begin (no "SSND" chunk)');
  const { channels, sampleRate, bitsPerSample, compression } = common;
  const sampleByteLength = Math.max(1, Math.ceil(bitsPerSample / 8));
  const codec =
    codecOfCompression[compression.toLowerCase()]?.(sampleByteLength) ?? `aifc-${compression.trim().toLowerCase()}`;
  const frameByteLength =
    channels * (codec === 'adpcm-ima4' ? ima4PacketByteLength : (fixedByteLengths[codec] ?? sampleByteLength));
  const dataStart = sound.chunk.bodyStart + 8 + sound.offset;
  // A program that writes to a pipe leaves no size: then everything up to the end of the file is sound.
  const isOpen = sound.chunk.byteLength <= 8 || sound.chunk.byteLength >= 0x7fff_f000;
  const declaredEnd = isOpen ? source.byteLength : sound.chunk.bodyStart + sound.chunk.byteLength;
  const available = Math.max(0, Math.min(source.byteLength, declaredEnd) - dataStart);
  return {
    codec,
    sampleRate,
    channels,
    bitsPerSample,
    frameByteLength,
    dataStart,
    dataEnd: dataStart + Math.floor(available / frameByteLength) * frameByteLength,
    isTruncated: declaredEnd > source.byteLength,
  };
}

function parseCommon(source: ByteSource, body: DataView): Common {
  if (body.byteLength < 18) throw damaged(source, 'its "COMM" chunk is too short');
  const channels = body.getUint16(0);
  const sampleRate = extended(body, 8);
  if (channels === 0) throw damaged(source, 'it says that it has 0 channels');
  if (!(sampleRate >= 1 && sampleRate <= 0xffff_ffff)) throw damaged(source, 'its sample rate is no number');
  return {
    channels,
    bitsPerSample: body.getUint16(6),
    sampleRate,
    compression: body.byteLength >= 22 ? ascii(body, 18, 4) : 'NONE',
  };
}

/** A float of 80 bits, as the processors of 1985 had them; rounded, because rates are whole. */
function extended(view: DataView, offset: number): number {
  const exponent = (view.getUint16(offset) & 0x7fff) - 16_383 - 63;
  return Math.round(Number(view.getBigUint64(offset + 2)) * 2 ** exponent);
}

function damaged(source: ByteSource, what: string): EarshotError {
  return new EarshotError(
    'clip-unreadable',
    `${source.name} is a damaged AIFF file: ${what}. Export or copy it again from where it came.`,
  );
}

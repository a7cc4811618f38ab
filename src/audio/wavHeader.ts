import { EarshotError } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import { viewOf, walkChunks } from './chunks.js';
import type { Chunk } from './chunks.js';
import { ascii } from './signatures.js';
import { codecOfWavFormat } from './wavFormats.js';

/** Where the samples of a WAV file are and how they are stored. */
export interface WavLayout {
  readonly codec: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Of all channels at one moment; for compressed codecs of one block. */
  readonly frameByteLength: number;
  readonly bytesPerSecond: number;
  readonly dataStart: number;
  /** Clipped to the file, and to whole frames of PCM. */
  readonly dataEnd: number;
  /** The header promises more than the file holds: it was cut off. */
  readonly isTruncated: boolean;
  /** From the `fact` chunk; only compressed codecs need it. */
  readonly factSampleCount?: number;
  /** A plain RIFF header whose sizes tell the truth: any reader will take the file as it is. */
  readonly isPlain: boolean;
}

interface Format {
  readonly isExtensible: boolean;
  readonly tag: number;
  readonly channels: number;
  readonly sampleRate: number;
  readonly bytesPerSecond: number;
  readonly blockByteLength: number;
  readonly bitsPerSample: number;
}

/** Reads the headers only: a few kilobytes, however long the recording is. */
export async function readWavHeader(source: ByteSource, signal?: AbortSignal): Promise<WavLayout> {
  const riff = viewOf(await source.read(0, 12, signal));
  if (riff.byteLength < 12) throw damaged(source, 'it ends within its header');
  const riffByteLength = riff.getUint32(4, true) + 8;
  const isRiff = ascii(riff, 0, 4) === 'RIFF';
  let format: Format | undefined;
  let data: Chunk | undefined;
  let longDataByteLength: number | undefined;
  let factSampleCount: number | undefined;
  for await (const [chunk, body] of walkChunks(source, 12, true, signal)) {
    if (chunk.id === 'fmt ') format ??= parseFormat(source, body, chunk.byteLength);
    else if (chunk.id === 'ds64' && body.byteLength >= 16) longDataByteLength = Number(body.getBigUint64(8, true));
    else if (chunk.id === 'fact' && body.byteLength >= 4) factSampleCount = body.getUint32(0, true);
    else if (chunk.id === 'data') data ??= chunk;
    if (format !== undefined && data !== undefined) break;
  }
  if (format === undefined) throw damaged(source, 'it does not say how its samples are stored ("fmt " chunk)');
  if (data === undefined) throw damaged(source, 'it ends before the samples begin (no "data" chunk)');

  const sampleByteLength = bytesOfOneSample(format);
  const codec = codecOfWavFormat(format.tag, sampleByteLength);
  const isPcm = format.tag === 1 || format.tag === 3 || format.tag === 6 || format.tag === 7;
  const frameByteLength = isPcm ? sampleByteLength * format.channels : Math.max(1, format.blockByteLength);
  const declaredEnd = await findDataEnd(source, data, longDataByteLength, signal);
  const isTruncated = declaredEnd > source.byteLength;
  const available = Math.min(source.byteLength, declaredEnd) - data.bodyStart;
  const dataByteLength = isPcm ? Math.floor(available / frameByteLength) * frameByteLength : available;
  return {
    codec,
    sampleRate: format.sampleRate,
    channels: format.channels,
    bitsPerSample: format.bitsPerSample,
    frameByteLength,
    bytesPerSecond: isPcm ? frameByteLength * format.sampleRate : format.bytesPerSecond,
    dataStart: data.bodyStart,
    dataEnd: data.bodyStart + dataByteLength,
    isTruncated,
    ...(factSampleCount === undefined ? {} : { factSampleCount }),
    isPlain:
      isRiff &&
      !format.isExtensible &&
      data.byteLength === dataByteLength &&
      data.bodyStart + data.byteLength <= source.byteLength &&
      riffByteLength <= source.byteLength &&
      riffByteLength >= data.bodyStart + dataByteLength,
  };
}

function parseFormat(source: ByteSource, body: DataView, byteLength: number): Format {
  if (byteLength < 16 || body.byteLength < 16) throw damaged(source, 'its "fmt " chunk is too short');
  const tag = body.getUint16(0, true);
  const isExtensible = tag === 0xfffe;
  const format: Format = {
    isExtensible,
    // An extensible header begins its sub-format, a GUID, with the tag that a plain header would have.
    tag: isExtensible && body.byteLength >= 26 ? body.getUint16(24, true) : tag,
    channels: body.getUint16(2, true),
    sampleRate: body.getUint32(4, true),
    bytesPerSecond: body.getUint32(8, true),
    blockByteLength: body.getUint16(12, true),
    bitsPerSample: body.getUint16(14, true),
  };
  if (format.channels === 0) throw damaged(source, 'it says that it has 0 channels');
  if (format.sampleRate === 0) throw damaged(source, 'it says that its sample rate is 0 Hz');
  return format;
}

/** The block says how much room a sample takes (24 bits may lie in 4 bytes); writers that leave it wrong are common. */
function bytesOfOneSample(format: Format): number {
  const needed = Math.max(1, Math.ceil(format.bitsPerSample / 8));
  const room = format.blockByteLength / format.channels;
  return Number.isInteger(room) && room >= needed && room <= 8 ? room : needed;
}

/**
 * The declared size is believed when it can be true. Programs that write to a pipe leave 0, 0x7FFFF000 and above,
 * or 0xFFFFFFFF, and then everything up to the end of the file is sound.
 */
async function findDataEnd(
  source: ByteSource,
  data: Chunk,
  longDataByteLength: number | undefined,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { bodyStart, byteLength } = data;
  if (longDataByteLength !== undefined && longDataByteLength > 0 && byteLength === 0xffff_ffff) {
    return bodyStart + longDataByteLength;
  }
  const isPlaceholder = (byteLength >= 0x7fff_f000 && byteLength <= 0x7fff_ffff) || byteLength >= 0xffff_f000;
  if (isPlaceholder || (byteLength === 0 && !(await endsInChunks(source, bodyStart, signal)))) return source.byteLength;
  return bodyStart + byteLength;
}

/** Tells a recording that is truly empty, with its tags behind, from one whose size was never filled in. */
async function endsInChunks(source: ByteSource, start: number, signal: AbortSignal | undefined): Promise<boolean> {
  let end = start;
  for await (const [chunk] of walkChunks(source, start, true, signal)) {
    if (!/^[\x20-\x7e]{4}$/.test(chunk.id)) return false;
    end = chunk.bodyStart + chunk.byteLength;
  }
  return end >= source.byteLength - 1 && end <= source.byteLength;
}

function damaged(source: ByteSource, what: string): EarshotError {
  return new EarshotError(
    'clip-unreadable',
    `${source.name} is a damaged WAV file: ${what}. Export or copy it again from where it came.`,
  );
}

import type { Probe } from '../core/clip.js';
import type { MediaFormatName } from '../core/media.js';
import type { PrepareOptions } from './engine.js';
import type { Encoding } from './encoders/soundEncoder.js';
import { isPcmCodec } from './pcm.js';
import { isDecodable } from './readers/codecDecoder.js';
import { speechSampleRate, wavByteLength } from './speechFormat.js';

/** Where each codec can live without being converted; the first that is taken is used, the present container before it. */
const containersOf: Readonly<Record<string, readonly MediaFormatName[]>> = {
  mp3: ['mp3'],
  aac: ['mp4', 'aac'],
  opus: ['ogg', 'webm'],
  vorbis: ['ogg'],
  flac: ['flac'],
};

/** What a receiver that takes a container can be expected to find in it. */
const usualCodecs: Readonly<Partial<Record<MediaFormatName, readonly string[]>>> = {
  mp3: ['mp3'],
  aac: ['aac'],
  mp4: ['aac'],
  mov: ['aac'],
  ogg: ['opus', 'vorbis'],
  webm: ['opus', 'vorbis'],
  flac: ['flac'],
};

/** Which containers a codec can be cut out of. */
const cuttable: readonly MediaFormatName[] = ['mp3', 'aac', 'mp4', 'mov', 'webm', 'ogg', 'flac', 'mpegts'];

/** Above this most of a file with compressed sound is pictures, or its sound is large without need. */
const soundBitsPerSecondLimit = 512_000;

/** WAV up to here is sent as such where it is taken: no loss, and hardly any work. */
const smallWavByteLength = 2_000_000;

export function accepts(options: PrepareOptions, format: MediaFormatName): boolean {
  return options.speechWav === true ? format === 'wav' : options.formats.includes(format);
}

/** Whether the file's own bytes are what a receiver of its container wants. */
export function isUsual(probe: Probe): boolean {
  const { container, codec } = probe;
  if (container === 'wav') return codec === 'pcm-s16' && probe.sampleRate === speechSampleRate && probe.channels === 1;
  return usualCodecs[container]?.includes(codec) === true && !isMostlyPictures(probe);
}

/** The format that the sound can be packed into as it is. */
export function repackFormat(probe: Probe, options: PrepareOptions): MediaFormatName | undefined {
  const { container, codec } = probe;
  if (!cuttable.includes(container)) return undefined;
  const formats = containersOf[codec] ?? [];
  const isTaken = (format: MediaFormatName): boolean => accepts(options, format);
  if (formats.includes(container) && isTaken(container)) return container;
  return formats.find(isTaken);
}

/** Lossless sound takes many times the bytes that speech needs: it is converted where anything smaller is taken. */
export function isWorthConverting(probe: Probe, options: PrepareOptions): boolean {
  return probe.codec === 'flac' && (accepts(options, 'mp3') || accepts(options, 'ogg'));
}

/** What 16 kHz mono is packed into; undefined when the receiver takes nothing that can be written. */
export function chooseEncoding(options: PrepareOptions, sampleCount: number | undefined): Encoding | undefined {
  const isSmall = sampleCount !== undefined && wavByteLength(sampleCount) <= smallWavByteLength;
  if (accepts(options, 'wav') && (isSmall || options.speechWav === true)) return { codec: 'pcm-s16' };
  if (accepts(options, 'mp3')) return { codec: 'mp3', kilobitsPerSecond: 32 };
  if (accepts(options, 'ogg')) return { codec: 'opus', kilobitsPerSecond: 24 };
  if (accepts(options, 'flac')) return { codec: 'flac' };
  return accepts(options, 'wav') ? { codec: 'pcm-s16' } : undefined;
}

/** Whether Earshot decodes it. A codec that is not known yet shows when it is opened. */
export function isReadable({ container, codec }: Probe): boolean {
  if (container === 'wav' || container === 'aiff') {
    return codec === 'unknown' || isPcmCodec(codec) || /^(pcm|adpcm-(ima|ms)$)/.test(codec);
  }
  if (container === 'mp3') return true;
  return cuttable.includes(container) && (codec === 'unknown' || isDecodable(codec));
}

function isMostlyPictures({ byteLength, durationSeconds, codec }: Probe): boolean {
  if (codec === 'flac' || durationSeconds === undefined || durationSeconds < 1) return false;
  return (byteLength * 8) / durationSeconds > soundBitsPerSecondLimit;
}

import type { PcmCodec } from './pcm.js';

/** Names for the codecs that a WAV file may hold; the number is the format tag of its `fmt` chunk (RFC 2361). */
const codecOfTag: Readonly<Record<number, string>> = {
  0x0002: 'adpcm-ms',
  0x0006: 'alaw',
  0x0007: 'mulaw',
  0x0008: 'dts',
  0x000a: 'wma-voice',
  0x0010: 'adpcm-oki',
  0x0011: 'adpcm-ima',
  0x0014: 'adpcm-g723',
  0x0016: 'adpcm-dialogic',
  0x0022: 'truespeech',
  0x0031: 'gsm-6.10',
  0x0040: 'adpcm-g721',
  0x0042: 'g723.1',
  0x0045: 'adpcm-g726',
  0x0050: 'mp2',
  0x0055: 'mp3',
  0x0057: 'amr-nb',
  0x0058: 'amr-wb',
  0x0061: 'adpcm-ima-duck',
  0x0062: 'adpcm-yamaha',
  0x0092: 'ac3',
  0x00ff: 'aac',
  0x0111: 'g723.1',
  0x0160: 'wma-1',
  0x0161: 'wma-2',
  0x0162: 'wma-pro',
  0x0163: 'wma-lossless',
  0x0270: 'atrac3',
  0x1600: 'aac-adts',
  0x1610: 'aac',
  0x2000: 'ac3',
  0x2001: 'dts',
  0x566f: 'vorbis',
  0x674f: 'vorbis',
  0x704f: 'opus',
  0xa109: 'speex',
  0xf1ac: 'flac',
};

const integerCodecs: Readonly<Record<number, PcmCodec>> = { 1: 'pcm-u8', 2: 'pcm-s16', 3: 'pcm-s24', 4: 'pcm-s32' };
const floatCodecs: Readonly<Record<number, PcmCodec>> = { 4: 'pcm-f32', 8: 'pcm-f64' };

/** @param sampleByteLength Of one sample of one channel as stored, padding included. */
export function codecOfWavFormat(formatTag: number, sampleByteLength: number): string {
  if (formatTag === 1) return integerCodecs[sampleByteLength] ?? `pcm-s${sampleByteLength * 8}`;
  if (formatTag === 3) return floatCodecs[sampleByteLength] ?? `pcm-f${sampleByteLength * 8}`;
  return codecOfTag[formatTag] ?? `wav-0x${formatTag.toString(16).padStart(4, '0')}`;
}

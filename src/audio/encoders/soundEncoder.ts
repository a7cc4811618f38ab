import type { MediaFormatName } from '../../core/media.js';
import { speechSampleRate, wavByteLength } from '../speechFormat.js';

/** What 16 kHz mono sound is packed into. */
export type Encoding =
  /** The count is what a file holds at most, where that is known: it saves memory. */
  | { readonly codec: 'pcm-s16'; readonly expectedSampleCount?: number }
  | { readonly codec: 'mp3'; readonly kilobitsPerSecond: 32 | 48 | 64 }
  | { readonly codec: 'opus'; readonly kilobitsPerSecond: 16 | 20 | 24 }
  | { readonly codec: 'flac' };

/** Makes one file after another out of 16 kHz mono samples, taking each block as soon as it is there. */
export interface SoundEncoder {
  /** @param samples -1 to 1; not kept. */
  encode(samples: Float32Array): void;
  /** The file that holds all samples since the last call, in memory of its own. */
  finish(): Uint8Array<ArrayBuffer>;
  /** To be called once, also after an error. */
  free(): void;
}

/** WebAssembly that ships as a file of its own, because its licence wants it to be replaceable. */
export type WasmName = 'lame';

export type LoadWasm = (name: WasmName) => Promise<WebAssembly.Module>;

/** Loads only the encoder that is asked for. */
export async function createSoundEncoder(encoding: Encoding, loadWasm: LoadWasm): Promise<SoundEncoder> {
  switch (encoding.codec) {
    case 'pcm-s16':
      return (await import('./wavEncoder.js')).createWavEncoder(encoding.expectedSampleCount);
    case 'mp3':
      return (await import('./mp3Encoder.js')).createMp3Encoder(encoding.kilobitsPerSecond, await loadWasm('lame'));
    case 'opus':
      return (await import('./opusEncoder.js')).createOpusEncoder(encoding.kilobitsPerSecond);
    case 'flac':
      return (await import('./flacEncoder.js')).createFlacEncoder();
  }
}

export function containerOf(encoding: Encoding): MediaFormatName {
  return encoding.codec === 'pcm-s16' ? 'wav' : encoding.codec === 'opus' ? 'ogg' : encoding.codec;
}

/** `MP3 32 kbit/s`, for people. */
export function encodingLabel(encoding: Encoding): string {
  switch (encoding.codec) {
    case 'pcm-s16':
      return '16 kHz mono WAV';
    case 'mp3':
      return `MP3 ${encoding.kilobitsPerSecond} kbit/s`;
    case 'opus':
      return `Opus ${encoding.kilobitsPerSecond} kbit/s`;
    case 'flac':
      return '16 kHz mono FLAC';
  }
}

/** The most that a file of so many samples can take, which is what hard limits are reckoned with. */
export function encodedByteLimit(encoding: Encoding, sampleCount: number): number {
  switch (encoding.codec) {
    case 'pcm-s16':
      return wavByteLength(sampleCount);
    case 'mp3':
      // The tag's frame, and frames for the encoder's delay and for the last samples.
      return 512 + (Math.ceil(sampleCount / 576) + 4) * (encoding.kilobitsPerSecond * 4.5);
    case 'opus':
      // Constrained VBR stays near its rate; the tenth above it, and a second's worth, also cover Ogg's pages.
      return 1000 + (sampleCount / speechSampleRate + 1) * encoding.kilobitsPerSecond * 125 * 1.1;
    case 'flac':
      // Sound that cannot be compressed is stored, with at most 16 bytes around a block of 4096 samples.
      return 100 + sampleCount * 2 + Math.ceil(sampleCount / 4096) * 24;
  }
}

/** How many samples a file may hold so that it stays within a number of bytes. */
export function encodedSampleLimit(encoding: Encoding, byteLength: number): number {
  if (!Number.isFinite(byteLength)) return Number.POSITIVE_INFINITY;
  const fixed = encodedByteLimit(encoding, 0);
  const second = (encodedByteLimit(encoding, speechSampleRate * 36_000) - fixed) / 36_000;
  let samples = Math.floor(((byteLength - fixed) / second) * speechSampleRate);
  while (samples > 0 && encodedByteLimit(encoding, samples) > byteLength) samples -= 64;
  return samples;
}

/** The size to expect, for people. */
export function estimatedByteLength(encoding: Encoding, sampleCount: number): number {
  const seconds = sampleCount / speechSampleRate;
  switch (encoding.codec) {
    case 'pcm-s16':
      return wavByteLength(sampleCount);
    case 'flac':
      return Math.round(wavByteLength(sampleCount) * 0.6);
    case 'mp3':
    case 'opus':
      return Math.round(seconds * encoding.kilobitsPerSecond * 125);
  }
}

import { createAacDecoder, type AacDecoderOptions } from '../../../../../../src/audio/codecs/aac/aacDecoder.js';
import { readAdtsHeader } from '../../../../../../src/audio/codecs/aac/adtsHeader.js';
import { concat } from '../../../support/signals.js';

export function splitAdts(bytes: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let offset = 0; offset + 7 <= bytes.byteLength;) {
    const { frameByteLength } = readAdtsHeader(bytes.subarray(offset, offset + 9));
    frames.push(bytes.subarray(offset, offset + frameByteLength));
    offset += frameByteLength;
  }
  return frames;
}

/** Decodes a whole ADTS stream: one array per channel. */
export function decodeAll(
  frames: readonly Uint8Array[],
  options: Omit<AacDecoderOptions, 'adtsFrame'> = {},
): Float64Array[] {
  const decoder = createAacDecoder({ ...options, adtsFrame: frames[0] ?? new Uint8Array(0) });
  const blocks = frames.map((frame) => decoder.decode(frame).channels.map((channel) => channel.slice()));
  return Array.from({ length: decoder.channelCount }, (_, channel) =>
    concat(blocks.map((block) => block[channel] ?? new Float32Array(0))),
  );
}

/** How far sounds are from a reference, in decibels of the reference over the difference. */
export function signalToNoise(sound: ArrayLike<number>, reference: ArrayLike<number>): number {
  let signal = 0;
  let noise = 0;
  for (let index = 0; index < reference.length; index++) {
    signal += (reference[index] ?? 0) ** 2;
    noise += ((reference[index] ?? 0) - (sound[index] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

import { sourceFromBytes } from '../../../../src/audio/byteSource.js';
import type { PcmProblem, PcmWish } from '../../../../src/audio/pcmReader.js';
import { openSound } from '../../../../src/audio/readers/openSound.js';

export interface ReadSound {
  readonly sampleRate: number;
  readonly channelCount: number;
  /** Of each channel. */
  readonly sampleCount: number;
  readonly interleaved: Float32Array;
  readonly problems: readonly PcmProblem[];
}

/** All of a recording, as the engine reads it. */
export async function readSound(
  bytes: Uint8Array,
  wish: PcmWish = {},
  name = 'recording',
  signal?: AbortSignal,
): Promise<ReadSound> {
  const stream = await openSound(sourceFromBytes(name, bytes), wish, signal);
  const { sampleRate, channelCount, problems } = stream;
  const blocks: Float32Array[] = [];
  let sampleCount = 0;
  for await (const { channels } of stream.blocks) {
    const length = channels[0]?.length ?? 0;
    const block = new Float32Array(length * channelCount);
    channels.forEach((channel, index) => {
      for (let place = 0; place < length; place++) block[place * channelCount + index] = channel[place] ?? 0;
    });
    blocks.push(block);
    sampleCount += length;
  }
  const interleaved = new Float32Array(sampleCount * channelCount);
  let offset = 0;
  for (const block of blocks) {
    interleaved.set(block, offset);
    offset += block.length;
  }
  return { sampleRate, channelCount, sampleCount, interleaved, problems };
}

/** How alike two sounds are that should begin at the same sample: 1 is the same but for its loudness. */
export function correlation(left: Float32Array, right: Float32Array): number {
  let product = 0;
  let leftEnergy = 0;
  let rightEnergy = 0;
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const [a = 0, b = 0] = [left[index], right[index]];
    product += a * b;
    leftEnergy += a * a;
    rightEnergy += b * b;
  }
  return product / Math.sqrt(leftEnergy * rightEnergy);
}

/** Where the largest difference is, and how large. */
export function largestDifference(left: Float32Array, right: Float32Array): number {
  let largest = 0;
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    largest = Math.max(largest, Math.abs((left[index] ?? 0) - (right[index] ?? 0)));
  }
  return largest;
}

import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../src/audio/byteSource.js';
import { convertStream } from '../../../src/audio/convertStream.js';
import { openPcm } from '../../../src/audio/pcmFiles.js';
import type { PcmStream } from '../../../src/audio/pcmReader.js';
import { decibels, level, tone } from './support/signals.js';
import { CountingSource } from './support/sources.js';
import { pcm16, wavFile } from './support/wavFiles.js';

async function channelsOf(stream: PcmStream): Promise<number[][]> {
  const all: number[][] = Array.from({ length: stream.channelCount }, () => []);
  for await (const { channels } of stream.blocks) channels.forEach((plane, index) => all[index]?.push(...plane));
  return all;
}

const call = wavFile(pcm16(tone(500, 8000, 2, 0.5), tone(1500, 8000, 2, 0.25)), { sampleRate: 8000, channels: 2 });
const openCall = (): Promise<PcmStream> => openPcm(sourceFromBytes('call.wav', call), 'wav', {});

describe('converting a stream', () => {
  it('makes a channel of each side of a call', async () => {
    const [left = [], right = []] = await channelsOf(convertStream(await openCall(), { picks: [0, 1] }));
    for (const [channel, frequency, amplitude] of [
      [left, 500, 0.5],
      [right, 1500, 0.25],
    ] as const) {
      const ideal = tone(frequency, 16_000, 2, amplitude);
      expect(channel).toHaveLength(ideal.length);
      expect(decibels(level(ideal.map((sample, index) => sample - (channel[index] ?? 0))) / level(ideal))).toBeLessThan(
        -50,
      );
    }
  });

  it('delivers other rates on request', async () => {
    const [mono = []] = await channelsOf(convertStream(await openCall(), { sampleRate: 24_000 }));
    expect(mono).toHaveLength(48_000);
    const ideal = tone(500, 24_000, 2, 0.25).map((sample, index) => sample + 0.125 * Math.sin((Math.PI * index) / 8));
    expect(decibels(level(ideal.map((sample, index) => sample - (mono[index] ?? 0))) / level(ideal))).toBeLessThan(-50);
  });

  it('converts bytes and planes alike', async () => {
    const { sampleRate, channelCount, problems, blocks } = await openCall();
    const planes = { sampleRate, channelCount, problems, blocks };
    expect(await channelsOf(convertStream(planes))).toEqual(await channelsOf(convertStream(await openCall())));
  });

  it('reads a file of two gigabytes in blocks of a megabyte, and stops when it is left', async () => {
    const head = wavFile(new Uint8Array(0), {
      sampleRate: 44_100,
      channels: 2,
      declaredDataByteLength: 2 ** 31 - 9000,
    });
    const source = new CountingSource('long.wav', 2 ** 31 - 9000 + 44, (start, end) =>
      start < 44 ? head.subarray(start, end) : new Uint8Array(end - start),
    );
    const { blocks } = convertStream(await openPcm(source, 'wav', {}));
    for await (const { channels } of blocks) {
      expect(channels[0]?.length).toBeLessThan(100_000);
      break;
    }
    expect(source.largestRead).toBeLessThanOrEqual(1 << 20);
    expect(source.readByteLength).toBeLessThan(3 << 20);
  });
});

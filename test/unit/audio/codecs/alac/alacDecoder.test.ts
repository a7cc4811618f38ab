import { describe, expect, it } from 'vitest';
import { createAlacDecoder } from '../../../../../src/audio/codecs/alac/alacDecoder.js';
import { CodecError } from '../../../../../src/audio/codecs/codecError.js';
import { BitWriter } from '../aac/support/bitWriter.js';
import { createRandom } from '../aac/support/random.js';
import { alacFixtures } from './fixtures.js';
import { syntheticSamples } from './syntheticSamples.js';

function cookie(bitDepth: number, channelCount: number, frameLength = 64): Uint8Array {
  const writer = new BitWriter();
  writer.write(frameLength, 32);
  for (const value of [0, bitDepth, 40, 10, 14, channelCount]) writer.write(value, 8);
  writer.write(255, 16);
  writer.write(0, 32);
  writer.write(0, 32);
  writer.write(44_100, 32);
  return writer.bytes();
}

/** A packet whose samples stand in it as they are. */
function verbatim(bitDepth: number, samples: readonly Int32Array[], isPartial: boolean): Uint8Array {
  const writer = new BitWriter();
  const length = samples[0]?.length ?? 0;
  writer.write(samples.length - 1, 3);
  writer.write(0, 16);
  writer.write(isPartial ? 1 : 0, 1);
  writer.write(0, 2);
  writer.write(1, 1);
  if (isPartial) writer.write(length, 32);
  for (let index = 0; index < length; index++) {
    for (const channel of samples) writer.write(((channel[index] ?? 0) + 2 ** bitDepth) % 2 ** bitDepth, bitDepth);
  }
  writer.write(7, 3);
  return writer.bytes();
}

/** ffmpeg takes 5.1 as left, right, centre, low frequencies, and both behind; packets begin with the centre. */
const packetOrders: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [0, 1], 6: [2, 0, 1, 4, 5, 3] };

describe('ALAC', () => {
  it.each(alacFixtures)(
    'gives back every bit of $channelCount channels of $bitDepth bits',
    ({ bitDepth, channelCount, length, cookie: config, packets }) => {
      const decoder = createAlacDecoder(config);
      const samples = syntheticSamples(bitDepth, channelCount, length);
      const expected = packetOrders[channelCount]?.map((channel) => Array.from(samples[channel] ?? []));
      const heard = Array.from({ length: channelCount }, (): number[] => []);
      for (const packet of packets) {
        const { channels, integers } = decoder.decode(packet);
        integers.forEach((channel, index) => heard[index]?.push(...channel));
        expect(channels[0]?.[0]).toBe(Math.fround((integers[0]?.[0] ?? 9) / 2 ** (bitDepth - 1)));
      }
      expect(heard).toEqual(expected);
    },
  );

  it.each([16, 20, 24, 32])('reads packets of %i bits that are not compressed, also short ones', (bitDepth) => {
    for (const channelCount of [1, 2]) {
      const decoder = createAlacDecoder(cookie(bitDepth, channelCount));
      for (const length of [64, 10]) {
        const samples = syntheticSamples(bitDepth, channelCount, length);
        expect(decoder.decode(verbatim(bitDepth, samples, length < 64)).integers).toEqual(samples);
      }
    }
  });

  it('finds the configuration inside the atoms of old files', () => {
    const atom = (name: string, content: Uint8Array): number[] => {
      const writer = new BitWriter();
      writer.write(content.byteLength + 8, 32);
      for (const letter of name) writer.write(letter.charCodeAt(0), 8);
      return [...writer.bytes(), ...content];
    };
    const wrapped = Uint8Array.from([
      ...atom('frma', Uint8Array.from([0x61, 0x6c, 0x61, 0x63])),
      ...atom('alac', Uint8Array.from([0, 0, 0, 0, ...cookie(24, 2)])),
    ]);
    expect(createAlacDecoder(wrapped).config).toMatchObject({ bitDepth: 24, channelCount: 2, sampleRate: 44_100 });
  });

  it.each([
    ['too short', cookie(16, 2).subarray(0, 20)],
    ['8 bits', cookie(8, 2)],
    ['no sense', cookie(16, 0)],
    ['no sense', cookie(16, 2, 2 ** 31)],
  ])('refuses a configuration that is %s', (message, config) => {
    expect(() => createAlacDecoder(config)).toThrow(message);
  });

  it('answers damage with samples in bounds or the one typed error', () => {
    const random = createRandom(11);
    for (const { bitDepth, cookie: config, packets } of alacFixtures) {
      const decoder = createAlacDecoder(config);
      let refused = 0;
      for (let round = 0; round < 400; round++) {
        const bytes = (packets[round % packets.length] ?? new Uint8Array(0)).slice();
        for (let count = random.whole(1, 12); count > 0; count--) {
          bytes[random.whole(0, bytes.byteLength - 1)] = random.whole(0, 255);
        }
        const packet = random.chance(0.3) ? bytes.subarray(0, random.whole(0, bytes.byteLength)) : bytes;
        try {
          const { integers } = decoder.decode(packet);
          for (const channel of integers) {
            expect(channel.length).toBeLessThanOrEqual(decoder.config.frameLength);
            expect(channel.every((sample) => Math.abs(sample) <= 2 ** (bitDepth - 1))).toBe(true);
          }
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
          expect(String(error)).not.toContain('cannot be read');
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(50);
    }
  });

  it('answers a configuration that fits no packet in time', () => {
    const random = createRandom(12);
    for (let round = 0; round < 600; round++) {
      const { cookie: config, packets } = alacFixtures[round % alacFixtures.length] ?? {
        cookie: cookie(16, 2),
        packets: [],
      };
      const odd = config.slice();
      for (const place of [6, 7, 8]) odd[place] = random.whole(0, 255);
      const packet = packets[0]?.map((byte, index) => (index > 3 && random.chance(0.3) ? 255 : byte));
      try {
        createAlacDecoder(odd).decode(packet ?? new Uint8Array(0));
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
        expect(String(error)).not.toContain('cannot be read');
      }
    }
  });
});

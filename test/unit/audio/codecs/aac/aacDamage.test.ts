import { describe, expect, it } from 'vitest';
import { createAacDecoder } from '../../../../../src/audio/codecs/aac/aacDecoder.js';
import { CodecError } from '../../../../../src/audio/codecs/codecError.js';
import { randomAdtsFrames, type StreamShape } from './support/aacStreams.js';
import { createRandom, type Random } from './support/random.js';

function damaged(packet: Uint8Array, random: Random): Uint8Array {
  const bytes = packet.slice();
  switch (random.whole(0, 4)) {
    case 0:
      return bytes.subarray(0, random.whole(0, bytes.byteLength));
    case 1:
      for (let count = random.whole(1, 20); count > 0; count--) {
        const place = random.whole(0, bytes.byteLength - 1);
        bytes[place] = (bytes[place] ?? 0) ^ (1 << random.whole(0, 7));
      }
      return bytes;
    case 2: {
      const start = random.whole(0, bytes.byteLength - 1);
      return bytes.fill(random.chance(0.5) ? 0 : 255, start, start + random.whole(1, 200));
    }
    case 3:
      return bytes.map(() => random.whole(0, 255));
    default: {
      const cut = random.whole(0, bytes.byteLength);
      return Uint8Array.from([...bytes.subarray(cut), ...bytes.subarray(0, cut)]);
    }
  }
}

describe('damaged AAC', () => {
  it.each<[StreamShape['elements'], number]>([
    [['single'], 1],
    [['pair'], 2],
    [['single', 'pair', 'pair', 'low-frequency'], 6],
  ])('of %j gives sound of the right length or the one typed error', (elements, channelConfiguration) => {
    const random = createRandom(channelConfiguration);
    const shape = { sampleRate: 32_000, elements, channelConfiguration, packetCount: 40 };
    const frames = randomAdtsFrames({ ...shape, seed: 99, withNoise: true, withCoupling: true });
    for (const halfRate of [false, true]) {
      const decoder = createAacDecoder({ adtsFrame: frames[0] ?? new Uint8Array(0), mono: halfRate, halfRate });
      let refused = 0;
      for (let round = 0; round < 1500; round++) {
        const frame = frames[round % frames.length] ?? new Uint8Array(0);
        try {
          const { channels } = decoder.decode(damaged(random.chance(0.9) ? frame.subarray(7) : frame, random));
          for (const channel of channels) expect(channel.length % (halfRate ? 512 : 1024)).toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError);
          expect(String(error)).not.toContain('cannot be read');
          refused++;
        }
      }
      expect(refused).toBeGreaterThan(100);
      decoder.reset();
      expect(decoder.decode(frames[0] ?? new Uint8Array(0)).channels[0]?.every(Number.isFinite)).toBe(true);
    }
  });

  it('refuses a packet longer than any can be', () => {
    const decoder = createAacDecoder({ audioSpecificConfig: Uint8Array.from([0x12, 0x10]) });
    expect(() => decoder.decode(new Uint8Array(1_000_000))).toThrow('longer than any');
  });

  it('refuses random bytes as a configuration only with the typed error', () => {
    const random = createRandom(3);
    for (let round = 0; round < 3000; round++) {
      const bytes = Uint8Array.from({ length: random.whole(0, 40) }, () => random.whole(0, 255));
      try {
        createAacDecoder(random.chance(0.5) ? { audioSpecificConfig: bytes } : { adtsFrame: bytes });
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }
  });
});

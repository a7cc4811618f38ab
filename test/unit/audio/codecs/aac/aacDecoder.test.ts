import { describe, expect, it } from 'vitest';
import { createAacDecoder } from '../../../../../src/audio/codecs/aac/aacDecoder.js';
import { CodecError } from '../../../../../src/audio/codecs/codecError.js';
import { level, tone } from '../../support/signals.js';
import { adtsFrame, randomAdtsFrames, type StreamShape } from './support/aacStreams.js';
import { BitWriter } from './support/bitWriter.js';
import { decodeAll, signalToNoise } from './support/decoding.js';
import { goldenPacketCount, goldenStep, goldenStreams } from './support/golden.js';
import { analysedTone } from './support/toneStream.js';

function stream(shape: Partial<StreamShape> = {}): Uint8Array[] {
  return randomAdtsFrames({
    seed: 7,
    sampleRate: 44_100,
    elements: ['pair'],
    channelConfiguration: 2,
    packetCount: 40,
    ...shape,
  });
}

const stripped = (frames: readonly Uint8Array[]): Uint8Array[] => frames.map((frame) => frame.subarray(7));

function meanOf([left = new Float64Array(0), right = new Float64Array(0)]: readonly Float64Array[]): Float64Array {
  return left.map((sample, index) => (sample + (right[index] ?? 0)) / 2);
}

describe('AAC-LC', () => {
  it.each(goldenStreams)('decodes every tool of the profile at $sampleRate Hz', ({ sampleRate, elements, samples }) => {
    const channelConfiguration = elements[0] === 'pair' ? 2 : 1;
    const packetCount = goldenPacketCount;
    const channels = decodeAll(stream({ seed: sampleRate, sampleRate, elements, channelConfiguration, packetCount }));
    const heard = samples.map((_, index) => {
      const place = index * goldenStep;
      return channels[place % channelConfiguration]?.[Math.floor(place / channelConfiguration)] ?? 0;
    });
    expect(signalToNoise(heard, samples)).toBeGreaterThan(110);
  });

  it.each([44_100, 16_000, 96_000])('mixes to mono before synthesis as well as after it, at %i Hz', (sampleRate) => {
    const frames = stream({ sampleRate, packetCount: 100 });
    for (const halfRate of [false, true]) {
      const [mono = []] = decodeAll(frames, { mono: true, halfRate });
      expect(signalToNoise(mono, meanOf(decodeAll(frames, { halfRate })))).toBeGreaterThan(135);
    }
  });

  it.each([0, 1])(
    'gives the same sound below a quarter of the rate at half the rate, with window shape %i',
    (shape) => {
      const frequency = 5000;
      const frames = analysedTone(44_100, frequency, shape);
      const decoder = createAacDecoder({ adtsFrame: frames[0] ?? new Uint8Array(0), halfRate: true });
      expect(decoder.sampleRate).toBe(22_050);
      const [full = new Float64Array(0)] = decodeAll(frames);
      const [half = new Float64Array(0)] = decodeAll(frames, { halfRate: true });
      expect(half).toHaveLength(full.length / 2);
      // Both are the tone: sample n of the half rate lies at 2n + 1/2, and one packet passes before sound comes.
      for (const [sound, step, start] of [
        [full, 1, 0],
        [half, 2, 0.5],
      ] as const) {
        const from = 2048 / step;
        const ideal = tone(frequency, 44_100, 1, 0.5);
        const expected = sound
          .subarray(from, sound.length - from)
          .map(
            (_, index) => 0.5 * Math.sin((2 * Math.PI * frequency * (step * (index + from) + start - 1024)) / 44_100),
          );
        expect(level(ideal)).toBeCloseTo(0.5 / Math.SQRT2, 3);
        expect(signalToNoise(sound.subarray(from), expected)).toBeGreaterThan(60);
      }
    },
  );

  it('takes packets with and without ADTS headers', () => {
    const frames = stream();
    const config = Uint8Array.from([0x12, 0x10]); // AAC-LC, 44.1 kHz, stereo
    const decoder = createAacDecoder({ audioSpecificConfig: config });
    const bare = stripped(frames).map((packet) => decoder.decode(packet).channels[0]?.slice() ?? []);
    const [left = []] = decodeAll(frames);
    expect(bare.flatMap((block) => Array.from(block))).toEqual(Array.from(left));
  });

  it('skips checksums and takes several blocks from one frame', () => {
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = stripped(stream());
    const header = new BitWriter();
    header.write(0xfff0, 16);
    header.write(0b01_0100_0010, 10); // LC, 44.1 kHz, stereo
    header.write(0, 4);
    const byteLength = 7 + 4 + first.byteLength + 2 + second.byteLength + 2;
    header.write(byteLength, 13);
    header.write(0x7ff, 11);
    header.write(1, 2);
    const frame = Uint8Array.from([...header.bytes(), 0, 0, 0, 0, ...first, 9, 9, ...second, 9, 9]);
    expect(frame).toHaveLength(byteLength);
    expect(decodeAll([frame])).toEqual(decodeAll(stream().slice(0, 2)));
  });

  it('passes over coupling channels', () => {
    expect(decodeAll(stream({ withCoupling: true }))).toEqual(decodeAll(stream()));
  });

  it('decodes the LC core of HE-AAC at its own rate', () => {
    for (const objectType of [5, 29]) {
      const writer = new BitWriter();
      writer.write(objectType, 5);
      writer.write(6, 4); // 24 kHz
      writer.write(1, 4);
      writer.write(3, 4); // 48 kHz
      writer.write(2, 5);
      writer.write(0, 3);
      const decoder = createAacDecoder({ audioSpecificConfig: writer.bytes() });
      expect(decoder).toMatchObject({ sampleRate: 24_000, channelCount: 1, config: { hasBandReplication: true } });
      const [packet = new Uint8Array(0)] = stripped(
        stream({ sampleRate: 24_000, elements: ['single'], channelConfiguration: 1 }),
      );
      expect(decoder.decode(packet).channels[0]).toHaveLength(1024);
    }
  });

  it('follows a program config element: channels behind count less than those in front', () => {
    const writer = new BitWriter();
    writer.write(2, 5);
    writer.write(4, 4);
    writer.write(0, 4);
    writer.write(0, 3);
    writer.write(0, 4 + 2 + 4);
    writer.write(1, 4); // front
    writer.write(0, 4);
    writer.write(1, 4); // back
    writer.write(0, 2 + 3 + 4 + 3);
    writer.write(0b1_0000_0_0000, 10); // a pair in front, a single one behind
    writer.align();
    writer.write(0, 8);
    const decoder = createAacDecoder({ audioSpecificConfig: writer.bytes(), mono: true });
    const frames = stream({ elements: ['pair', 'single'], channelConfiguration: 0, packetCount: 1 });
    const [mono = []] = decoder.decode(stripped(frames)[0] ?? new Uint8Array(0)).channels;
    expect(level(mono)).toBeGreaterThan(0);
    expect(decoder.config.elements).toEqual([
      { isPair: true, place: 'front' },
      { isPair: false, place: 'back' },
    ]);
  });

  it.each([
    ['AAC Main', [0x0a, 0x10]],
    ['AAC LTP', [0x22, 0x10]],
    ['xHE-AAC', [0xf9, 0x48, 0x40]],
    ['960 samples', [0x12, 0x14]],
  ])('refuses %s by name', (name, config) => {
    expect(() => createAacDecoder({ audioSpecificConfig: Uint8Array.from(config) })).toThrow(name);
  });

  it('goes on after a damaged packet as after a jump', () => {
    const frames = stream();
    const decoder = createAacDecoder({ adtsFrame: frames[0] ?? new Uint8Array(0) });
    decoder.decode(frames[0] ?? new Uint8Array(0));
    expect(() => decoder.decode(Uint8Array.from([0x20, 0xff, 0xff, 0xff]))).toThrow(CodecError);
    const after = decoder.decode(frames[1] ?? new Uint8Array(0)).channels.map((channel) => channel.slice());
    const fresh = createAacDecoder({ adtsFrame: frames[1] ?? new Uint8Array(0) });
    expect(after).toEqual(fresh.decode(frames[1] ?? new Uint8Array(0)).channels);
  });

  it('does not take silence for sound: a packet without elements is an error', () => {
    const decoder = createAacDecoder({ audioSpecificConfig: Uint8Array.from([0x12, 0x10]) });
    expect(() => decoder.decode(Uint8Array.from([0xe0]))).toThrow('no sound');
    expect(() => decoder.decode(new Uint8Array(0))).toThrow('ends before');
    expect(() => decoder.decode(adtsFrame({ sampleRate: 48_000, channelConfiguration: 2 }, new Uint8Array(9)))).toThrow(
      'sample rate',
    );
  });
});

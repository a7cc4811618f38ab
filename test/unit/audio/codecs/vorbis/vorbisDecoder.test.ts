import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../../../src/audio/byteSource.js';
import { CodecError } from '../../../../../src/audio/codecs/codecError.js';
import { createVorbisDecoder } from '../../../../../src/audio/codecs/vorbis/vorbisDecoder.js';
import { openOggTrack } from '../../../../../src/audio/readers/oggTrack.js';
import { createVorbisLibraryDecoder } from '../../../../../src/audio/readers/vorbisLibrary.js';
import { createVorbisPacketDecoder } from '../../../../../src/audio/readers/vorbisDecoder.js';
import { ffmpegNote, hasFfmpeg, makeSound, runFfmpeg, withFile } from '../../support/ffmpeg.js';
import { randomNumbers } from '../../support/mutate.js';
import { correlation, largestDifference } from '../../support/readSound.js';
import { writeIdentification, writeSetup } from './headerWriter.js';
import type { WrittenBook, WrittenResidue, WrittenSetup } from './headerWriter.js';
import { readFileSync } from 'node:fs';

interface Stream {
  readonly headers: readonly Uint8Array[];
  readonly packets: readonly Uint8Array[];
}

async function streamOf(bytes: Uint8Array): Promise<Stream> {
  const track = await openOggTrack(sourceFromBytes('a.ogg', bytes), 'vorbis', undefined);
  const packets: Uint8Array[] = [];
  for await (const batch of track.batches(0)) packets.push(...batch.packets.map((packet) => packet.slice()));
  return { headers: track.setup, packets };
}

function decode({ headers, packets }: Stream, minSampleRate?: number): Float32Array {
  const [identification = new Uint8Array(0), , setup = new Uint8Array(0)] = headers;
  const decoder = createVorbisDecoder({
    identification,
    setup,
    ...(minSampleRate === undefined ? {} : { minSampleRate }),
  });
  if (decoder === undefined) throw new Error('This machine has no WebAssembly SIMD.');
  expect(decoder.delaySampleCount).toBe(minSampleRate === undefined ? 0 : 6);
  return joined(packets.map((packet) => decoder.decode(packet).slice()));
}

/** The mean of what libvorbis makes of the channels. */
async function referenceOf({ headers, packets }: Stream): Promise<Float32Array> {
  const decoder = await createVorbisLibraryDecoder(headers);
  const blocks = packets.map((packet) => {
    const channels = decoder.decode(packet);
    return Float32Array.from(
      channels[0] ?? [],
      (_, index) => channels.reduce((sum, channel) => sum + (channel[index] ?? 0), 0) / channels.length,
    );
  });
  decoder.free();
  return joined(blocks);
}

function joined(blocks: readonly Float32Array[]): Float32Array {
  const samples = new Float32Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let offset = 0;
  for (const block of blocks) {
    samples.set(block, offset);
    offset += block.length;
  }
  return samples;
}

const loudest = (samples: Float32Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

/** Clicks, which make an encoder change to short blocks. */
const clicks = ['-af', "aeval='val(ch)+if(lt(mod(t\\,0.11)\\,0.001)\\,0.7*sin(t*90000)\\,0):c=same'"];
const libvorbis = (...args: readonly string[]): readonly string[] => ['-c:a', 'libvorbis', ...args];

describe.skipIf(!hasFfmpeg)(`decoding Vorbis to one channel${ffmpegNote}`, () => {
  it.each<[string, readonly string[]]>([
    ['stereo', libvorbis('-q:a', '4')],
    ['stereo of few bits', libvorbis('-q:a', '-1')],
    ['stereo of many bits, left and right', libvorbis('-q:a', '10')],
    ['stereo with clicks', [...clicks, ...libvorbis('-q:a', '5')]],
    ['one channel', libvorbis('-ac', '1', '-q:a', '3')],
    ['six channels', libvorbis('-ac', '6', '-q:a', '3')],
    ['48 kHz', libvorbis('-ar', '48000', '-q:a', '2')],
    ['22.05 kHz with clicks', [...clicks, ...libvorbis('-ar', '22050', '-q:a', '4')]],
    ['8 kHz', libvorbis('-ar', '8000', '-q:a', '4')],
    ["ffmpeg's own encoder", ['-c:a', 'vorbis', '-strict', 'experimental', '-b:a', '128k']],
  ])('%s: the mean of the channels', async (_, args) => {
    const stream = await streamOf(makeSound('a.ogg', args, 1.5));
    const ours = decode(stream);
    const reference = await referenceOf(stream);
    expect(ours).toHaveLength(reference.length);
    expect(loudest(reference)).toBeGreaterThan(0.1);
    expect(largestDifference(ours, reference)).toBeLessThan(2e-6);
  });

  it('gives silence for silence', async () => {
    const stream = await streamOf(makeSound('a.ogg', libvorbis('-q:a', '4'), 1, 44_100, '0|0'));
    expect(loudest(decode(stream))).toBe(0);
    expect(decode(stream).length).toBeGreaterThan(40_000);
  });

  it.each([
    ['44.1 kHz', 44_100, []],
    ['48 kHz with clicks', 48_000, clicks],
    ['32 kHz', 32_000, []],
  ] as const)('at half of %s: what is left of the sound when its upper half is taken away', async (_, rate, filter) => {
    const stream = await streamOf(makeSound('a.ogg', [...filter, ...libvorbis('-q:a', '5')], 2, rate));
    const [identification = new Uint8Array(0), , setup = new Uint8Array(0)] = stream.headers;
    const decoder = await createVorbisPacketDecoder([identification, new Uint8Array(0), setup], {
      mono: true,
      minSampleRate: 16_000,
    });
    expect(decoder.sampleRate).toBe(rate / 2);
    expect(decoder.channelCount).toBe(1);
    const half = joined(stream.packets.map((packet) => decoder.decode(packet)[0]?.slice() ?? new Float32Array(0)));
    const whole = decode(stream);
    expect(half).toHaveLength(whole.length / 2);
    const lowered = withFile('a.f32', (path) => {
      const input = ['-f', 'f32le', '-ar', String(rate), '-ac', '1', '-i', '-', '-ar', String(rate / 2)];
      runFfmpeg([...input, '-f', 'f32le', path], new Uint8Array(whole.buffer));
      return new Float32Array(readFileSync(path).buffer);
    });
    expect(correlation(half.subarray(decoder.delaySampleCount), lowered)).toBeGreaterThan(0.9994);
  });

  it('takes a packet that lacks its end as far as it goes', async () => {
    const stream = await streamOf(makeSound('a.ogg', libvorbis('-q:a', '4'), 1));
    const whole = decode(stream);
    // What was read before leaves nothing behind that would be taken for the end of a packet.
    const cutTo = (share: number): number => {
      const packets = stream.packets.map((packet) => packet.slice(0, Math.ceil(packet.length * share)));
      const cut = decode({ ...stream, packets });
      const alone = decode({ ...stream, packets: packets.slice(-2) });
      expect(alone).toEqual(cut.subarray(-alone.length));
      return correlation(cut, whole);
    };
    const likeness = [0.1, 0.4, 0.7, 0.95, 1].map(cutTo);
    expect(likeness).toEqual([...likeness].sort((a, b) => a - b));
    expect(likeness[2]).toBeGreaterThan(0.99);
    expect(likeness[0]).toBeLessThan(0.9);
  });

  it('says what is wrong with a packet, and takes the next', async () => {
    const stream = await streamOf(makeSound('a.ogg', libvorbis('-q:a', '4'), 1));
    const [identification = new Uint8Array(0), , setup = new Uint8Array(0)] = stream.headers;
    const decoder = createVorbisDecoder({ identification, setup });
    const [first = new Uint8Array(0), second = new Uint8Array(0)] = stream.packets;
    expect(decoder?.decode(first)).toHaveLength(0);
    for (const packet of [new Uint8Array(0), setup.subarray(0, 100), Uint8Array.of(1)]) {
      expect(() => decoder?.decode(packet)).toThrow('no sound');
    }
    expect(() => decoder?.decode(new Uint8Array(1 << 20))).toThrow('too long');
    expect(decoder?.decode(second).length).toBeGreaterThan(0);
  });
});

/** Lengths of codewords from the shortest to the longest, of which two are as long. */
const ladder = (count: number): number[] => [...Array.from({ length: count - 1 }, (_, index) => index + 1), count - 1];
const equal = (count: number): number[] => new Array<number>(count).fill(Math.log2(count));

const books: readonly WrittenBook[] = [
  { dimensions: 1, lengths: equal(32) },
  { dimensions: 2, lengths: equal(16), isOrdered: true },
  {
    dimensions: 2,
    lengths: ladder(25),
    lookup: { kind: 1, minimum: -2, delta: 1, numbers: [0, 1, 2, 3, 4] },
  },
  {
    dimensions: 4,
    lengths: [3, 0, 3, 2, 0, 0, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0],
    lookup: { kind: 1, minimum: -1.5, delta: 0.5, isSequence: true, numbers: [4, 2] },
  },
  {
    dimensions: 1,
    lengths: ladder(30),
    isOrdered: true,
    lookup: {
      kind: 2,
      minimum: -3,
      delta: 0.125,
      numbers: Array.from({ length: 30 }, (_, index) => (index * 7) % 48),
    },
  },
  {
    dimensions: 8,
    lengths: equal(4),
    lookup: {
      kind: 2,
      minimum: -1,
      delta: 0.25,
      isSequence: true,
      numbers: Array.from({ length: 32 }, (_, i) => (i * 5) % 9),
    },
  },
  { dimensions: 1, lengths: [0, 0, 1, 0], lookup: { kind: 2, minimum: 1, delta: 1, numbers: [0, 1, 2, 3] } },
];

const passes = (...numbers: readonly number[]): number[] => [
  ...numbers,
  ...new Array<number>(8 - numbers.length).fill(-1),
];
const classes = [passes(-1), passes(2), passes(3, -1, 4), passes(5, 2, -1, 6, 4)];

function setupWith(residues: readonly WrittenResidue[], channels: number): WrittenSetup {
  const inner = { dimensions: 3, subclassBits: 2, master: 0, books: [-1, 0, 1, 0] };
  const outer = { dimensions: 2, subclassBits: 0, books: [0] };
  return {
    books,
    floors: [
      {
        partitions: [0, 1, 0],
        classes: [inner, outer],
        multiplier: 2,
        rangeBits: 7,
        positions: [9, 64, 3, 100, 30, 5, 80, 12],
      },
      { partitions: [0], classes: [outer], multiplier: 3, rangeBits: 9, positions: [200, 40] },
      { partitions: [], classes: [], multiplier: 4, rangeBits: 8, positions: [] },
    ],
    residues,
    mappings: [
      {
        couplings: channels > 1 ? [[0, 1], ...(channels > 2 ? [[2, 0] as const] : [])] : [],
        mux: Array.from({ length: channels }, (_, channel) => (channel === 2 ? 0 : channel % residues.length)),
        parts: residues.map((_, index) => ({ floor: index % 2, residue: index })),
      },
      {
        couplings: [],
        mux: new Array<number>(channels).fill(0),
        parts: [{ floor: 2, residue: residues.length - 1 }],
      },
    ],
    modes: [
      { isLong: false, mapping: 0 },
      { isLong: true, mapping: 0 },
      { isLong: true, mapping: 1 },
    ],
  };
}

function residue(kind: number, begin: number, end: number, partition: number): WrittenResidue {
  return { kind, begin, end, partition, classBook: 1, books: classes };
}

/** Any bits are sound of a kind. Where many are ones, codewords are long. */
function randomPackets(count: number, byteLength: number, ones: number): Uint8Array[] {
  const random = randomNumbers(count + byteLength);
  const withOnes = (): number => {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) byte |= random() < ones ? 1 << bit : 0;
    return byte;
  };
  return Array.from({ length: count }, () => {
    const packet = Uint8Array.from({ length: byteLength }, withOnes);
    // No header, one of three modes, and a floor for the first channel.
    packet[0] = ((packet[0] ?? 0) & 0xc0) | (Math.floor(random() * 3) << 1) | 0x28;
    return packet;
  });
}

describe('decoding Vorbis of any kind', () => {
  it.each<[string, number, readonly WrittenResidue[], number, number]>([
    ['lines spread over their partition', 1, [residue(0, 0, 128, 16)], 128, 256],
    ['lines in order', 1, [residue(1, 8, 120, 8)], 64, 256],
    ['lines of both channels in turn', 2, [residue(2, 0, 512, 32)], 256, 512],
    ['ends beyond the block', 2, [residue(2, 6, 1 << 20, 24)], 256, 512],
    ['a beginning beyond the block', 2, [residue(1, 5000, 9000, 8)], 64, 64],
    ['three channels in two parts', 3, [residue(2, 0, 2000, 40), residue(1, 0, 2000, 16)], 128, 1024],
    [
      'five channels in three parts',
      5,
      [residue(2, 18, 2000, 24), residue(0, 0, 900, 8), residue(1, 3, 77, 8)],
      64,
      8192,
    ],
    ['partitions as long as a block', 2, [residue(1, 0, 64, 64)], 128, 128],
  ])('%s: what libvorbis makes of it', async (_, channels, residues, short, long) => {
    const headers = [
      writeIdentification(channels, 44_100, short, long),
      new Uint8Array(0),
      writeSetup(setupWith(residues, channels), channels),
    ];
    for (const [byteLength, ones] of [
      [Math.min(long * channels * 4, 131_000), 0.5],
      [Math.min(long * channels * 4, 131_000), 0.85],
    ] as const) {
      const stream = { headers, packets: randomPackets(12, byteLength, ones) };
      const reference = await referenceOf(stream);
      const ours = decode(stream);
      expect(ours).toHaveLength(reference.length);
      expect(largestDifference(ours, reference)).toBeLessThan(3e-6 * Math.max(1, loudest(reference)));
      if (residues[0]?.begin !== 5000) expect(loudest(reference)).toBeGreaterThan(0.01);
    }
  });

  it('leaves what it does not decode to others, and says why', () => {
    const identification = writeIdentification(2, 44_100, 256, 512);
    const plain = setupWith([residue(1, 0, 128, 8)], 2);
    const create = (setup: WrittenSetup) => () => createVorbisDecoder({ identification, setup: writeSetup(setup, 2) });
    const withBook = (book: WrittenBook): WrittenSetup => ({ ...plain, books: [...books, book] });
    expect(create(plain)).not.toThrow();
    expect(create(withBook({ dimensions: 1, lengths: [1, 1, 1] }))).toThrow('more codewords');
    expect(create(withBook({ dimensions: 1, lengths: equal(1 << 17), isOrdered: true }))).toThrow('more entries');
    const loud = { kind: 1, minimum: 0, delta: 2 ** 17, isSequence: true, numbers: [65_535] } as const;
    const withLoudBook = withBook({ dimensions: 1024, lengths: [1, 1], lookup: loud });
    const heard = { ...residue(1, 0, 1024, 1024), books: [passes(books.length)] };
    expect(create({ ...withLoudBook, residues: [heard] })).toThrow('no sound has');
    expect(create(withBook({ dimensions: 1, lengths: [1, 2] }))).toThrow('lacks codewords');
    expect(create(withBook({ dimensions: 1, lengths: [0, 2] }))).toThrow('lacks codewords');
    expect(create({ ...plain, residues: [{ ...residue(1, 0, 128, 7) }] })).toThrow('beyond their partition');
    expect(create({ ...plain, residues: [{ ...residue(1, 0, 128, 8), classBook: 99 }] })).toThrow('does not hold');
    expect(create({ ...plain, residues: [{ ...residue(1, 0, 128, 8), books: [passes(0)] }] })).toThrow(
      'without vectors',
    );
  });

  it('gives any header that is cut off or changed a reason or a decoder, within little memory', () => {
    const identification = writeIdentification(2, 44_100, 256, 512);
    const setup = writeSetup(setupWith([residue(2, 0, 512, 32)], 2), 2);
    const random = randomNumbers(4);
    let decoderCount = 0;
    for (let round = 0; round < 1000; round++) {
      const changed = setup.slice(0, random() < 0.2 ? Math.floor(random() * setup.length) : setup.length);
      for (let count = Math.floor(random() * 4); count > 0; count--) {
        const place = 7 + Math.floor(random() * (changed.length - 7));
        if (place < changed.length) changed[place] = (changed[place] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      try {
        const decoder = createVorbisDecoder({ identification, setup: changed });
        for (const packet of randomPackets(3, 700, 0.6)) {
          try {
            expect(decoder?.decode(packet).length).toBeLessThanOrEqual(256);
          } catch (error) {
            expect(error).toBeInstanceOf(CodecError);
          }
        }
        decoderCount++;
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }
    expect(decoderCount).toBeGreaterThan(150);
  }, 30_000);
});

import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../../src/audio/byteSource.js';
import { examine } from '../../../../src/audio/probe.js';
import { openMp4Track } from '../../../../src/audio/readers/mp4Track.js';
import type { PcmProblem } from '../../../../src/audio/pcmReader.js';
import { decodeByFfmpeg, ffmpegNote, hasFfmpeg, makeSound, withFile } from '../support/ffmpeg.js';
import { mutations, randomNumbers } from '../support/mutate.js';
import { mp4File, type Mp4Options } from '../support/mp4Files.js';
import { correlation, readSound } from '../support/readSound.js';
import { soundFormats } from '../support/soundFormats.js';
import { CountingSource, errorOf, piecesOf } from '../support/sources.js';

const rate = 44_100;

/** Every packet another, so that a wrong place shows. */
function packetsOf(count: number, lengthOf = (index: number): number => 5 + (index % 7)): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => new Uint8Array(lengthOf(index)).fill(index + 1));
}

interface Read {
  readonly packets: readonly Uint8Array[];
  /** When each begins. */
  readonly seconds: readonly number[];
  readonly endSeconds: number | undefined;
  readonly problems: readonly PcmProblem[];
}

async function read(file: Uint8Array, fromSeconds = 0): Promise<Read> {
  const track = await openMp4Track(sourceFromBytes('memo.m4a', file), undefined);
  const packets: Uint8Array[] = [];
  const seconds: number[] = [];
  let endSeconds: number | undefined;
  for await (const batch of track.batches(fromSeconds)) {
    batch.packets.forEach((packet, index) => {
      packets.push(packet.slice());
      seconds.push((batch.startSeconds ?? Number.NaN) + index * (batch.packetSeconds ?? Number.NaN));
    });
    if (batch.isLast === true) endSeconds = batch.endSeconds;
  }
  return { packets, seconds, endSeconds, problems: track.problems };
}

describe('the tables of MP4', () => {
  it.each<[string, Partial<Mp4Options>]>([
    ['sizes of 32 bits', {}],
    ['sizes of 16 bits', { sizes: 16 }],
    ['sizes of 8 bits', { sizes: 8 }],
    ['sizes of 4 bits', { sizes: 4 }],
    ['one size for all', { sizes: 'constant', packets: packetsOf(100, () => 9) }],
    ['places of 64 bits', { isLongOffset: true }],
    ['tables behind the sound', { isFirst: false }],
    ['pictures between', { gapByteLength: 40_000 }],
    ['one chunk for all', { chunks: [100] }],
    ['one packet a chunk', { chunks: new Array<number>(100).fill(1) }],
  ])('give every packet and its time: %s', async (_, options) => {
    const packets = options.packets ?? packetsOf(100);
    const {
      packets: found,
      seconds,
      endSeconds,
      problems,
    } = await read(mp4File({ chunks: [30, 1, 1, 60, 8], ...options, packets }));
    expect(found).toEqual(packets);
    seconds.forEach((time, index) => {
      expect(time).toBeCloseTo((index * 1024) / rate, 9);
    });
    expect(endSeconds).toBeCloseTo((100 * 1024) / rate, 9);
    expect(problems).toEqual([]);
  });

  it('give packets of different lengths their times', async () => {
    const file = mp4File({
      chunks: [4, 3],
      packets: packetsOf(7),
      times: [
        [2, 1000],
        [3, 500],
        [2, 2000],
      ],
      timescale: 1000,
    });
    const { seconds, endSeconds } = await read(file);
    expect(seconds).toEqual([0, 1, 2, 2.5, 3, 3.5, 5.5]);
    expect(endSeconds).toBe(7.5);
  });

  it.each([
    [0, 0],
    [0.5, 21],
    [1.999, 86],
    [2.3, 99],
  ])('lead to the packet that plays at %f s', async (seconds, first) => {
    const file = mp4File({ chunks: [30, 1, 1, 60, 8], packets: packetsOf(100) });
    const { packets } = await read(file, seconds);
    expect(packets[0]?.[0]).toBe(first + 1);
    expect(packets).toHaveLength(100 - first);
  });

  it('leave out what the edit list leaves out, in front and behind', async () => {
    const options = { chunks: [100], packets: packetsOf(100) };
    const { seconds, endSeconds } = await read(mp4File({ ...options, edits: [[1000, 2112]] }));
    expect(seconds[0]).toBeCloseTo(-2112 / rate, 9);
    expect(endSeconds).toBeCloseTo(1, 4);
    // Rounded to thousandths it is all of it.
    const whole = await read(mp4File({ ...options, edits: [[2274, 2112]] }));
    expect(whole.endSeconds).toBeCloseTo((100 * 1024 - 2112) / rate, 9);
  });

  it('are refused when they claim more than their box can hold', async () => {
    for (const type of ['stsz', 'stco', 'stsc', 'stts']) {
      const file = mp4File({
        chunks: [10],
        packets: packetsOf(10),
        change: (name, body) => {
          if (name === type) new DataView(body.buffer).setUint32(type === 'stsz' ? 8 : 4, 0x7fff_ffff);
          return body;
        },
      });
      const error = await errorOf(read(file));
      expect(error.reason, type).toBe('clip-unreadable');
      expect(error.message).toContain('memo.m4a');
    }
  });

  it('that send one chunk beyond the file lose that chunk alone', async () => {
    const file = mp4File({
      chunks: [10, 10, 10],
      packets: packetsOf(30),
      change: (name, body) => {
        if (name === 'stco') new DataView(body.buffer).setUint32(8 + 4, 0x7000_0000);
        return body;
      },
    });
    const { packets, seconds, problems } = await read(file);
    expect(packets.map(([first]) => first)).toEqual(
      [...Array(10).keys(), ...Array(10).keys()].map((n, i) => n + (i < 10 ? 1 : 21)),
    );
    expect(seconds[10]).toBeCloseTo((20 * 1024) / rate, 9);
    expect(problems).toEqual([]);
  });

  it('of a file cut short give what is there, and say where it ends', async () => {
    const whole = mp4File({ chunks: [50, 50], packets: packetsOf(100, () => 20) });
    const file = whole.subarray(0, whole.byteLength - 20 * 20 - 5);
    const { packets, problems } = await read(file);
    expect(packets).toHaveLength(79);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ isEnd: true });
    expect(problems[0]?.atSeconds).toBeCloseTo((79 * 1024) / rate, 9);
    const { probe } = await examine(sourceFromBytes('memo.m4a', file));
    expect(probe).toMatchObject({ container: 'mp4', codec: 'aac', isTruncated: true });
    expect(probe.durationSeconds).toBeCloseTo((79 * 1024) / rate, 9);
  });

  it('of ten hours are read in parts: little to probe, and never much at once', async () => {
    const count = 1_500_000;
    const sizes = new Uint8Array(12 + 4 * count);
    const view = new DataView(sizes.buffer);
    view.setUint32(8, count);
    for (let index = 0; index < count; index++) view.setUint32(12 + 4 * index, 300);
    const file = mp4File({
      chunks: [1],
      packets: [new Uint8Array(1)],
      times: [[count, 1024]],
      change: (name, body) => {
        if (name === 'stsc') new DataView(body.buffer).setUint32(12, count);
        return name === 'stsz' ? sizes : body;
      },
    });
    const source = new CountingSource('day.m4a', file.byteLength + 300 * count, (start, end) => {
      const bytes = new Uint8Array(end - start);
      bytes.set(file.subarray(start, end));
      return bytes;
    });
    const { probe } = await examine(source);
    expect(probe.durationSeconds).toBeCloseTo((count * 1024) / rate, 6);
    expect(probe.isTruncated).toBeUndefined();
    expect(source.readByteLength).toBeLessThan(2_000_000);
    expect(source.largestRead).toBeLessThanOrEqual(1 << 20);
    const track = await openMp4Track(source, undefined);
    let packets = 0;
    for await (const batch of track.batches(0)) packets += batch.packets.length;
    expect(packets).toBe(count);
    expect(source.largestRead).toBeLessThanOrEqual(1 << 20);
  });
});

describe.skipIf(!hasFfmpeg)(`MP4 as ffmpeg makes it${ffmpegNote}`, () => {
  const seconds = 3;
  const fragmented = [
    '-c:a',
    'aac',
    '-aac_pns',
    '0',
    '-movflags',
    'frag_keyframe+empty_moov+default_base_moof',
    '-frag_duration',
    '300000',
  ];

  it.each<[string, readonly string[]]>([
    ['MP3', ['-c:a', 'libmp3lame']],
    ['FLAC', ['-c:a', 'flac', '-strict', '-2']],
    ['Vorbis', ['-c:a', 'libvorbis', '-strict', '-2']],
  ])('holds %s too', async (name, args) => {
    const file = makeSound('a.mp4', args, seconds);
    const sound = await readSound(file);
    const reference = withFile('a.mp4', (path) => {
      writeFileSync(path, file);
      return decodeByFfmpeg(path, []);
    });
    expect(sound.problems).toEqual([]);
    expect(Math.abs(sound.sampleCount - reference.length / 2)).toBeLessThanOrEqual(1152);
    expect(correlation(sound.interleaved, reference), name).toBeGreaterThan(0.999);
  });

  it.each([
    ['alac', 'a.m4a'],
    ['pcm_mulaw', 'a.mov'],
    ['pcm_s24le', 'a.mov'],
    ['pcm_f32be', 'a.mov'],
  ])('is probed to the sample: %s', async (codec, name) => {
    const file = makeSound(name, ['-c:a', codec], seconds);
    const { probe } = await examine(sourceFromBytes(name, file));
    expect(probe.durationSeconds).toBeCloseTo(seconds, 9);
    expect((await readSound(file)).sampleCount).toBe(seconds * rate);
  });

  it.each(['a.mp4', 'a.mkv'])('is refused with the name of the codec where it holds AC-3: %s', async (name) => {
    const error = await errorOf(readSound(makeSound(name, ['-c:a', 'ac3'], 1)));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toContain('Dolby Digital');
  });

  it('knows how long it is in fragments, and that it was cut short', async () => {
    const file = makeSound('a.m4a', fragmented, seconds);
    const { probe } = await examine(sourceFromBytes('a.m4a', file));
    // Without an edit list the encoder's first packet counts.
    expect(probe.durationSeconds).toBeCloseTo(seconds + 1024 / rate, 3);
    expect(probe.isTruncated).toBeUndefined();
    const cut = file.subarray(0, Math.floor(file.byteLength * 0.6));
    const half = await examine(sourceFromBytes('a.m4a', cut));
    expect(half.probe.isTruncated).toBe(true);
    const sound = await readSound(cut);
    expect(sound.sampleCount / rate).toBeCloseTo(half.probe.durationSeconds ?? 0, 1);
    expect(sound.problems.at(-1)?.isEnd).toBe(true);
  });

  it('goes on behind a damaged fragment, at the right time', async () => {
    const file = makeSound('a.m4a', fragmented, seconds);
    const whole = await readSound(file, { mono: true });
    const text = Buffer.from(file).toString('latin1');
    const third = [...text.matchAll(/moof/g)][3]?.index ?? 0;
    const damaged = file.slice().fill(0, third - 4, third + 60);
    const sound = await readSound(damaged, { mono: true });
    expect(sound.problems.length).toBeGreaterThan(0);
    expect(sound.problems.every(({ isEnd }) => !isEnd)).toBe(true);
    expect(sound.sampleCount).toBe(whole.sampleCount);
    const from = 2 * rate;
    expect(correlation(sound.interleaved.subarray(from), whole.interleaved.subarray(from))).toBeGreaterThan(0.999_99);
  });

  it('with random bytes in its tables ends in an error or in sound, and does not hang', async () => {
    const format = soundFormats.find(({ name }) => name === 'AAC in M4A, tables first');
    const mutate = mutations['random bytes within'];
    if (format === undefined || mutate === undefined) throw new Error('The format or the damage has another name now.');
    const damaged = mutate(makeSound(format.file, format.args, 1.5), randomNumbers(11_613));
    const startedAt = performance.now();
    const outcome = await readSound(damaged).then(
      ({ problems }) => problems.length,
      (error: unknown) => String(error),
    );
    expect(outcome).not.toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('says in its pieces what was lost, also when they are only re-packed', async () => {
    const file = makeSound('a.m4a', ['-c:a', 'aac', '-b:a', '96k', '-movflags', 'faststart'], 12);
    const cut = file.subarray(0, Math.floor(file.byteLength * 0.7));
    const pieces = await piecesOf(cut, { formats: ['mp4'], maxSeconds: 4 }, 'a.m4a');
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.slice(0, -1).every(({ problems }) => problems === undefined)).toBe(true);
    const [problem] = pieces.at(-1)?.problems ?? [];
    expect(problem?.isEnd).toBe(true);
    expect(problem?.atSeconds).toBeCloseTo(pieces.at(-1)?.endSeconds ?? 0, 1);
  });
});

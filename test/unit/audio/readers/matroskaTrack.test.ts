import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../../src/audio/byteSource.js';
import { examine } from '../../../../src/audio/probe.js';
import { openMatroskaTrack } from '../../../../src/audio/readers/matroskaTrack.js';
import type { PcmProblem } from '../../../../src/audio/pcmReader.js';
import { decodeByFfmpeg, ffmpegNote, hasFfmpeg, makeSound, withFile } from '../support/ffmpeg.js';
import { block, cluster, element, liveCluster, matroskaFile, simpleBlock } from '../support/matroskaFiles.js';
import { correlation, readSound } from '../support/readSound.js';
import { CountingSource, errorOf, piecesOf } from '../support/sources.js';
import { writeFileSync } from 'node:fs';

/** 20 ms of Opus by its first byte (RFC 6716, 3.1), told apart by the rest. */
function opus(index: number, byteLength = 3): Uint8Array {
  const packet = new Uint8Array(byteLength).fill(index);
  packet[0] = 0xf8;
  return packet;
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + index);

interface Read {
  readonly packets: readonly Uint8Array[];
  readonly seconds: readonly number[];
  readonly endSeconds: number | undefined;
  readonly problems: readonly PcmProblem[];
}

async function read(file: Uint8Array, fromSeconds = 0): Promise<Read> {
  const track = await openMatroskaTrack(sourceFromBytes('call.webm', file), undefined);
  const packets: Uint8Array[] = [];
  const seconds: number[] = [];
  let endSeconds: number | undefined;
  for await (const batch of track.batches(fromSeconds)) {
    batch.packets.forEach((packet, index) => {
      packets.push(packet.slice());
      seconds.push((batch.startSeconds ?? Number.NaN) + index * (batch.packetSeconds ?? 0));
    });
    endSeconds = batch.endSeconds;
  }
  return { packets, seconds, endSeconds, problems: track.problems };
}

/** Ten clusters of 200 ms. */
function tenClusters(make = cluster): Uint8Array[] {
  return numbers(0, 10).map((index) =>
    make(200 * index, ...numbers(0, 10).map((place) => simpleBlock(20 * place, 0, opus(10 * index + place + 1)))),
  );
}

describe('the clusters of Matroska', () => {
  it.each([
    ['of known length', cluster],
    ['of unknown length, as live recordings have them', liveCluster],
  ])('give every packet and its time: %s', async (_, make) => {
    const { packets, seconds, problems } = await read(matroskaFile({ clusters: tenClusters(make), isLive: true }));
    expect(packets).toEqual(numbers(1, 101).map((index) => opus(index)));
    seconds.forEach((time, index) => {
      expect(time).toBeCloseTo(0.02 * index, 9);
    });
    expect(problems).toEqual([]);
  });

  it.each<[string, number, (packets: readonly Uint8Array[]) => number[]]>([
    ["Xiph's", 1, (packets) => [2, 3, 255, 45, ...packets.flatMap((packet) => [...packet])]],
    // 3, then 300 as a difference of 297 in two bytes.
    ['EBML', 3, (packets) => [2, 0x83, 0x60 + 1, 0x28, ...packets.flatMap((packet) => [...packet])]],
    ['fixed', 2, (packets) => [2, ...packets.flatMap((packet) => [...packet])]],
  ])('take packets apart that are laced together: %s', async (name, lacing, lace) => {
    const packets = name === 'fixed' ? [1, 2, 3].map((index) => opus(index)) : [opus(1), opus(2, 300), opus(3, 7)];
    const file = matroskaFile({ clusters: [cluster(0, simpleBlock(0, lacing, lace(packets)))] });
    const found = await read(file);
    expect(found.packets).toEqual(packets);
    expect(found.seconds.map((time) => Math.round(time * 1000))).toEqual([0, 20, 40]);
  });

  it('put back what every packet begins with', async () => {
    const clusters = [cluster(0, simpleBlock(0, 0, [7, 7]), simpleBlock(20, 0, [8, 8]))];
    const { packets } = await read(matroskaFile({ clusters, stripped: [0xf8] }));
    expect(packets).toEqual([Uint8Array.of(0xf8, 7, 7), Uint8Array.of(0xf8, 8, 8)]);
  });

  it('leave out at the end what its group says is padding', async () => {
    const padding = element(0x75a2, [0x00, 0x98, 0x96, 0x80]);
    const last = element(0xa0, element(0xa1, block(20, 0, opus(2))), padding);
    const { endSeconds, packets } = await read(
      matroskaFile({ clusters: [cluster(0, simpleBlock(0, 0, opus(1)), last)] }),
    );
    expect(packets).toHaveLength(2);
    expect(endSeconds).toBeCloseTo(0.03, 9);
  });

  it('pass over the packets of other tracks', async () => {
    const pictures = simpleBlock(0, 0, new Uint8Array(200_000), 2);
    const clusters = numbers(0, 5).map((index) => cluster(20 * index, pictures, simpleBlock(0, 0, opus(index + 1))));
    expect((await read(matroskaFile({ clusters }))).packets).toEqual(numbers(1, 6).map((index) => opus(index)));
  });

  it.each([
    [0.5, 26],
    [1.99, 100],
  ])('lead to the packet that plays at %f s', async (seconds, first) => {
    const { packets } = await read(matroskaFile({ clusters: tenClusters() }), seconds);
    expect(packets[0]?.[1]).toBe(first);
    expect(packets).toHaveLength(101 - first);
  });

  it.each([cluster, liveCluster])('go on with the next one behind damage', async (make) => {
    const clusters = tenClusters(make);
    clusters[4]?.fill(0, 40, 80);
    const { packets, seconds, problems } = await read(matroskaFile({ clusters }));
    expect(problems.map(({ isEnd }) => isEnd)).toEqual([false]);
    expect(packets.length).toBeGreaterThanOrEqual(90);
    expect(packets.at(-1)).toEqual(opus(100));
    expect(seconds.at(-1)).toBeCloseTo(1.98, 9);
  });

  it('end with a word where the file was cut short', async () => {
    const file = matroskaFile({ clusters: tenClusters(), durationMilliseconds: 2000 });
    const cut = file.subarray(0, file.byteLength - 500);
    const { problems, seconds } = await read(cut);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ isEnd: true });
    const end = (seconds.at(-1) ?? 0) + 0.02;
    expect(problems[0]?.atSeconds).toBeCloseTo(end, 9);
    const { probe } = await examine(sourceFromBytes('call.webm', cut));
    expect(probe).toMatchObject({ isTruncated: true, durationIsEstimate: true });
    expect(probe.durationSeconds).toBeCloseTo(end, 9);
  });

  it('tell by the last of them how long a recording is that does not say so itself', async () => {
    const live = matroskaFile({ clusters: tenClusters(liveCluster), isLive: true });
    const { probe } = await examine(sourceFromBytes('call.webm', live));
    expect(probe).toMatchObject({ container: 'webm', codec: 'opus', channels: 1, durationIsEstimate: true });
    expect(probe.durationSeconds).toBeCloseTo(2, 9);
    const said = matroskaFile({ clusters: tenClusters(), durationMilliseconds: 1995 });
    expect((await examine(sourceFromBytes('call.webm', said))).probe).toEqual({
      container: 'webm',
      codec: 'opus',
      byteLength: said.byteLength,
      sampleRate: 48_000,
      channels: 1,
      durationSeconds: 1.995,
    });
  });

  it('of two gigabytes are probed in little time by a few bytes', async () => {
    const file = matroskaFile({ clusters: tenClusters(liveCluster), isLive: true });
    const tail = tenClusters(liveCluster).slice(-1)[0] ?? new Uint8Array(0);
    const byteLength = 2 ** 31;
    const source = new CountingSource('long.webm', byteLength, (start, end) => {
      const bytes = new Uint8Array(Math.max(0, end - start)).fill(0x42);
      if (start < file.byteLength) bytes.set(file.subarray(start, end));
      const from = byteLength - tail.byteLength;
      if (end > from) bytes.set(tail.subarray(Math.max(0, start - from)), Math.max(0, from - start));
      return bytes;
    });
    const startedAt = performance.now();
    expect((await examine(source)).probe.durationSeconds).toBeCloseTo(2, 9);
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(source.readByteLength).toBeLessThan(2_000_000);
  });

  it('are refused where they are encrypted or compressed once more', async () => {
    const file = matroskaFile({ clusters: tenClusters(), stripped: [] });
    const algorithm = file.findIndex((byte, index) => byte === 0x42 && file[index + 1] === 0x54);
    file[algorithm + 6] = 0;
    const error = await errorOf(read(file));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toContain('compressed');
  });
});

describe.skipIf(!hasFfmpeg)(`Matroska as ffmpeg makes it${ffmpegNote}`, () => {
  it.each<[string, readonly string[]]>([
    ['MP3', ['-c:a', 'libmp3lame']],
    ['ALAC', ['-c:a', 'alac']],
    ['PCM', ['-c:a', 'pcm_s24le']],
    ['PCM in floats', ['-c:a', 'pcm_f32le']],
  ])('holds %s too', async (_, args) => {
    const file = makeSound('a.mkv', args, 3);
    const sound = await readSound(file);
    const reference = withFile('a.mkv', (path) => {
      writeFileSync(path, file);
      return decodeByFfmpeg(path, []);
    });
    expect(sound.problems).toEqual([]);
    expect(Math.abs(sound.sampleCount - reference.length / 2)).toBeLessThanOrEqual(1152);
    expect(correlation(sound.interleaved, reference)).toBeGreaterThan(0.999);
  });

  it('says in its pieces what was lost, also when they are only re-packed', async () => {
    const file = makeSound('a.webm', ['-c:a', 'libopus', '-b:a', '48k'], 12, 48_000);
    const cut = file.subarray(0, Math.floor(file.byteLength * 0.7));
    const pieces = await piecesOf(cut, { formats: ['webm'], maxSeconds: 4 }, 'a.webm');
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.at(-1)?.problems?.at(-1)?.isEnd).toBe(true);
  });
});

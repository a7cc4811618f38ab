import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../src/audio/byteSource.js';
import type { Piece } from '../../../src/audio/engine.js';
import { oggTrackPackets } from '../../../src/audio/repack/oggTrackPackets.js';
import type { TimedPacket } from '../../../src/audio/repack/packetFile.js';
import { openOggTrack } from '../../../src/audio/readers/oggTrack.js';
import { ffmpegNote, hasFfmpeg, makeSound, runFfmpeg, withFile } from './support/ffmpeg.js';
import { withOggSerial } from './support/oddFiles.js';
import { piecesOf } from './support/sources.js';

const rate = 44_100;
const seconds = 12;
const vorbis = ['-c:a', 'libvorbis', '-ar', String(rate), '-ac', '1'] as const;

function decode(bytes: Uint8Array): Int16Array {
  const pcm = withFile('piece.ogg', (path) => {
    writeFileSync(path, bytes);
    return runFfmpeg(['-i', path, '-f', 's16le', '-']);
  });
  return new Int16Array(pcm.buffer.slice(pcm.byteOffset, pcm.byteOffset + pcm.byteLength));
}

async function packetsOf(bytes: Uint8Array, codec: string, fromSeconds = 0): Promise<TimedPacket[]> {
  const source = oggTrackPackets(await openOggTrack(sourceFromBytes('talk.ogg', bytes), codec, undefined));
  const all: TimedPacket[] = [];
  for await (const packets of source.packets(fromSeconds)) all.push(...packets);
  return all;
}

/** Where a page begins that lies about the middle. */
function middlePage(bytes: Uint8Array): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('OggS', bytes.byteLength / 2);
}

const problemsOf = (pieces: readonly Piece[]): string[] =>
  pieces.flatMap(({ problems = [] }) => problems.map(({ message }) => message));

describe.skipIf(!hasFfmpeg)(`Ogg re-packed${ffmpegNote}`, { timeout: 60_000 }, () => {
  it.each([
    ['vorbis', vorbis],
    ['opus', ['-c:a', 'libopus', '-b:a', '32k']],
    ['flac', ['-c:a', 'flac']],
  ] as const)('knows how long each packet of %s plays', async (codec, args) => {
    const packets = await packetsOf(makeSound('talk.ogg', args, seconds), codec);
    expect(packets.length).toBeGreaterThan(50);
    packets.forEach(({ startSeconds }, index) => {
      const before = packets[index - 1];
      if (before === undefined) expect(startSeconds).toBeLessThanOrEqual(0);
      else expect(startSeconds).toBeCloseTo(before.startSeconds + before.durationSeconds, 9);
    });
    const last = packets.at(-1);
    expect((last?.startSeconds ?? 0) + (last?.durationSeconds ?? 0)).toBeCloseTo(seconds, 6);
  });

  it('gives packets the same times from the middle on', async () => {
    const bytes = makeSound('talk.ogg', vorbis, seconds);
    const all = new Set((await packetsOf(bytes, 'vorbis')).map(({ startSeconds }) => startSeconds.toFixed(6)));
    const [, ...some] = await packetsOf(bytes, 'vorbis', seconds / 2);
    expect(some.length).toBeGreaterThan(50);
    for (const { startSeconds } of some) expect(all).toContain(startSeconds.toFixed(6));
  });

  it('cuts Vorbis to the sample: the decoded pieces are the decoded whole', async () => {
    const bytes = makeSound('talk.ogg', vorbis, seconds);
    const whole = decode(bytes);
    const pieces = await piecesOf(bytes, { formats: ['ogg'], maxSeconds: 4 }, 'talk.ogg');
    expect(pieces.length).toBeGreaterThanOrEqual(3);
    let position = 0;
    for (const piece of pieces) {
      expect(Math.round(piece.startSeconds * rate)).toBe(position);
      const heard = decode(piece.bytes);
      expect(heard).toEqual(whole.subarray(position, position + heard.length));
      position += heard.length;
    }
    expect(position).toBe(whole.length);
  });

  it('goes on behind a damaged page, and says what is missing', async () => {
    const bytes = makeSound('talk.ogg', vorbis, seconds).slice();
    bytes.fill(0, middlePage(bytes) + 100, middlePage(bytes) + 200);
    const pieces = await piecesOf(bytes, { formats: ['ogg'], maxSeconds: 4 }, 'talk.ogg');
    expect(pieces.at(-1)?.endSeconds).toBeCloseTo(seconds, 3);
    expect(problemsOf(pieces).join()).toMatch(/s of sound are missing here/);
  });

  it('says that a file breaks off', async () => {
    const bytes = makeSound('talk.ogg', vorbis, seconds);
    const pieces = await piecesOf(
      bytes.slice(0, middlePage(bytes) + 100),
      { formats: ['ogg'], maxSeconds: 4 },
      'talk.ogg',
    );
    expect(problemsOf(pieces).join()).toMatch(/breaks off/);
    expect(pieces.at(-1)?.endSeconds).toBeLessThan(seconds);
  });

  it('goes on into an appended recording of the same kind', async () => {
    const [first, second] = [makeSound('talk.ogg', vorbis, 4), makeSound('talk.ogg', vorbis, 4)];
    const chained = new Uint8Array(Buffer.concat([first, withOggSerial(second, 77)]));
    const pieces = await piecesOf(chained, { formats: ['ogg'], maxSeconds: 5 }, 'talk.ogg');
    expect(problemsOf(pieces)).toEqual([]);
    expect(pieces.at(-1)?.endSeconds).toBeCloseTo(8, 1);
  });

  it('takes FLAC out of Ogg', async () => {
    const bytes = makeSound('disc.ogg', ['-c:a', 'flac', '-ar', String(rate)], seconds);
    const pieces = await piecesOf(bytes, { formats: ['flac'], maxSeconds: 5 }, 'disc.ogg');
    expect(pieces.at(-1)?.endSeconds).toBeCloseTo(seconds, 6);
    expect(pieces.every(({ format }) => format === 'flac')).toBe(true);
  });
});

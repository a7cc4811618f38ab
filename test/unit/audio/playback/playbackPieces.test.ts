import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Piece } from '../../../../src/audio/engine.js';
import { decodeByFfmpeg, ffmpegNote, hasFfmpeg, makeSound, withFile } from '../support/ffmpeg.js';
import { aBytesSource, bytesEngine, CountingSource, engineOver } from '../support/sources.js';

const seconds = 12;
const recordings: Readonly<Record<string, readonly string[]>> = {
  'studio.wav': [],
  'mono.wav': ['-ac', '1', '-ar', '8000'],
  'song.mp3': ['-b:a', '128k'],
  'memo.m4a': ['-c:a', 'aac', '-b:a', '128k'],
  'lossless.m4a': ['-c:a', 'alac'],
  'disc.flac': [],
  'voice.opus': ['-c:a', 'libopus', '-b:a', '64k'],
  'talk.ogg': ['-c:a', 'libvorbis'],
  'browser.webm': ['-c:a', 'libopus', '-b:a', '64k'],
};

/** Lossy sound is rounded; Opus may be decoded in more than one right way, and noise in AAC is made anew each time. */
const toleranceOf = (name: string): number => (/opus|webm|memo/.test(name) ? 0.02 : 0.001);

async function play(bytes: Uint8Array, name: string, startSeconds: number, count = Infinity): Promise<Piece[]> {
  const options = { formats: [], playback: true, range: { startSeconds, endSeconds: Infinity } } as const;
  const pieces: Piece[] = [];
  for await (const piece of bytesEngine.prepare(aBytesSource(bytes, name), options)) {
    pieces.push({ ...piece, bytes: piece.bytes.slice() });
    if (pieces.length >= count) break;
  }
  return pieces;
}

const joined = (pieces: readonly Piece[]): Uint8Array =>
  new Uint8Array(Buffer.concat(pieces.map(({ bytes }) => bytes)));

function decoded(bytes: Uint8Array, name: string, args: readonly string[] = []): Float32Array {
  return withFile(name, (path) => {
    writeFileSync(path, bytes);
    return decodeByFfmpeg(path, args);
  });
}

/** The loudest difference, of what both have. */
function worst(left: Float32Array, right: Float32Array): number {
  let found = 0;
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    found = Math.max(found, Math.abs((left[index] ?? 0) - (right[index] ?? 0)));
  }
  return found;
}

describe.skipIf(!hasFfmpeg)(`the sound for a player${ffmpegNote}`, () => {
  describe.each(Object.entries(recordings))('%s', (name, args) => {
    const bytes = makeSound(name, args, seconds);

    it('is all there, in pieces that follow each other without a gap, the first of them short', async () => {
      const pieces = await play(bytes, name, 0);
      pieces.forEach(({ startSeconds }, index) => {
        expect(startSeconds).toBe(pieces[index - 1]?.endSeconds ?? 0);
      });
      expect(pieces[0]?.endSeconds).toBeLessThan(1);
      expect(pieces.at(-1)?.endSeconds).toBeCloseTo(seconds, 1);
      const sound = decoded(joined(pieces), 'heard.mp4');
      const expected = decoded(bytes, name);
      expect(Math.abs(sound.length - expected.length)).toBeLessThan(expected.length / 100);
      expect(worst(sound, expected)).toBeLessThan(toleranceOf(name));
    });

    it('goes on anywhere, as if it had never been stopped', async () => {
      const whole = await play(bytes, name, 0);
      const border = whole[2]?.endSeconds ?? 0;
      const later = await play(bytes, name, border);
      expect(later[0]?.startSeconds).toBeCloseTo(border, 6);
      const expected = decoded(joined(whole), 'heard.mp4', ['-ss', String(border)]);
      expect(
        worst(decoded(joined([...whole.slice(0, 1), ...later]), 'later.mp4', ['-ss', String(border)]), expected),
      ).toBeLessThan(toleranceOf(name));
    });
  });

  it('stores what sounds the same on both sides about once', async () => {
    const sound = '0.3*sin(2*PI*200*t)*sin(2*PI*3*t)+0.05*random(0)';
    const mono = makeSound('mono.wav', [], 4, 44_100, sound);
    const stereo = makeSound('stereo.wav', ['-ac', '2'], 4, 44_100, sound);
    const size = async (bytes: Uint8Array): Promise<number> => joined(await play(bytes, 'a.wav', 0)).byteLength;
    expect((await size(stereo)) / (await size(mono))).toBeLessThan(1.05);
  });

  it('brings rates that no player needs down to 48 kHz, without a click where it goes on', async () => {
    const bytes = makeSound('high.wav', [], 4, 96_000, '0.5*sin(2*PI*440*t)');
    const whole = await play(bytes, 'high.wav', 0);
    const later = await play(bytes, 'high.wav', 1.5);
    const expected = decoded(joined(whole), 'heard.mp4').subarray(72_000);
    expect(expected.length).toBe(120_000);
    expect(worst(decoded(joined(later), 'later.mp4'), expected)).toBeLessThan(0.001);
  });

  it('mixes more than two channels', async () => {
    const bytes = makeSound('surround.wav', ['-ac', '6'], 2);
    const sound = decoded(joined(await play(bytes, 'surround.wav', 0)), 'heard.mp4');
    expect(sound.length).toBe(2 * 44_100);
    expect(Math.max(...sound)).toBeGreaterThan(0.01);
  });

  it('reads no more than is asked for', async () => {
    const bytes = makeSound('long.flac', [], 120);
    const source = new CountingSource('long.flac', bytes.length, (start, end) => bytes.slice(start, end));
    const engine = engineOver(() => Promise.resolve(source));
    const options = { formats: [], playback: true, range: { startSeconds: 60, endSeconds: Infinity } } as const;
    const pieces = engine.prepare(aBytesSource(bytes), options)[Symbol.asyncIterator]();
    expect((await pieces.next()).value).toMatchObject({ startSeconds: 60 });
    expect(source.readByteLength).toBeLessThan(bytes.length / 3);
    await pieces.return?.();
    expect(source.closed).toBe(1);
  });

  it('has nothing to play behind the end', async () => {
    expect(await play(makeSound('short.wav', [], 1), 'short.wav', 5)).toEqual([]);
  });

  it('says what could not be read', async () => {
    const bytes = makeSound('broken.flac', [], 6);
    bytes.fill(0, bytes.length >> 1, (bytes.length >> 1) + 8000);
    const pieces = await play(bytes, 'broken.flac', 0);
    expect(pieces.flatMap(({ problems = [] }) => problems).length).toBeGreaterThan(0);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AudioSource } from '../../../src/audio/engine.js';
import { createWorkerEngine } from '../../../src/host/audioWorker.js';
import type { WorkerEngine } from '../../../src/host/audioWorker.js';
import { ffmpegNote, hasFfmpeg, makeSound } from '../audio/support/ffmpeg.js';
import { withAudioConfig } from '../audio/support/oddFiles.js';
import { collect, errorOf } from '../audio/support/sources.js';
import { bytesOf, join } from '../audio/support/wavFiles.js';
import { buildRealWorker } from './support/realWorker.js';
import type { RealWorker } from './support/realWorker.js';

const options = { formats: ['wav'], speechWav: true } as const;
const seconds = 3;
let worker: RealWorker;
let withFfmpeg: WorkerEngine;
let alone: WorkerEngine;

function bytes(name: string, content: Uint8Array): AudioSource {
  return { kind: 'bytes', name, bytes: content };
}

function made(file: string, args: readonly string[], rate?: number): AudioSource {
  return bytes(file, makeSound(file, args, seconds, rate));
}

beforeAll(async () => {
  worker = await buildRealWorker();
  withFfmpeg = createWorkerEngine({ workerUrl: worker.workerUrl, ffmpeg: () => 'auto' });
  alone = createWorkerEngine({ workerUrl: worker.workerUrl, ffmpeg: () => 'off' });
}, 60_000);
afterAll(async () => {
  await Promise.all([withFfmpeg.dispose(), alone.dispose()]);
  worker.remove();
});

/** Silence in AMR: the same frame of 12.2 kbit/s, of 20 ms, over and over (RFC 4867, 5). */
const amr = join([bytesOf('#!AMR\n'), ...Array.from({ length: 150 }, () => bytesOf(0x3c, new Uint8Array(31)))]);

describe.skipIf(!hasFfmpeg)(`what Earshot does not decode${ffmpegNote}`, () => {
  it.each<[string, () => AudioSource, RegExp]>([
    ['WMA', () => made('a.wma', ['-c:a', 'wmav2']), /a\.wma: it is Windows Media/],
    [
      'Speex',
      () => made('a.spx', ['-c:a', 'libspeex', '-ar', '16000', '-ac', '1']),
      /a\.spx: it is Ogg \(Speex sound\)/,
    ],
    ['AMR', () => bytes('a.amr', amr), /a\.amr: it is AMR/],
    ['AC-3', () => made('a.ac3', ['-c:a', 'ac3']), /a\.ac3: it is Dolby Digital \(AC-3\)/],
    ['AC-3 in MP4', () => made('a.mp4', ['-c:a', 'ac3']), /a\.mp4: it is MP4\/M4A \(Dolby Digital \(AC-3\) sound\)/],
    ['AC-3 in Matroska', () => made('a.mka', ['-c:a', 'ac3']), /a\.mka: it is WebM\/Matroska \(Dolby Digital/],
    ['E-AC-3 in MP4', () => made('a.mp4', ['-c:a', 'eac3']), /Dolby Digital Plus/],
    ['DTS', () => made('a.dts', ['-c:a', 'dca', '-strict', '-2'], 48_000), /a\.dts: it is DTS/],
    ['DTS in Matroska', () => made('a.mka', ['-c:a', 'dca', '-strict', '-2'], 48_000), /\(DTS sound\)/],
  ])('is refused with the next step, and read where ffmpeg is: %s', { timeout: 30_000 }, async (_, make, message) => {
    const source = make();
    const error = await errorOf(collect(alone.prepare(source, options)));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toMatch(message);
    expect(error.message).toContain('Install ffmpeg');
    const pieces = await collect(withFfmpeg.prepare(source, options));
    expect(pieces.at(-1)?.endSeconds).toBeCloseTo(seconds, 0);
  });

  it('is refused although ffmpeg is there when it is of a kind that nobody here reads: xHE-AAC', async () => {
    const plain = makeSound('a.m4a', ['-c:a', 'aac'], seconds);
    // Object type 42 stands behind an escape: 31, then 42 less 32 (ISO 14496-3, 1.6.2.1).
    const source = bytes('a.m4a', withAudioConfig(plain, [0xf9, 0x48, 0x40]));
    const error = await errorOf(collect(alone.prepare(source, options)));
    expect(error.reason).toBe('unsupported-media');
    expect(error.message).toMatch(/^a\.m4a .*AAC.*Convert it/);
    expect((await errorOf(collect(withFfmpeg.prepare(source, options)))).message).toContain('not by ffmpeg either');
  });
});

describe('what holds no sound', () => {
  const text = (words: string): Uint8Array => new TextEncoder().encode(words);

  it.each<[string, Uint8Array, string, RegExp]>([
    ['MIDI', bytesOf('MThd', [0, 0, 0, 6, 0, 0, 0, 1, 0, 96], 'MTrk'), 'unsupported-media', /MIDI notes.*Choose a rec/],
    ['text', text('Dear all, please find attached'), 'unsupported-media', /holds text, not audio\. Choose a recording/],
    ['a web page', text('<!doctype html><title>x</title>'), 'unsupported-media', /a web page, not audio/],
    ['a picture', bytesOf([0x89], 'PNG\r\n', [0x1a, 10], new Uint8Array(40)), 'unsupported-media', /a PNG picture/],
    ['a ZIP archive', bytesOf('PK', [3, 4, 20, 0], new Uint8Array(60)), 'unsupported-media', /a ZIP archive/],
    ['nothing', new Uint8Array(0), 'clip-empty', /is empty \(0 bytes\)\. Record or export it again/],
    ['zeros', new Uint8Array(5000), 'clip-unreadable', /holds only zeros.*Copy it again/],
  ])('is refused whether or not ffmpeg is there: %s', async (_, content, reason, message) => {
    for (const engine of [alone, withFfmpeg]) {
      const error = await errorOf(collect(engine.prepare(bytes('talk.mp3', content), options)));
      expect(error.reason).toBe(reason);
      expect(error.message).toMatch(/^talk\.mp3/);
      expect(error.message).toMatch(message);
    }
  });
});

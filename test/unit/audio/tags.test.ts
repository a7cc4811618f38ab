import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../src/audio/byteSource.js';
import { probeWithTags } from '../../../src/audio/probe.js';
import type { Probe } from '../../../src/core/clip.js';
import { ffmpegNote, hasFfmpeg, runFfmpeg, withFile } from './support/ffmpeg.js';
import { id3Tag, mp3Frames } from './support/mp3Files.js';
import { CountingSource } from './support/sources.js';
import { bytesOf, join as joinBytes, pcm16, u16, u32, wavFile } from './support/wavFiles.js';

function probe(bytes: Uint8Array, name = 'talk'): Promise<Probe> {
  return probeWithTags(sourceFromBytes(name, bytes));
}

const chapters = [
  { startSeconds: 0, title: 'Überblick' },
  { startSeconds: 1.25, title: 'Fragen & Antworten' },
];
const described = `;FFMETADATA1
title=Gespräch über Öl
artist=Ada, Bob
album=Küche
date=2026-11-21
comment=two; lines
${chapters
  .map(
    ({ startSeconds, title }, index) =>
      `[CHAPTER]\nTIMEBASE=1/1000\nSTART=${startSeconds * 1000}\nEND=${index === 0 ? 1250 : 2000}\ntitle=${title}\n`,
  )
  .join('')}`.replace('two; lines', 'two\\; lines');

/** ffmpeg writes them for Opus only. */
const vorbisChapters = chapters.flatMap(({ startSeconds, title }, index) => [
  ...['-metadata', `CHAPTER00${index}=00:00:0${startSeconds.toFixed(3)}`],
  ...['-metadata', `CHAPTER00${index}NAME=${title}`],
]);

/** A file of two seconds with tags and chapters as ffmpeg writes them. */
function tagged(file: string, args: readonly string[], moreInputs: readonly string[] = []): Uint8Array {
  return withFile(file, (path) => {
    const metadata = join(dirname(path), 'metadata.txt');
    writeFileSync(metadata, described);
    const inputs = ['-f', 'lavfi', '-i', 'sine=440:d=2', '-i', metadata];
    runFfmpeg([...inputs, ...moreInputs, '-map_metadata', '1', '-map_chapters', '1', ...args, path]);
    return new Uint8Array(readFileSync(path));
  });
}

describe.skipIf(!hasFfmpeg)(`tags and chapters as ffmpeg writes them${ffmpegNote}`, () => {
  const tags = {
    title: 'Gespräch über Öl',
    artist: 'Ada, Bob',
    album: 'Küche',
    date: '2026-11-21',
    comment: 'two; lines',
  };

  it.each<[string, string, readonly string[]]>([
    ['MP3, ID3v2.4', 'a.mp3', ['-c:a', 'libmp3lame']],
    ['M4A', 'a.m4a', ['-c:a', 'aac']],
    ['M4A, tables first', 'a.m4a', ['-c:a', 'aac', '-movflags', 'faststart']],
    ['MP4', 'a.mp4', ['-c:a', 'aac']],
    ['Matroska', 'a.mka', ['-c:a', 'libopus']],
    ['Opus in Ogg', 'a.opus', ['-c:a', 'libopus']],
    ['Vorbis in Ogg', 'a.ogg', ['-c:a', 'libvorbis', ...vorbisChapters]],
    ['FLAC in Ogg', 'a.oga', ['-c:a', 'flac', ...vorbisChapters]],
    ['FLAC', 'a.flac', ['-c:a', 'flac', ...vorbisChapters]],
  ])('are read from %s', async (_, file, args) => {
    const found = await probe(tagged(file, args));
    expect(found.tags).toMatchObject(tags);
    expect(found.chapters).toEqual(chapters);
  });

  it('are read from ID3v2.3, which knows the year alone', async () => {
    const found = await probe(tagged('a.mp3', ['-c:a', 'libmp3lame', '-id3v2_version', '3']));
    expect(found.tags).toMatchObject({ ...tags, date: '2026' });
    expect(found.chapters).toEqual(chapters);
  });

  it('are read from QuickTime, whose chapters are a track of titles', async () => {
    const found = await probe(tagged('a.mov', ['-c:a', 'aac']));
    expect(found.tags).toMatchObject({ title: tags.title, album: tags.album });
    expect(found.chapters).toEqual(chapters);
  });

  it('are read from WAV and AIFF, which have no chapters of ffmpeg', async () => {
    expect((await probe(tagged('a.wav', ['-c:a', 'pcm_s16le']))).tags).toMatchObject({
      title: tags.title,
      artist: tags.artist,
      date: tags.date,
    });
    const aiff = tagged('a.aiff', ['-c:a', 'pcm_s16be', '-write_id3v2', '1']);
    expect((await probe(aiff)).tags).toMatchObject({ title: tags.title });
  });

  it('are found in a video between a picture track and the sound', async () => {
    const picture = ['-f', 'lavfi', '-i', 'color=s=64x64:r=5:d=2'];
    const video = tagged('a.mp4', ['-map', '0:a', '-map', '2:v', '-c:v', 'mpeg4', '-c:a', 'aac'], picture);
    expect((await probe(video)).chapters).toEqual(chapters);
  });
});

describe('tags of MP3', () => {
  const utf16 = (text: string): number[] => [0xff, 0xfe, ...Array.from(text).flatMap((c) => u16(c.charCodeAt(0)))];
  const frame3 = (id: string, ...body: (string | number | readonly number[])[]): Uint8Array => {
    const bytes = bytesOf(...body);
    return bytesOf(id, [...u32(bytes.byteLength)].reverse(), [0, 0], bytes);
  };
  const tag3 = (flags: number, ...frames: readonly Uint8Array[]): Uint8Array => {
    const body = joinBytes(frames);
    const size = [21, 14, 7, 0].map((shift) => (body.byteLength >> shift) & 0x7f);
    return bytesOf('ID3', [3, 0, flags], size, body);
  };
  const old = (title: string): Uint8Array => {
    const tag = new Uint8Array(128);
    tag.set(bytesOf('TAG', title));
    tag.set(bytesOf('1999'), 93);
    return tag;
  };

  it('are read in Latin-1 and in UTF-16, and comments of programs are passed over', async () => {
    const file = joinBytes([
      tag3(
        0,
        frame3('TIT2', 0, [0xdc], 'ben'),
        frame3('TPE1', 1, utf16('Łukasz')),
        frame3('COMM', 0, 'engiTunNORM', 0, ' 00000A'),
        frame3('COMM', 0, 'eng', 0, 'Kept.'),
        frame3('TLAN', 0, 'deu'),
      ),
      mp3Frames(40),
    ]);
    expect((await probe(file)).tags).toEqual({ title: 'Üben', artist: 'Łukasz', comment: 'Kept.', language: 'deu' });
  });

  it('are found behind a picture of 5 MB without reading it', async () => {
    const picture = frame3('APIC', 0, 'image/png', [0, 3, 0], new Array<number>(5_000_000).fill(0x89));
    const file = joinBytes([tag3(0, picture, frame3('TIT2', 0, 'Behind')), mp3Frames(200)]);
    const source = new CountingSource('a.mp3', file.byteLength, (start, end) => file.subarray(start, end));
    expect(await probeWithTags(source)).toMatchObject({ container: 'mp3', tags: { title: 'Behind' } });
    expect(source.readByteLength).toBeLessThan(300_000);
  });

  it('are read from a tag that was unsynchronised', async () => {
    const file = joinBytes([tag3(0x80, frame3('TIT2', 0, [0xff]), frame3('TALB', 0, 'B')), mp3Frames(40)]);
    // The zero behind 0xff is put in by the writer and counts in no length but that of the tag.
    const at = file.indexOf(0xff);
    const stuffed = joinBytes([file.subarray(0, at + 1), new Uint8Array(1), file.subarray(at + 1)]);
    stuffed[9] = (stuffed[9] ?? 0) + 1;
    expect((await probe(stuffed)).tags).toEqual({ title: 'ÿ', album: 'B' });
  });

  it('come from the end where there are none in front: APE before ID3v1, whose names are cut short', async () => {
    const item = bytesOf(u32(9), u32(0), 'Title', 0, 'Long name');
    const footer = bytesOf('APETAGEX', u32(2000), u32(item.byteLength + 32), u32(1), u32(0), new Uint8Array(8));
    const file = joinBytes([mp3Frames(40), item, footer, old('Long')]);
    expect((await probe(file)).tags).toEqual({ title: 'Long name', date: '1999' });
  });

  it('do no harm when they are nonsense', async () => {
    const sizes = bytesOf('TIT2', [0x7f, 0xff, 0xff, 0xff, 0, 0]);
    const file = joinBytes([tag3(0, sizes, new Uint8Array(100).fill(0xff)), mp3Frames(40), old('')]);
    expect(await probe(file)).toMatchObject({ container: 'mp3', tags: { date: '1999' } });
    expect((await probe(joinBytes([id3Tag(500), mp3Frames(40)]))).tags).toBeUndefined();
  });
});

describe('tags of WAV', () => {
  it('have cue points with labels for chapters, wherever they stand', async () => {
    const cue = (id: number, sample: number): Uint8Array =>
      bytesOf(u32(id), u32(sample), 'data', u32(0), u32(0), u32(sample));
    const label = (id: number, text: string): Uint8Array => bytesOf('labl', u32(4 + text.length), u32(id), text);
    const file = wavFile(pcm16(new Float32Array(32_000)), {
      before: [['LIST', bytesOf('INFO', 'INAM', u32(5), 'Talk', 0, 0, 'ICMT', u32(2), 'Ok')]],
      after: [
        ['cue ', bytesOf(u32(2), cue(7, 16_000), cue(3, 0))],
        ['LIST', bytesOf('adtl', label(7, 'Half'), label(3, 'Open'))],
      ],
    });
    expect(await probe(file)).toMatchObject({
      tags: { title: 'Talk', comment: 'Ok' },
      chapters: [
        { startSeconds: 0, title: 'Open' },
        { startSeconds: 1, title: 'Half' },
      ],
    });
  });
});

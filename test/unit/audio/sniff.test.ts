import { describe, expect, it } from 'vitest';
import { sourceFromBytes } from '../../../src/audio/byteSource.js';
import { sniff } from '../../../src/audio/sniff.js';
import { id3Tag, mp3Frames } from './support/mp3Files.js';
import { CountingSource, errorOf } from './support/sources.js';
import { bytesOf, join, pcm16, u32, wavFile } from './support/wavFiles.js';

async function sniffed(bytes: Uint8Array, name = 'clip.bin'): Promise<string> {
  const { container, codec } = await sniff(sourceFromBytes(name, bytes));
  return `${container}/${codec}`;
}

async function refusal(bytes: Uint8Array, name = 'notes.wav'): Promise<string> {
  const { reason, message } = await errorOf(sniff(sourceFromBytes(name, bytes)));
  return `${reason}: ${message}`;
}

function oggPage(packet: string, flags = 2): Uint8Array {
  return bytesOf('OggS', 0, flags, new Uint8Array(20), 1, packet.length, packet);
}

function ftyp(brand: string): Uint8Array {
  return bytesOf([0, 0, 0, 24], 'ftyp', brand, u32(0), 'isommp42', new Uint8Array(100));
}

/** ADTS, AAC-LC, 44.1 kHz, stereo, 200 bytes a frame. */
const adtsHeader = [0xff, 0xf1, 0x50, 0x80, 0x19, 0x1f, 0xfc];

describe('sniffing', () => {
  it.each<[string, Uint8Array]>([
    ['wav/unknown', wavFile(pcm16([0.1]))],
    ['wav/unknown', wavFile(pcm16([0.1]), { container: 'RF64' })],
    ['wav/unknown', wavFile(pcm16([0.1]), { container: 'BW64' })],
    ['avi/unknown', bytesOf('RIFF', u32(99), 'AVI LIST')],
    ['midi/midi', bytesOf('RIFF', u32(99), 'RMIDdata')],
    ['flac/flac', bytesOf('fLaC', new Uint8Array(40))],
    ['ogg/opus', oggPage('OpusHead\x01')],
    ['ogg/vorbis', oggPage('\x01vorbis')],
    ['ogg/flac', oggPage('\x7fFLAC\x01')],
    ['ogg/speex', oggPage('Speex   1.2')],
    ['ogg/vorbis', join([oggPage('\x80theora'), oggPage('\x01vorbis')])],
    ['mp4/unknown', ftyp('M4A ')],
    ['mp4/unknown', ftyp('isom')],
    ['mp4/unknown', ftyp('3gp5')],
    ['mov/unknown', ftyp('qt  ')],
    ['mov/unknown', bytesOf([0, 0, 0, 8], 'wide', [0, 0, 9, 9], 'mdat', new Uint8Array(20))],
    ['webm/unknown', bytesOf([0x1a, 0x45, 0xdf, 0xa3], new Uint8Array(40))],
    ['aiff/pcm', bytesOf('FORM', u32(0), 'AIFFCOMM')],
    ['aiff/unknown', bytesOf('FORM', u32(0), 'AIFCFVER')],
    ['amr/amr-nb', bytesOf('#!AMR\n', new Uint8Array(20))],
    ['amr/amr-wb', bytesOf('#!AMR-WB\n', new Uint8Array(20))],
    ['wma/unknown', bytesOf([0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11], new Uint8Array(20))],
    ['caf/unknown', bytesOf('caff', [0, 1, 0, 0])],
    ['au/unknown', bytesOf('.snd', [0, 0, 0, 24], new Uint8Array(20))],
    ['midi/midi', bytesOf('MThd', [0, 0, 0, 6, 0, 1])],
    ['mp3/mp3', mp3Frames(5)],
    ['mp3/mp3', mp3Frames(1)],
    ['mp3/mp2', mp3Frames(5, [0xff, 0xfd, 0x80, 0x00], 417)],
    ['aac/aac', mp3Frames(5, adtsHeader, 200)],
    ['mpegts/unknown', mp3Frames(5, [0x47, 0x40, 0x00, 0x10], 188)],
    ['mpegts/unknown', mp3Frames(5, [1, 2, 3, 4, 0x47, 0x40, 0x00, 0x10], 192)],
  ])('finds %s by content', async (expected, bytes) => {
    expect(await sniffed(bytes)).toBe(expected);
  });

  it('goes past an ID3 tag with a large picture without reading it', async () => {
    const tag = id3Tag(3_000_000);
    const file = join([tag, mp3Frames(20)]);
    const source = new CountingSource('song.mp3', file.byteLength, (start, end) => file.subarray(start, end));
    const found = await sniff(source);
    expect(found).toMatchObject({ container: 'mp3', start: tag.byteLength, firstFrame: { offset: tag.byteLength } });
    expect(source.readByteLength).toBeLessThan(200_000);
  });

  it('goes past several ID3 tags, and finds FLAC, AAC and WAV behind one', async () => {
    expect(await sniffed(join([id3Tag(10), id3Tag(300), mp3Frames(4)]))).toBe('mp3/mp3');
    expect(await sniffed(join([id3Tag(10), bytesOf('fLaC', new Uint8Array(40))]))).toBe('flac/flac');
    expect(await sniffed(join([id3Tag(10), mp3Frames(4, adtsHeader, 200)]))).toBe('aac/aac');
    expect(await sniffed(join([id3Tag(10), wavFile(pcm16([0.5]))]))).toBe('wav/unknown');
  });

  it('finds the first MP3 frame behind junk', async () => {
    const junk = new Uint8Array(1234).fill(0x81);
    const found = await sniff(sourceFromBytes('a.mp3', join([junk, mp3Frames(10)])));
    expect(found.firstFrame?.offset).toBe(1234);
  });

  it('does not take two set bytes for an MP3: the frames must follow each other', async () => {
    const bytes = new Uint8Array(70_000).fill(0x81);
    bytes.set([0xff, 0xfb, 0x90, 0x00], 0);
    bytes.set([0xff, 0xfb, 0x90, 0x00], 3000);
    bytes.set([0xff, 0xfb, 0x90, 0x00], 3417);
    expect(await refusal(bytes)).toContain('holds no audio that Earshot knows (it begins with the bytes ff fb 90 00');
  });

  it('accepts the last frame of a file cut short, and an ID3v1 tag behind the frames', async () => {
    expect(await sniffed(mp3Frames(2).subarray(0, 500))).toBe('mp3/mp3');
    expect(await sniffed(join([mp3Frames(1), bytesOf('TAG', new Uint8Array(125))]))).toBe('mp3/mp3');
  });

  it.each<[string, Uint8Array]>([
    ['clip-empty: notes.wav is empty (0 bytes)', new Uint8Array(0)],
    ['clip-unreadable: notes.wav holds only zeros', new Uint8Array(5000)],
    ['unsupported-media: notes.wav holds a PDF document, not audio', bytesOf('%PDF-1.7\n', [0x25, 0xe2, 0xe3])],
    ['unsupported-media: notes.wav holds a PDF document, not audio', bytesOf('%PDF-1.7\nall of it text')],
    ['unsupported-media: notes.wav holds a PNG picture, not audio', bytesOf([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])],
    ['unsupported-media: notes.wav holds a JPEG picture, not audio', bytesOf([0xff, 0xd8, 0xff, 0xe0, 0, 16])],
    ['unsupported-media: notes.wav holds a HEIC picture', ftyp('heic')],
    ['unsupported-media: notes.wav holds a WebP picture', bytesOf('RIFF', u32(20), 'WEBPVP8 ')],
    ['unsupported-media: notes.wav holds a ZIP archive', bytesOf('PK', [3, 4, 20, 0])],
    ['unsupported-media: notes.wav holds text, not audio', bytesOf('Dear all,\nthe minutes of the meeting')],
    ['unsupported-media: notes.wav holds text, not audio', bytesOf('The wide world')],
    ['unsupported-media: notes.wav holds text, not audio', bytesOf('MAC addresses: caff .snd')],
    ['unsupported-media: notes.wav holds text, not audio', bytesOf('ID3 tags are a kind of metadata')],
    ['unsupported-media: notes.wav holds text, not audio', bytesOf([0xff, 0xfe], 'H', 0, 'i', 0)],
    ['unsupported-media: notes.wav holds a web page, not audio', bytesOf('<!DOCTYPE html><title>Sign in</title>')],
    ['unsupported-media: notes.wav holds JSON text, not audio', bytesOf('{"error": "expired"}')],
    [
      'unsupported-media: notes.wav is only a Git LFS pointer',
      bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n'),
    ],
    [
      "unsupported-media: notes.wav holds Monkey's Audio, which Earshot does not read",
      bytesOf('MAC ', [0x96, 0x0f, 0, 0]),
    ],
    ['clip-unreadable: notes.wav ends within its ID3 tag', id3Tag(5000).subarray(0, 2000)],
    ['unsupported-media: notes.wav begins with an ID3 tag', join([id3Tag(50), new Uint8Array(300).fill(0x93)])],
  ])('says %s', async (expected, bytes) => {
    expect(await refusal(bytes)).toContain(expected);
  });

  it('does not mistake an archive that holds an MP3 for one', async () => {
    expect(await refusal(join([bytesOf('PK', [3, 4, 20, 0]), mp3Frames(10)]))).toContain('ZIP archive');
  });
});

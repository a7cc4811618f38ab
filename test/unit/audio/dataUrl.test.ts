import { describe, expect, it } from 'vitest';
import { readDataUrl } from '../../../src/audio/url/dataUrl.js';
import { createUrlOpener } from '../../../src/audio/url/openUrl.js';
import { noise } from './support/signals.js';
import { engineOver, errorOf } from './support/sources.js';
import { pcm16, wavFile } from './support/wavFiles.js';

const file = wavFile(pcm16(noise(16_000)));
const base64 = Buffer.from(file).toString('base64');
const percented = [...file].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const refuses = (url: string): string => {
  try {
    readDataUrl('talk.wav', url, 1000);
  } catch (error) {
    expect(error).toMatchObject({ reason: 'clip-unreadable' });
    return (error as Error).message;
  }
  throw new Error(`took ${url}`);
};
const never = (): never => {
  throw new Error('fetched');
};
const engine = engineOver((source) =>
  source.kind === 'url' ? createUrlOpener({ fetch: never })(source) : Promise.reject(new Error('no URL')),
);
const probe = (url: string) => engine.probe({ kind: 'url', name: 'talk.wav', url });

describe('a recording in a data: URL', () => {
  it.each([
    ['base64', `data:audio/wav;base64,${base64}`],
    ['any case', `DATA:Audio/WAV;BASE64,${base64}`],
    ['parameters', `data:audio/wav;codecs=1;name="a b";title=a%2C%20b;base64,${base64}`],
    ['no media type', `data:;base64,${base64}`],
    [
      'escaped letters of base64',
      `data:;base64,${base64.replaceAll('+', '%2B').replaceAll('/', '%2f').replaceAll('=', '%3D')}`,
    ],
    ['bytes in percent signs', `data:audio/wav,${percented}`],
    ['a fragment', `data:audio/wav;base64,${base64}#t=1,2`],
  ])('is read with %s', async (_, url) => {
    expect(await probe(url)).toMatchObject({ durationSeconds: 1, sampleRate: 16_000 });
  });

  it('is what its bytes say, whatever type it claims', async () => {
    expect(await probe(`data:audio/mpeg;base64,${base64}`)).toMatchObject({ container: 'wav' });
    expect(
      await errorOf(probe(`data:audio/wav;base64,${btoa('<!doctype html><p>Not here'.repeat(20))}`)),
    ).toMatchObject({
      reason: 'unsupported-media',
    });
  });

  it.each([0, 1, 2, 3, 4, 5, 255])('keeps all bytes when there are %i', (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => 255 - index);
    expect(readDataUrl('a', `data:;base64,${Buffer.from(bytes).toString('base64')}`, length)).toEqual(bytes);
  });

  it.each([
    ['has no comma', 'data:audio/wav;base64', /no comma/],
    ['has a media type that is none', 'data:wav;base64,AAAA', /"wav;base64" before its comma/],
    ['has a parameter without a value', 'data:audio/wav;loud;base64,AAAA', /before its comma/],
    ['says base64 too early', 'data:audio/wav;base64;a=b,AAAA', /before its comma/],
    ['has a letter that is not of base64', 'data:;base64,AA*A', /letter 3, "\*",/],
    ['has a space', 'data:;base64,AAAA AAAA', /letter 5, a space,/],
    ['has an escaped line break', 'data:;base64,AAAA%0AAAAA', /letter 5, a line break,/],
    ['has the letters of the other base64', 'data:;base64,AA-_', /letter 3, "-" \(of the other base64/],
    ['is cut short', 'data:;base64,AAAAA', /5 letters.*its end is missing/],
    ['lacks its padding', 'data:;base64,AA', /2 letters/],
    ['has too much padding', 'data:;base64,AAA==', /5 letters/],
    ['has padding in the middle', 'data:;base64,AA==AAAA', /letter 3, "=",/],
    ['has only padding', 'data:;base64,====', /letter 1, "=",/],
    ['ends in bits that belong to no byte', 'data:;base64,AB==', /its end is damaged/],
    ['has half an escape', 'data:,a%4', /"%4" in it is no byte/],
    ['has a letter beyond ASCII', 'data:,aé', /letter 2, "é", cannot stand in a URL/],
  ])('is refused when it %s, and the error says so', (_, url, says) => {
    const message = refuses(url);
    expect(message).toMatch(says);
    expect(message).toMatch(/^talk\.wav cannot be read: .* Copy the URL again/);
  });

  it('is refused beyond the limit before it is decoded', () => {
    const url = `data:;base64,${'A'.repeat(1336)}*`;
    expect(() => readDataUrl('a', url, 1000)).toThrow(expect.objectContaining({ reason: 'clip-too-large' }));
    expect(() => readDataUrl('a', `data:,${'A'.repeat(1001)}`, 1000)).toThrow(
      expect.objectContaining({ reason: 'clip-too-large' }),
    );
    expect(readDataUrl('a', `data:,${'%41'.repeat(1000)}`, 1000)).toHaveLength(1000);
  });

  it('says nothing long of a head that is', () => {
    expect(refuses(`data:${'x'.repeat(10_000)},`).length).toBeLessThan(300);
  });

  it('cannot be led to by a server', async () => {
    const open = createUrlOpener({
      fetch: () =>
        Promise.resolve(new Response(null, { status: 302, headers: { location: `data:;base64,${base64}` } })),
    });
    expect(await errorOf(open({ name: 'talk.wav', url: 'https://x.example/talk.wav' }))).toMatchObject({
      reason: 'clip-unreadable',
    });
  });
});

import { describe, expect, it } from 'vitest';
import { parseWebVtt, serialiseCues, serialiseWebVtt } from '../../../src/core/formats/webVtt.js';
import type { Segment } from '../../../src/core/transcript.js';

const segments: readonly Segment[] = [
  { startSeconds: 0, endSeconds: 1.5, text: 'Good morning.' },
  { startSeconds: 1.5, endSeconds: 3.25, text: 'R&D says 3 < 4 --> yes', speaker: 'Ann O’Neill <CEO>' },
  { startSeconds: 3600.001, endSeconds: 3601, text: 'two\nlines', speaker: 'Bob' },
];

describe('WebVTT', () => {
  it('reads back what it wrote, speakers and special characters included', () => {
    const parsed = parseWebVtt(serialiseWebVtt(['a note'], serialiseCues(segments)));
    expect(parsed).toEqual({ notes: ['a note'], cues: segments });
  });

  it('reads back generated segments of any text', () => {
    const pieces = [
      'a',
      ' ',
      '\n',
      '&',
      '<',
      '>',
      '-->',
      'é',
      '漢',
      '😀',
      '<v x>',
      'NOTE',
      'WEBVTT',
      '&amp;',
      '00:01.000 --> 00:02.000',
    ];
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      const made = Array.from({ length: 1 + random(5) }, (_unused, index): Segment => {
        const words = Array.from({ length: 1 + random(8) }, () => pieces[random(pieces.length)] ?? 'a').join('');
        const text = words.replaceAll(/\n\s*\n+/g, '\n').trim();
        return { startSeconds: index, endSeconds: index + 0.5, text: text === '' ? 'x' : text };
      });
      const content = serialiseWebVtt([], serialiseCues(made));
      expect(parseWebVtt(content)?.cues, content).toEqual(made);
    }
  });

  it('writes the same bytes for the same segments', () => {
    expect(serialiseCues(segments)).toBe(serialiseCues(structuredClone(segments)));
    expect(serialiseCues(segments.slice(0, 1))).toBe('00:00:00.000 --> 00:00:01.500\nGood morning.\n');
  });

  it('never lets a text end its cue early', () => {
    const content = serialiseCues([{ startSeconds: 0, endSeconds: 1, text: 'a\n\n\nb\r\n\r\nc' }]);
    expect(content).toBe('00:00:00.000 --> 00:00:01.000\na\nb\nc\n');
  });

  it('gives a cue of no length a millisecond, since one that ends as it starts is no cue', () => {
    const content = serialiseWebVtt([], serialiseCues([{ startSeconds: 2, endSeconds: 2, text: 'x' }]));
    expect(parseWebVtt(content)?.cues).toHaveLength(1);
  });

  it('reads files of other tools: BOM, CRLF, identifiers, settings, styles, hours left out', () => {
    const content =
      '\uFEFFWEBVTT - title\r\nKind: captions\r\n\r\nSTYLE\r\n::cue { color: red }\r\n\r\nintro\r\n00:01.000 --> 00:02.500 align:start\r\n<v.loud Ann>Hello <b>there</b></v>\r\n';
    expect(parseWebVtt(content)?.cues).toEqual([
      { startSeconds: 1, endSeconds: 2.5, text: 'Hello there', speaker: 'Ann' },
    ]);
  });

  it('passes over cues with impossible times', () => {
    const content =
      'WEBVTT\n\n00:05.000 --> 00:04.000\nbackwards\n\n0:01 --> 0:02\nno milliseconds\n\n00:06.000 --> 00:07.000\ngood\n';
    expect(parseWebVtt(content)?.cues.map((cue) => cue.text)).toEqual(['good']);
  });

  it('refuses what does not begin with the word', () => {
    for (const content of ['', '1\n00:00:01,000 --> 00:00:02,000\nsrt', 'WEBVTTX\n', ' WEBVTT']) {
      expect(parseWebVtt(content)).toBeUndefined();
    }
  });
});

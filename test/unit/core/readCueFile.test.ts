import { describe, expect, it } from 'vitest';
import { applyEdits, spanText, type CueFile } from '../../../src/core/formats/cueFile.js';
import { readCueFile } from '../../../src/core/formats/readCueFile.js';
import { parseWebVtt, serialiseCues, serialiseWebVtt } from '../../../src/core/formats/webVtt.js';
import { makeSegments, numbersFrom } from '../../support/transcriptTexts.js';

const vtt = (...lines: readonly string[]): CueFile => readCueFile(lines.join('\n'), 'vtt');
const srt = (...lines: readonly string[]): CueFile => readCueFile(lines.join('\n'), 'srt');
const texts = (file: CueFile): readonly string[] => file.cues.map(({ text }) => text);
const times = (file: CueFile): readonly (readonly number[])[] =>
  file.cues.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds]);

describe('reading WebVTT as the standard says', () => {
  it.each([
    ['no line after the first', 'WEBVTT', true],
    ['a byte order mark', '\uFEFFWEBVTT\n', true],
    ['words after a space', 'WEBVTT - made by hand', true],
    ['words after a tab', 'WEBVTT\tx', true],
    ['letters that go on', 'WEBVTTX', false],
    ['a space in front', ' WEBVTT', false],
    ['small letters', 'webvtt', false],
    ['nothing', '', false],
  ])('knows its first line: %s', (_what, content, expected) => {
    expect(readCueFile(content, 'vtt').hasSignature).toBe(expected);
  });

  it.each(['\n', '\r\n', '\r'])('takes %j for the end of a line', (lineBreak) => {
    const content = ['WEBVTT', '', 'one', '00:01.000 --> 00:02.000', 'first', 'second', '', ''].join(lineBreak);
    const file = readCueFile(content, 'vtt');
    expect(texts(file)).toEqual(['first\nsecond']);
    expect(file.cues[0]).toMatchObject({ firstLine: 2, timingLine: 3, lastLine: 5 });
  });

  it.each([
    ['00:01.000 --> 00:02.000', [1, 2]],
    ['00:00:01.000-->00:00:02.000', [1, 2]],
    ['\t 00:01.000\t-->  00:02.000 ', [1, 2]],
    ['1:00:01.000 --> 123:00:02.500', [3601, 442_802.5]],
    ['00:59.999 --> 59:59.999', [59.999, 3599.999]],
    ['00:01.000 --> 00:02.000align:start', [1, 2]],
    ['00:05.000 --> 00:01.000', [5, 1]],
  ])('takes the times %j', (line, expected) => {
    expect(times(vtt('WEBVTT', '', line, 'x'))).toEqual([expected]);
  });

  it.each([
    '00:60.000 --> 01:00.000',
    '60:00.000 --> 61:00.000',
    '0:01.000 --> 0:02.000',
    '00:01.00 --> 00:02.00',
    '00:01.0000 --> 00:02.0000',
    '00:01,000 --> 00:02,000',
    '-00:01.000 --> 00:02.000',
    '00:01 --> 00:02',
    '00:01.000 -->',
    '--> 00:02.000',
    'words --> words',
  ])('passes over a cue with the times %j and all of its text', (line) => {
    const file = vtt('WEBVTT', '', line, 'lost', 'too', '', '00:03.000 --> 00:04.000', 'kept');
    expect(texts(file)).toEqual(['kept']);
    expect(file.malformed).toHaveLength(1);
    expect(file.malformed[0]).toMatchObject({ firstLine: 2, lastLine: 4 });
  });

  it('begins another cue at an arrow, also without an empty line', () => {
    const file = vtt(
      'WEBVTT',
      '00:01.000 --> 00:02.000',
      'a',
      '00:03.000 --> 00:04.000',
      '00:05.000 --> 00:06.000',
      'c',
    );
    expect(texts(file)).toEqual(['a', '', 'c']);
  });

  it('reads an identifier only from the line right above the times', () => {
    const file = vtt(
      'WEBVTT',
      '',
      'one',
      '00:01.000 --> 00:02.000',
      'a',
      '',
      'two',
      'three',
      '00:03.000 --> 00:04.000',
      'b',
    );
    expect(file.cues.map(({ id }) => (id === undefined ? undefined : spanText(file.content, id)))).toEqual([
      'one',
      undefined,
    ]);
    expect(file.blocks.map(({ kind }) => kind)).toEqual(['header', 'stray']);
  });

  it('knows headers, notes, styles and regions from text that belongs to nothing', () => {
    const file = vtt(
      'WEBVTT - x',
      'Kind: captions',
      '',
      'NOTE a',
      'b',
      '',
      'STYLE',
      '::cue {}',
      '',
      'REGION ',
      'id:x',
      '',
      'NOTES',
      '',
      'NOTE',
    );
    expect(file.blocks.map(({ kind }) => kind)).toEqual(['header', 'note', 'style', 'region', 'stray', 'note']);
  });

  it('strips tags and puts characters for references', () => {
    const file = vtt(
      'WEBVTT',
      '',
      '00:01.000 --> 00:02.000',
      '<c.loud>A</c> <00:01.500><b>&lt;b&gt;</b> &#233;&#x1F600;&hellip; &nope; &#0; &amp',
      '<i>open',
      '',
      '00:02.000 --> 00:03.000',
      'a <never closed',
    );
    expect(texts(file)).toEqual(['A <b> é😀… &nope; &#0; &amp\nopen', 'a ']);
  });

  it('finds every voice where its name stands', () => {
    const content = 'WEBVTT\n\n00:01.000 --> 00:02.000\n<v.first.loud  Ann  O&#39;Neill >Hi</v> <v Bob>Ho<v>x</v>';
    const [cue] = readCueFile(content, 'vtt').cues;
    expect(cue?.voices.map(({ name }) => name)).toEqual(["Ann O'Neill", 'Bob']);
    expect(cue?.voices.map((voice) => spanText(content, voice))).toEqual(['Ann  O&#39;Neill', 'Bob']);
  });

  it('reads what has no first line all the same, for the editor', () => {
    const file = vtt('00:01.000 --> 00:02.000', 'a');
    expect(file.hasSignature).toBe(false);
    expect(texts(file)).toEqual(['a']);
  });

  it('gives back what was written, generated transcripts with speakers included', () => {
    const random = numbersFrom(11);
    for (let round = 0; round < 300; round++) {
      const segments = makeSegments(1 + random(6), random);
      const content = serialiseWebVtt(['a note'], serialiseCues(segments));
      for (const form of [content, content.replaceAll('\n', '\r\n'), `\uFEFF${content}`]) {
        expect(parseWebVtt(form)?.cues, form).toEqual(segments);
      }
    }
  });
});

describe('reading SRT as tools write it', () => {
  it('takes hours or none, commas or points, one to three digits', () => {
    const file = srt('1', '00:00:01,000 --> 00:00:02,5', 'a', '', '2', '1:02.25 --> 01:03', 'b');
    expect(times(file)).toEqual([
      [1, 2.5],
      [62.25, 63],
    ]);
  });

  it('keeps text after an empty line with its cue, and numbers that were said with the text', () => {
    const file = srt(
      '1',
      '00:00:01,000 --> 00:00:02,000',
      'I am',
      '42',
      '00:00:03,000 --> 00:00:04,000',
      'a',
      '',
      'b',
      '',
      '3',
      '00:00:05,000 --> 00:00:06,000',
      'c',
    );
    expect(texts(file)).toEqual(['I am\n42', 'a\n\nb', 'c']);
  });

  it('takes a number that counts on for a number, also without an empty line', () => {
    const file = srt('7', '00:00:01,000 --> 00:00:02,000', 'a', '8', '00:00:03,000 --> 00:00:04,000', 'b');
    expect(texts(file)).toEqual(['a', 'b']);
    expect(file.cues.map(({ id }) => (id === undefined ? '' : spanText(file.content, id)))).toEqual(['7', '8']);
  });

  it('strips marks of style and leaves signs of smaller and greater', () => {
    expect(
      texts(srt('1', '00:00:01,000 --> 00:00:02,000', '{\\an8}<i>3 < 4</i> <font color="red">&amp;</font>')),
    ).toEqual(['3 < 4 &amp;']);
  });

  it('finds names in front of texts, and takes no sentence for a name', () => {
    const said = [
      'Ann: hi',
      '- Dr. Bob O’Neill: ho',
      '[SPEAKER 1]: x',
      'And then he said: no',
      'at 10:30: no',
      'Ann:no',
    ];
    const file = srt(
      ...said.flatMap((text, index) => [`${index + 1}`, `00:00:0${index},000 --> 00:00:0${index},900`, text, '']),
    );
    expect(file.cues.map(({ voices }) => voices[0]?.name)).toEqual([
      'Ann',
      'Dr. Bob O’Neill',
      'SPEAKER 1',
      undefined,
      undefined,
      undefined,
    ]);
    expect(file.speakerStyle).toBe('prefix');
  });

  it('survives anything', () => {
    for (const content of ['', '\n', '\r\r\n\n', '-->', '\uFEFF', '1', 'WEBVTT', '--> -->\n-->\n']) {
      for (const syntax of ['vtt', 'srt'] as const) expect(readCueFile(content, syntax).cues).toEqual([]);
    }
  });
});

describe('edits', () => {
  it('change the text where they say', () => {
    const edits = [
      { start: 0, end: 1, text: 'A' },
      { start: 2, end: 2, text: '-' },
      { start: 3, end: 4, text: '' },
    ];
    expect(applyEdits('abcde', edits)).toBe('Ab-ce');
  });
});

import { describe, expect, it } from 'vitest';
import { cuesWithin, replaceCues, roomAround, withNames } from '../../../../src/core/document/replaceCues.js';
import { findProblems } from '../../../../src/core/document/findProblems.js';
import { applyEdits, type CueFile } from '../../../../src/core/formats/cueFile.js';
import { readCueFile } from '../../../../src/core/formats/readCueFile.js';
import type { Segment } from '../../../../src/core/transcript.js';

const range = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds });
const segment = (startSeconds: number, endSeconds: number, text: string, speaker?: string): Segment => ({
  startSeconds,
  endSeconds,
  text,
  ...(speaker === undefined ? {} : { speaker }),
});

function retold(file: CueFile, part: ReturnType<typeof range>, segments: readonly Segment[]): string {
  const cues = cuesWithin(file, part);
  return applyEdits(file.content, replaceCues(file, cues, withNames(file, cues, segments)));
}

const talk = readCueFile(
  `WEBVTT

NOTE about the talk

00:00.000 --> 00:02.000
<v Ann>Good morning.

one
00:02.000 --> 00:04.000 align:start
<v Bob>Thx thx thx.

NOTE hear again

00:04.000 --> 00:06.000
<v Ann>Thx.

00:08.000 --> 00:09.000
<v Ann>Bye.
`,
  'vtt',
);

describe('cues that are replaced', () => {
  it('give way to the new ones, and all other text stays', () => {
    const heard = [
      segment(2.1, 3.9, 'How are you?', 'B'),
      segment(4, 5, 'I & you <3', 'A'),
      segment(5, 6, 'Fine.', 'A'),
    ];
    expect(retold(talk, range(2, 6), heard)).toBe(`WEBVTT

NOTE about the talk

00:00.000 --> 00:02.000
<v Ann>Good morning.

00:00:02.100 --> 00:00:03.900
<v Bob>How are you?

00:00:04.000 --> 00:00:05.000
<v Ann>I &amp; you &lt;3

00:00:05.000 --> 00:00:06.000
<v Ann>Fine.

NOTE hear again

00:08.000 --> 00:09.000
<v Ann>Bye.
`);
  });

  it('keep their names where the recogniser tells nobody apart', () => {
    expect(retold(talk, range(2, 4), [segment(2, 4, 'Hello.')])).toContain('<v Bob>Hello.');
  });

  it('count on in SRT, with the name where the speaker changes', () => {
    const srt = readCueFile(
      '1\r\n00:00:00,000 --> 00:00:02,000\r\nAnn: One.\r\n\r\n2\r\n00:00:02,000 --> 00:00:04,000\r\nTwo.\r\n\r\n3\r\n00:00:04,000 --> 00:00:05,000\r\nBob: Three.\r\n',
      'srt',
    );
    expect(retold(srt, range(2, 4), [segment(2, 3, 'Two a --> b.'), segment(3, 4, 'Two b.')])).toBe(
      '1\r\n00:00:00,000 --> 00:00:02,000\r\nAnn: One.\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\nTwo a → b.\r\n\r\n3\r\n00:00:03,000 --> 00:00:04,000\r\nTwo b.\r\n\r\n4\r\n00:00:04,000 --> 00:00:05,000\r\nBob: Three.\r\n',
    );
  });

  it('name nobody in a file that names nobody', () => {
    const plain = readCueFile('WEBVTT\n\n00:00.000 --> 00:01.000\nhi\n', 'vtt');
    expect(retold(plain, range(0, 1), [segment(0, 1, 'Hello.', 'A')])).toBe(
      'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nHello.\n',
    );
  });

  it.each([
    ['between others', range(6, 8), '<v Ann>Thx.\n\n00:00:06.500 --> 00:00:07.500\nNew.\n\n00:08.000'],
    ['at the end', range(10, 12), '<v Ann>Bye.\n\n00:00:06.500 --> 00:00:07.500\nNew.\n'],
  ])('may be none: then the new ones go where they belong, %s', (_where, part, expected) => {
    const at =
      part.startSeconds === 6
        ? talk
        : readCueFile(talk.content.replace('00:08.000 --> 00:09.000', '00:06.100 --> 00:06.300'), 'vtt');
    expect(retold(at, part, [segment(6.5, 7.5, 'New.')])).toContain(expected);
  });

  it('are heard with a margin, which does not reach into their neighbours', () => {
    expect(roomAround(talk, range(4, 6), 0.3)).toEqual(range(4, 6.3));
    expect(roomAround(talk, range(0, 2), 0.3)).toEqual(range(0, 2));
    expect(roomAround(talk, range(8, 9), 0.3)).toEqual(range(7.7, 9.3));
  });
});

describe('text that repeats itself', () => {
  it('is a problem, with the part that should be heard again', () => {
    const cues = Array.from(
      { length: 12 },
      (_, index) => `00:${String(10 + index)}.000 --> 00:${String(11 + index)}.000\nThank you.\n`,
    );
    const file = readCueFile(`WEBVTT\n\n00:01.000 --> 00:05.000\nHello.\n\n${cues.join('\n')}`, 'vtt');
    const found = findProblems(file);
    expect(found.map(({ kind, doubtful }) => [kind, doubtful])).toEqual([['repeats', range(10, 22)]]);
  });
});

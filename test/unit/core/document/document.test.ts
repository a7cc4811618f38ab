import { describe, expect, it } from 'vitest';
import { chaptersOf } from '../../../../src/core/document/chapters.js';
import { describeTimes } from '../../../../src/core/document/describeCue.js';
import { findProblems } from '../../../../src/core/document/findProblems.js';
import { formatCueFile } from '../../../../src/core/document/formatCueFile.js';
import { mergeCues, splitCue } from '../../../../src/core/document/reshapeCues.js';
import {
  cueAtTime,
  objectionToRetiming,
  parseScale,
  parseShift,
  retimeCues,
} from '../../../../src/core/document/retime.js';
import { objectionToName, renameSpeaker, speakerAt, usesOfSpeaker } from '../../../../src/core/document/speakers.js';
import { passagesOf, turnsOf } from '../../../../src/core/document/turns.js';
import { applyEdits, spanText, type CueFile, type TextEdit } from '../../../../src/core/formats/cueFile.js';
import { readCueFile } from '../../../../src/core/formats/readCueFile.js';
import { parseWebVtt, serialiseCues, serialiseWebVtt } from '../../../../src/core/formats/webVtt.js';
import { makeSegments, numbersFrom } from '../../../support/transcriptTexts.js';

const vtt = (...lines: readonly string[]): CueFile => readCueFile(['WEBVTT', '', ...lines].join('\n'), 'vtt');
const after = ({ content }: CueFile, edits: readonly TextEdit[] | undefined): string[] =>
  applyEdits(content, edits ?? []).split('\n');
const wordsOf = (content: string): string => content.replaceAll(/[^\n]*-->[^\n]*/g, '').replaceAll(/\s+/g, ' ');

const talk = vtt(
  '00:00.000 --> 00:02.000',
  '<v Ann>Good morning.',
  '',
  '00:02.000 --> 00:03.000',
  '<v Ann>And hello.',
  '',
  '00:03.000 --> 00:05.000',
  '<v R&amp;D>Hi <v Ann>Oh.',
  '',
);

describe('speakers', () => {
  it('are grouped into turns', () => {
    expect(turnsOf(talk).map(({ speaker, cues }) => [speaker, cues.length])).toEqual([
      ['Ann', 2],
      ['R&D', 1],
    ]);
  });

  it('are found at a place and everywhere, inside a cue of another one too', () => {
    const offset = talk.content.indexOf('Ann>And') + 1;
    expect(speakerAt(talk, offset)?.name).toBe('Ann');
    expect(speakerAt(talk, talk.content.indexOf('hello'))).toBeUndefined();
    expect(usesOfSpeaker(talk, 'Ann').map((use) => spanText(talk.content, use))).toEqual(['Ann', 'Ann', 'Ann']);
  });

  it('are renamed everywhere, and only there, with what would be a tag written as a reference', () => {
    const renamed = readCueFile(after(talk, renameSpeaker(talk, 'Ann', ' Ann <&>  O’Neill ')).join('\n'), 'vtt');
    expect(usesOfSpeaker(renamed, 'Ann <&> O’Neill')).toHaveLength(3);
    expect(renamed.cues.map(({ text }) => text)).toEqual(talk.cues.map(({ text }) => text));
    expect(objectionToName(talk, ' ')).toContain('name');
  });

  it('are not renamed to what would no longer be a name in front of a text', () => {
    const file = readCueFile('1\n00:00:01,000 --> 00:00:02,000\nAnn: hi\n', 'srt');
    expect(objectionToName(file, 'ann: the boss')).toContain('would not be read as a name');
    expect(objectionToName(file, 'Ann O’Neill')).toBeUndefined();
    expect(after(file, renameSpeaker(file, 'Ann', 'Bob'))[2]).toBe('Bob: hi');
  });
});

describe('problems of a transcript', () => {
  const kinds = (...lines: readonly string[]): readonly string[] => findProblems(vtt(...lines)).map(({ kind }) => kind);

  it('are none in what Earshot writes', () => {
    const random = numbersFrom(5);
    for (let round = 0; round < 50; round++) {
      const content = serialiseWebVtt(['x'], serialiseCues(makeSegments(5, random)));
      const found = findProblems(readCueFile(content, 'vtt')).filter(({ kind }) => kind !== 'too-fast');
      expect(found, content).toEqual([]);
    }
  });

  it.each([
    ['reversed-times', ['00:02.000 --> 00:01.000', 'x']],
    ['reversed-times', ['00:02.000 --> 00:02.000', 'x']],
    ['negative-time', ['-00:02.000 --> 00:02.000', 'x']],
    ['malformed-timing', ['00:00:02,000 --> 00:00:03,000', 'x']],
    ['out-of-order', ['00:05.000 --> 00:06.000', 'x', '', '00:02.000 --> 00:03.000', 'y']],
    ['overlap', ['00:05.000 --> 00:06.000', 'x', '', '00:05.500 --> 00:07.000', 'y']],
    ['too-fast', ['00:05.000 --> 00:06.000', 'Nobody on earth speaks as quickly as that.']],
    ['stray-text', ['00:05.000 --> 00:06.000', 'x', '', 'y']],
  ])('%s is found in %j', (kind, lines) => {
    expect(kinds(...lines)).toEqual([kind]);
  });

  it('are not seen in two people who talk at once', () => {
    expect(kinds('00:05.000 --> 00:06.000', '<v Ann>x', '', '00:05.500 --> 00:07.000', '<v Bob>y')).toEqual([]);
  });

  it('are gone after their fixes', () => {
    const broken = readCueFile('00:02.000 --> 00:01.000\na\n\n0:03 --> 0:05\nb\n\n00:04.000 --> 00:06.000\nc\n', 'vtt');
    let file = broken;
    for (let round = 0; round < 5; round++) {
      const fix = findProblems(file).find((problem) => problem.fix !== undefined)?.fix;
      file = readCueFile(applyEdits(file.content, fix?.edits ?? []), 'vtt');
    }
    expect(findProblems(file)).toEqual([]);
    expect(file.cues.map(({ text, startSeconds, endSeconds }) => [text, startSeconds, endSeconds])).toEqual([
      ['a', 1, 2],
      ['b', 3, 4],
      ['c', 4, 6],
    ]);
  });
});

describe('formatting', () => {
  it('writes times and empty lines in one way and touches nothing else', () => {
    const file = readCueFile(
      'WEBVTT\n\n\n\none\n 1:00:01.000-->1:00:02.000  line:0   align:start\n a  b \n00:03.000 --> 00:04.000\nc\n\n\n\nNOTE x\n\n0:05,5 --> 0:06\nd',
      'vtt',
    );
    expect(after(file, formatCueFile(file))).toEqual([
      'WEBVTT',
      '',
      'one',
      '01:00:01.000 --> 01:00:02.000 line:0 align:start',
      ' a  b ',
      '',
      '00:00:03.000 --> 00:00:04.000',
      'c',
      '',
      'NOTE x',
      '',
      '00:00:05.500 --> 00:00:06.000',
      'd',
      '',
    ]);
  });

  it('never changes a word, and changes nothing twice, whatever the file', () => {
    const random = numbersFrom(3);
    const pieces = [
      'a',
      ' ',
      '\n',
      '\n\n',
      '\r\n',
      '00:01.000 --> 00:02.000',
      '0:01 --> 0:02',
      '1',
      'NOTE',
      '<v Ann>',
      '-->',
      'WEBVTT',
      'STYLE',
      '\t',
    ];
    for (let round = 0; round < 2000; round++) {
      const content = Array.from({ length: random(12) }, () => pieces[random(pieces.length)] ?? '').join('');
      for (const syntax of ['vtt', 'srt'] as const) {
        const file = readCueFile(content, syntax);
        const once = applyEdits(content, formatCueFile(file));
        const again = readCueFile(once, syntax);
        expect(wordsOf(once).trim(), JSON.stringify(content)).toBe(wordsOf(content).trim());
        expect(applyEdits(once, formatCueFile(again)), JSON.stringify([content, once])).toBe(once);
      }
    }
  });

  it('leaves alone what Earshot wrote', () => {
    const content = serialiseWebVtt(['x'], serialiseCues(makeSegments(20, numbersFrom(9))));
    expect(formatCueFile(readCueFile(content, 'vtt'))).toEqual([]);
  });
});

describe('times', () => {
  it('are read as people write them', () => {
    expect(['1.5', '+0:02', '-1:00:00', '−3s', 'x', ''].map((given) => parseShift(given)?.shiftSeconds)).toEqual([
      1.5,
      2,
      -3600,
      -3,
      undefined,
      undefined,
    ]);
    expect(['2', '150%', '25/20', '0', 'x', '1/0'].map((given) => parseScale(given)?.factor)).toEqual([
      2,
      1.5,
      1.25,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are shifted and stretched, those of words too, and nothing else is', () => {
    const file = vtt('00:01.000 --> 00:02.000', 'a <00:01.500>b');
    expect(after(file, retimeCues(file, file.cues, { factor: 2, shiftSeconds: 1 })).slice(2)).toEqual([
      '00:00:03.000 --> 00:00:05.000',
      'a <00:00:04.000>b',
    ]);
  });

  it('are not shifted to before the beginning', () => {
    expect(objectionToRetiming(talk.cues, { factor: 1, shiftSeconds: -0.5 })).toContain('before the recording');
    expect(objectionToRetiming(talk.cues.slice(1), { factor: 1, shiftSeconds: -2 })).toBeUndefined();
  });

  it('lead to the cue that is spoken, or to the next', () => {
    const { cues } = vtt('00:01.000 --> 00:02.000', 'a', '', '00:05.000 --> 00:06.000', 'b');
    expect([0, 1, 2, 5.5, 99].map((seconds) => cueAtTime(cues, seconds)?.text)).toEqual(['a', 'a', 'b', 'b', 'b']);
  });
});

describe('splitting and merging', () => {
  it('splits where the caret stands, with the voice, the tags and a share of the time', () => {
    const file = vtt('one', '00:00.000 --> 00:10.000 align:start', '<v Ann><b>12345 6789A</b>');
    expect(after(file, splitCue(file, file.content.indexOf('6789'))).slice(3)).toEqual([
      '00:00:00.000 --> 00:00:05.455 align:start',
      '<v Ann><b>12345</b>',
      '',
      '00:00:05.455 --> 00:00:10.000 align:start',
      '<v Ann><b>6789A</b>',
    ]);
  });

  it('splits at the time of a word where there is one', () => {
    const file = vtt('00:00.000 --> 00:10.000', 'a <00:09.000>b');
    expect(after(file, splitCue(file, file.content.indexOf('<00:09')))[2]).toContain('--> ');
    expect(after(file, splitCue(file, file.content.indexOf('b')))[2]).toBe('00:00:00.000 --> 00:00:09.000');
  });

  it('splits nothing inside a name, a tag, a reference, or at an end', () => {
    const file = vtt('00:00.000 --> 00:10.000', '<v Ann>a &amp; b');
    for (const place of ['nn>', '>a', 'a &', 'mp;', 'v Ann', '00:10'])
      expect(splitCue(file, file.content.indexOf(place)), place).toBeUndefined();
  });

  it('merges what follows each other, with every word, and says a voice that goes on once', () => {
    expect(after(talk, mergeCues(talk, talk.cues)).slice(2)).toEqual([
      '00:00:00.000 --> 00:00:05.000',
      '<v Ann>Good morning.',
      'And hello.</v>',
      '<v R&amp;D>Hi <v Ann>Oh.',
      '',
    ]);
  });

  it('merges nothing over a note, and no cue alone', () => {
    const file = vtt('00:00.000 --> 00:01.000', 'a', '', 'NOTE keep me', '', '00:01.000 --> 00:02.000', 'b');
    expect(mergeCues(file, file.cues)).toBeUndefined();
    expect(mergeCues(talk, talk.cues.slice(0, 1))).toBeUndefined();
  });

  it('gives the words back when what was split is merged', () => {
    const random = numbersFrom(21);
    for (let round = 0; round < 300; round++) {
      const segments = makeSegments(3, random);
      const file = readCueFile(serialiseWebVtt([], serialiseCues(segments)), 'vtt');
      const edits = splitCue(file, random(file.content.length));
      if (edits === undefined) continue;
      const split = readCueFile(applyEdits(file.content, edits), 'vtt');
      expect(split.cues).toHaveLength(4);
      const words = (cues: readonly { readonly text: string }[]): string =>
        cues
          .map(({ text }) => text)
          .join(' ')
          .replaceAll(/\s+/g, '');
      expect(words(split.cues)).toBe(words(segments));
      const merged = parseWebVtt(applyEdits(split.content, mergeCues(split, split.cues) ?? []));
      expect(words(merged?.cues ?? [])).toBe(words(segments));
    }
  });

  it('keeps the numbers of SRT going', () => {
    const file = readCueFile(
      '1\n00:00:00,000 --> 00:00:04,000\naa bb\n\n2\n00:00:04,000 --> 00:00:05,000\ncc\n',
      'srt',
    );
    const split = readCueFile(after(file, splitCue(file, file.content.indexOf('bb'))).join('\n'), 'srt');
    const numbers = (of: CueFile): string[] =>
      of.cues.map(({ id }) => (id === undefined ? '' : spanText(of.content, id)));
    expect(numbers(split)).toEqual(['1', '2', '3']);
    const merged = readCueFile(after(split, mergeCues(split, split.cues.slice(0, 2))).join('\n'), 'srt');
    expect(numbers(merged)).toEqual(['1', '2']);
    expect(merged.cues[0]?.text).toBe('aa\nbb');
  });
});

describe('estimated times', () => {
  it.each([
    ['times: estimated', 'The model gave no times: this one is estimated from the pauses in the recording.'],
    [
      'times: partly estimated',
      'Some times in this transcript are estimated, since the model gave none that can be right.',
    ],
  ])('are told of where the note says %s', (line, sentence) => {
    const cue = '00:00.000 --> 00:01.000\nHello.\n';
    const read = (note: string) => readCueFile(`WEBVTT\n\nNOTE Transcribed by Earshot\n${note}\n\n${cue}`, 'vtt');
    expect(describeTimes(read(line))).toEqual([sentence]);
    expect(describeTimes(read('language: en'))).toEqual([]);
    expect(describeTimes(readCueFile(`WEBVTT\n\n${cue}\nNOTE\n${line}\n`, 'vtt'))).toEqual([]);
  });
});

describe('passages', () => {
  const spans = (file: CueFile): unknown =>
    passagesOf(file).map(({ cues }) => [cues[0].startSeconds, cues.at(-1)?.endSeconds]);

  it('are the turns where speakers are named', () => {
    expect(passagesOf(talk)).toEqual(turnsOf(talk));
  });

  it('end at long pauses, and with a sentence when they grow long, where nobody is named', () => {
    const cues = [
      [0, 30, 'One'],
      [31, 61, 'two.'],
      [61, 65, 'Three,'],
      [65, 70, 'four'],
      [72, 75, 'Five.'],
    ] as const;
    const file = readCueFile(
      serialiseWebVtt(
        [],
        serialiseCues(cues.map(([startSeconds, endSeconds, text]) => ({ startSeconds, endSeconds, text }))),
      ),
      'vtt',
    );
    expect(spans(file)).toEqual([
      [0, 61],
      [61, 70],
      [72, 75],
    ]);
  });
});

describe('chapters', () => {
  const cue = (at: string, words: string): string[] => [`00:${at}.000 --> 00:${at}.900`, words, ''];
  const lengths = (file: CueFile): unknown => chaptersOf(file)?.map(({ title, cues }) => [title, cues.length]);

  it('are none where the recording names none', () => {
    expect(chaptersOf(talk)).toBeUndefined();
  });

  it('hold the cues that begin in them; what is said before the first one has no name', () => {
    const file = vtt(
      'NOTE Transcribed by Earshot',
      'chapter: 00:00:10.000 Questions',
      'chapter: 00:00:05.000 Welcome: all of us',
      '',
      ...cue('04', 'Hm.'),
      ...cue('05', 'Good morning.'),
      ...cue('09', 'Hello.'),
      ...cue('10', 'Why?'),
    );
    expect(lengths(file)).toEqual([
      [undefined, 1],
      ['Welcome: all of us', 2],
      ['Questions', 1],
    ]);
  });

  it('are left out where nothing is said in them, and have a number where they have no name', () => {
    const file = vtt(
      'NOTE',
      'chapter: 00:00:00.000 Music',
      'chapter: 00:00:05.000',
      'chapter: soon',
      '',
      ...cue('06', 'Good morning.'),
    );
    expect(lengths(file)).toEqual([['Chapter 2', 1]]);
  });

  it('do not come twice where a cue goes back in time', () => {
    const file = vtt(
      'NOTE',
      'chapter: 00:00:00.000 One',
      'chapter: 00:00:05.000 Two',
      '',
      ...cue('01', 'a'),
      ...cue('06', 'b'),
      ...cue('04', 'c'),
    );
    expect(lengths(file)).toEqual([
      ['One', 1],
      ['Two', 2],
    ]);
  });

  it('are not looked for in a note behind the first cue', () => {
    expect(chaptersOf(vtt(...cue('01', 'a'), 'NOTE', 'chapter: 00:00:00.000 One', ''))).toBeUndefined();
  });
});

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { exportFormats } from '../../../src/core/formats/exportFormats.js';
import { originOf, type ExportedTranscript } from '../../../src/core/formats/exportedTranscript.js';
import { transcriptSchemaUri } from '../../../src/core/formats/transcriptJson.js';
import { readTranscriptText } from '../../../src/workflows/readTranscriptText.js';

const notes = [
  'Transcribed by Earshot\nsource: interview.m4a\nsource-sha256: ' +
    `${'ab'.repeat(32)}\nduration: 01:00:02.500\nmodel: bench:whisper-1\nlanguage: en\ndate: 2026-11-21T10:00:00.000Z\npartial: stopped at 00:01:10.000`,
];

const interview: ExportedTranscript = {
  name: 'interview_1',
  notes,
  origin: originOf(notes),
  segments: [
    { startSeconds: 0.1 + 0.2, endSeconds: 2.5, text: 'Hello, *world*.', speaker: 'Ann & Co' },
    { startSeconds: 2.5, endSeconds: 4, text: 'How are\nyou?', speaker: 'Ann & Co' },
    { startSeconds: 4, endSeconds: 4, text: '=1+1 is "two"', speaker: 'Bob' },
    { startSeconds: 65, endSeconds: 66.5, text: '1. I said --> so', speaker: 'Bob' },
  ],
};
const linkTo = (seconds: number): string => `vscode://earshot.earshot/open?file=f&t=${seconds}`;
const { srt, vtt, md, txt, csv, json } = exportFormats;

describe('exports of a transcript', () => {
  it('SubRip numbers the cues and names a speaker where another begins', () => {
    expect(srt.write(interview)).toBe(
      [
        '1\n00:00:00,300 --> 00:00:02,500\nAnn & Co: Hello, *world*.\n',
        '2\n00:00:02,500 --> 00:00:04,000\nHow are\nyou?\n',
        '3\n00:00:04,000 --> 00:00:04,001\nBob: =1+1 is "two"\n',
        '4\n00:01:05,000 --> 00:01:06,500\n1. I said → so\n',
      ].join('\n'),
    );
  });

  it('WebVTT keeps the NOTE and the speakers', () => {
    expect(vtt.write(interview)).toBe(
      [
        `WEBVTT\n\nNOTE ${notes[0] ?? ''}\n`,
        '00:00:00.300 --> 00:00:02.500\n<v Ann &amp; Co>Hello, *world*.\n',
        '00:00:02.500 --> 00:00:04.000\n<v Ann &amp; Co>How are\nyou?\n',
        '00:00:04.000 --> 00:00:04.001\n<v Bob>=1+1 is "two"\n',
        '00:01:05.000 --> 00:01:06.500\n<v Bob>1. I said --&gt; so\n',
      ].join('\n'),
    );
  });

  it('Markdown has a paragraph for each turn, links at its times, and nothing that Markdown takes for marks', () => {
    expect(md.write(interview, linkTo)).toBe(
      [
        '# interview\\_1\n',
        'Transcript of interview.m4a (1:00:03) by bench:whisper-1 on 2026-11-21.\n',
        'It stops at 1:10; the rest of the recording is not in it.\n',
        '**Ann \\& Co** [0:00](vscode://earshot.earshot/open?file=f&t=0.30000000000000004)\n',
        'Hello, \\*world\\*. How are you?\n',
        '**Bob** [0:04](vscode://earshot.earshot/open?file=f&t=4)\n',
        '\\=1+1 is "two"\n',
        '[1:05](vscode://earshot.earshot/open?file=f&t=65)\n',
        '1\\. I said --\\> so\n',
      ].join('\n'),
    );
  });

  it('plain text has the words and who says them', () => {
    expect(txt.write(interview)).toBe(
      'Ann & Co: Hello, *world*. How are you?\n\nBob: =1+1 is "two"\n\n1. I said --> so\n',
    );
  });

  it('CSV is quoted as RFC 4180 says, and no text is a formula', () => {
    expect(csv.write(interview)).toBe(
      [
        'startSeconds,endSeconds,speaker,text\r\n',
        '0.3,2.5,Ann & Co,"Hello, *world*."\r\n',
        '2.5,4,Ann & Co,How are you?\r\n',
        '4,4,Bob,"\'=1+1 is ""two"""\r\n',
        '65,66.5,Bob,1. I said --> so\r\n',
      ].join(''),
    );
  });

  it('JSON obeys its schema and says where the transcript comes from', () => {
    const words = [{ text: 'Hello,', startSeconds: 0.3, endSeconds: 1, confidence: 0.5 }];
    const withWords = { ...interview, segments: interview.segments.map((one) => ({ ...one, words })) };
    const text = json.write(withWords);
    const schema = JSON.parse(readFileSync('media/schemas/transcript.schema.json', 'utf8')) as { readonly $id: string };
    expect(schema.$id).toBe(transcriptSchemaUri);
    const validate = new Ajv({ strict: true }).compile(schema);
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...(JSON.parse(text) as object), version: 2 })).toBe(false);
    expect(json.write({ ...interview, segments: interview.segments.slice(2, 3) })).toBe(`{
  "$schema": "earshot-schema:/transcript.schema.json",
  "version": 1,
  "sourceName": "interview.m4a",
  "sourceSha256": "${'ab'.repeat(32)}",
  "durationSeconds": 3602.5,
  "model": "bench:whisper-1",
  "language": "en",
  "createdAt": "2026-11-21T10:00:00.000Z",
  "completeUntilSeconds": 70,
  "segments": [
    {
      "startSeconds": 4,
      "endSeconds": 4,
      "speaker": "Bob",
      "text": "=1+1 is \\"two\\""
    }
  ]
}
`);
  });

  it('begin a paragraph after a long pause, and when one has grown long at the end of a sentence', () => {
    const segments = Array.from({ length: 40 }, (_, index) => ({
      startSeconds: index * 2,
      endSeconds: index * 2 + 2,
      text: index === 34 ? 'end.' : 'word',
    }));
    const lines = txt
      .write({ ...interview, segments })
      .trimEnd()
      .split('\n\n');
    expect(lines.map((line) => line.split(' ').length)).toEqual([35, 5]);
  });
});

describe('reading a transcript', () => {
  it('goes by what the file holds: every format that is read back gives the same segments', () => {
    const segments = interview.segments.filter(({ startSeconds, endSeconds }) => endSeconds > startSeconds);
    const written = { ...interview, segments };
    const rounded = segments.map((one) => ({ ...one, startSeconds: Math.round(one.startSeconds * 1000) / 1000 }));
    expect(readTranscriptText('a.txt', vtt.write(written))).toEqual({ ...written, name: 'a', segments: rounded });
    const fromJson = readTranscriptText('a.txt', json.write(written));
    expect(fromJson.segments).toEqual(rounded);
    expect(fromJson.origin).toEqual(interview.origin);
    expect(readTranscriptText('a.txt', srt.write(written)).segments.map(({ startSeconds }) => startSeconds)).toEqual(
      rounded.map(({ startSeconds }) => startSeconds),
    );
  });

  it('makes WebVTT of SubRip and of what whisper writes, and says that it was imported', () => {
    const expected = 'WEBVTT\n\nNOTE Imported by Earshot\nfrom: talk.x\n\n00:00:01.000 --> 00:00:02.500\nHello.\n';
    const whisperCpp = {
      result: { language: 'en' },
      transcription: [{ offsets: { from: 1000, to: 2500 }, text: ' Hello.' }],
    };
    const whisper = { text: 'Hello.', language: 'en', segments: [{ id: 0, start: 1, end: 2.5, text: ' Hello.' }] };
    for (const content of [
      '1\n00:00:01,000 --> 00:00:02,500\nHello.\n',
      JSON.stringify(whisperCpp),
      JSON.stringify(whisper),
    ]) {
      expect(vtt.write(readTranscriptText('talk.x', content))).toBe(expected);
    }
    expect(readTranscriptText('talk.json', JSON.stringify(whisper)).origin.language).toBe('en');
  });

  it('refuses anything else with what can be done', () => {
    for (const content of ['', 'some notes', '{"error":{"message":"no"}}', '{"version":1,"segments":"x"}', '[1]']) {
      expect(() => readTranscriptText('a.txt', content)).toThrow(/^a\.txt is no transcript that Earshot can read\./);
    }
  });
});

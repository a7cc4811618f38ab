import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseTranscript, serialiseTranscript } from '../../../src/core/formats/transcriptFile.js';
import { EarshotError } from '../../../src/core/errors.js';
import type { Transcript } from '../../../src/core/transcript.js';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

const transcript: Transcript = {
  segments: [
    { startSeconds: 0, endSeconds: 2, text: 'We ship on Friday.' },
    { startSeconds: 2, endSeconds: 3, text: 'Agreed.', speaker: 'Ann' },
  ],
  provenance: {
    sourceName: 'stand-up --> final\n.wav',
    sourceSha256: 'ab'.repeat(32),
    durationSeconds: 3,
    model: 'command:pocketsphinx',
    createdAt: '2026-11-20T10:00:00Z',
    language: 'en',
    usage: { audioSeconds: 3 },
  },
};

describe('a transcript file', () => {
  const content = serialiseTranscript(transcript, digest);

  it.each([
    ['all', 'times: estimated'],
    ['some', 'times: partly estimated'],
  ] as const)('says that times are estimated: %s', (estimatedTimes, line) => {
    const { segments, provenance } = transcript;
    expect(serialiseTranscript({ segments, provenance: { ...provenance, estimatedTimes } }, digest)).toContain(
      `\nlanguage: en\n${line}\ndate:`,
    );
    expect(content).not.toContain('times:');
  });

  it('names the chapters of the recording, each on one line', () => {
    const { segments, provenance } = transcript;
    const chapters = [
      { startSeconds: 0, title: 'Welcome\nchecksum: 0' },
      { startSeconds: 2, title: '' },
    ];
    const named = serialiseTranscript({ segments, provenance: { ...provenance, chapters } }, digest);
    expect(named).toContain(
      '\nusage: 3 s of audio\nchapter: 00:00:00.000 Welcome checksum: 0\nchapter: 00:00:02.000\nchecksum: ',
    );
    expect(parseTranscript('a.vtt', named, digest).isUntouched).toBe(true);
  });

  it('says where it comes from in one note after the header', () => {
    expect(content).toBe(
      [
        'WEBVTT',
        '',
        'NOTE Transcribed by Earshot',
        'source: stand-up → final .wav',
        `source-sha256: ${'ab'.repeat(32)}`,
        'duration: 00:00:03.000',
        'model: command:pocketsphinx',
        'language: en',
        'date: 2026-11-20T10:00:00Z',
        'usage: 3 s of audio',
        /checksum: .*/.exec(content)?.[0],
        '',
        '00:00:00.000 --> 00:00:02.000',
        'We ship on Friday.',
        '',
        '00:00:02.000 --> 00:00:03.000',
        '<v Ann>Agreed.',
        '',
      ].join('\n'),
    );
  });

  it('is known to be untouched, also after its line ends were changed', () => {
    expect(parseTranscript('a.vtt', content, digest)).toMatchObject({
      isUntouched: true,
      isPartial: false,
      model: 'command:pocketsphinx',
      sourceSha256: 'ab'.repeat(32),
      segments: transcript.segments,
    });
    expect(parseTranscript('a.vtt', content.replaceAll('\n', '\r\n'), digest).isUntouched).toBe(true);
  });

  it.each([
    ['a word', content.replace('Friday', 'Monday')],
    ['a time', content.replace('00:00:02.000 -->', '00:00:02.100 -->')],
    ['a comment in front', content.replace('\n\nNOTE', '\n\nNOTE mine\n\nNOTE')],
    ['a comment behind', `${content}\nNOTE check this\n`],
    ['the note itself', content.replace('language: en', 'language: de')],
    ['the checksum taken out', content.replace(/checksum: .*\n/, '')],
  ])('is known to be edited after a change of %s', (_what, edited) => {
    expect(edited).not.toBe(content);
    expect(parseTranscript('a.vtt', edited, digest).isUntouched).toBe(false);
  });

  it('says how far it reaches when the work stopped early', () => {
    const partial = serialiseTranscript(
      { ...transcript, provenance: { ...transcript.provenance, completeUntilSeconds: 2 } },
      digest,
    );
    expect(partial).toContain('\npartial: stopped at 00:00:02.000\n');
    expect(parseTranscript('a.vtt', partial, digest)).toMatchObject({ isPartial: true, isUntouched: true });
  });

  it('is refused with the name and the way out when it is no WebVTT', () => {
    expect(() => parseTranscript('a.vtt', 'hello', digest)).toThrow(EarshotError);
    expect(() => parseTranscript('a.vtt', 'hello', digest)).toThrow(/a\.vtt .*WEBVTT/);
  });
});

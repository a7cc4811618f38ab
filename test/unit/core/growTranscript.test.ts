import { describe, expect, it } from 'vitest';
import { appendEdits, headEdits, replaceEdits } from '../../../src/core/document/growTranscript.js';
import { applyEdits } from '../../../src/core/formats/cueFile.js';
import { isUntouched, serialiseTranscript } from '../../../src/core/formats/transcriptFile.js';
import { parseWebVtt } from '../../../src/core/formats/webVtt.js';
import type { Segment, Transcript } from '../../../src/core/transcript.js';

const digest = (text: string): string => String(text.length).padStart(8, '0').repeat(2);

const segments: readonly Segment[] = Array.from({ length: 12 }, (_, index) => ({
  startSeconds: 2 * index,
  endSeconds: 2 * index + 1.5,
  text: `word ${index}`,
}));

function transcript(of: readonly Segment[], isPartial = true): Transcript {
  return {
    segments: of,
    provenance: {
      sourceName: 'interview.wav',
      sourceSha256: 'cd'.repeat(32),
      model: 'fake:listener',
      createdAt: '2026-11-21T10:00:00Z',
      ...(isPartial ? { completeUntilSeconds: of.at(-1)?.endSeconds ?? 0 } : { usage: { audioSeconds: 24 } }),
    },
  };
}

const textOf = (of: readonly Segment[], isPartial = true): string =>
  serialiseTranscript(transcript(of, isPartial), digest);

const wordsOf = (content: string): readonly string[] => (parseWebVtt(content)?.cues ?? []).map(({ text }) => text);

describe('a transcript that nobody edits', () => {
  it('becomes the next one by changing its head and its end alone', () => {
    const current = textOf(segments.slice(0, 10));
    const next = textOf(segments);
    const edits = replaceEdits(current, next);
    expect(applyEdits(current, edits)).toBe(next);
    const firstCue = current.indexOf('00:00:00.000 -->');
    const lastCue = current.indexOf('word 9');
    expect(edits.every(({ start, end }) => end < firstCue || start > lastCue)).toBe(true);
    expect(edits.length).toBe(2);
  });

  it('becomes any other, also one whose last words were heard otherwise', () => {
    for (let from = 0; from <= 12; from++) {
      for (let to = 0; to <= 12; to++) {
        for (const words of ['word', `word ${to - 1}`, 'a word 1\nand --> an arrow', '']) {
          const changed = segments.slice(0, to).map((one, index) => (index === to - 1 ? { ...one, text: words } : one));
          const [current, next] = [textOf(segments.slice(0, from)), textOf(changed, to % 2 === 0)];
          expect(applyEdits(current, replaceEdits(current, next))).toBe(next);
        }
      }
    }
  });

  it('is known as untouched, with the line ends of Windows too, and after any edit no more', () => {
    const content = textOf(segments);
    expect(isUntouched(content, digest)).toBe(true);
    expect(isUntouched(content.replaceAll('\n', '\r\n'), digest)).toBe(true);
    expect(isUntouched(`${content}\n`, digest)).toBe(false);
    expect(isUntouched(content.replace('model: fake', 'model: falsest'), digest)).toBe(false);
    expect(isUntouched('WEBVTT\n\n', digest)).toBe(false);
  });
});

describe('a transcript that is edited while it grows', () => {
  const shown = { content: textOf(segments.slice(0, 4)), segments: segments.slice(0, 4) };
  const append = (current: string, until: number, wasUndone = false): string =>
    applyEdits(current, appendEdits(current, shown, segments.slice(0, until), wasUndone).edits);

  it('keeps the edit and gets the rest behind it, once', () => {
    const edited = shown.content.replace('word 3', 'ward three\nNote by Ann');
    expect(wordsOf(append(edited, 8))).toEqual([
      'word 0',
      'word 1',
      'word 2',
      'ward three\nNote by Ann',
      'word 4',
      'word 5',
      'word 6',
      'word 7',
    ]);
    expect(append(edited, 4)).toBe(edited);
    expect(append(edited, 8).startsWith(edited)).toBe(true);
  });

  it('does not bring back what was deleted', () => {
    const edited = shown.content.slice(0, shown.content.indexOf('\n00:00:04.000'));
    expect(wordsOf(append(edited, 6))).toEqual(['word 0', 'word 1', 'word 4', 'word 5']);
  });

  it('brings back what undoing took away with it', () => {
    const undone = textOf(segments.slice(0, 2)).replace('word 0', 'wort 0');
    expect(wordsOf(append(undone, 6, true))).toEqual(['wort 0', 'word 1', 'word 2', 'word 3', 'word 4', 'word 5']);
    const mended = shown.content.replace('word 3', 'ward');
    expect(wordsOf(append(mended, 5, true))).toEqual(['word 0', 'word 1', 'word 2', 'ward', 'word 4']);
  });

  it('never loses or doubles a cue, wherever something is typed', () => {
    for (let place = shown.content.indexOf('word 0'); place <= shown.content.length; place++) {
      for (const typed of ['x', '\n', '\n\nNOTE of mine\n\n', '--> ']) {
        const edited = shown.content.slice(0, place) + typed + shown.content.slice(place);
        const until = 4 + (place % 9);
        const grown = append(edited, until);
        expect(grown.startsWith(edited)).toBe(true);
        const added = wordsOf(`WEBVTT\n\n${grown.slice(edited.length).trimStart()}`);
        expect(added).toEqual(segments.slice(4, until).map(({ text }) => text));
      }
    }
  });

  it('gets its last head, unless somebody has edited that', () => {
    const next = textOf(segments, false);
    const edited = shown.content.replace('word 2', 'two');
    const finished = applyEdits(edited, headEdits(edited, shown.content, next));
    expect(finished).toContain('\nusage: ');
    expect(finished).not.toContain('\npartial: ');
    expect(isUntouched(finished, digest)).toBe(false);
    expect(headEdits(edited.replace('NOTE', 'NOTE by me:'), shown.content, next)).toEqual([]);
  });
});

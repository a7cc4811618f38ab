import { formatTimecode } from '../timecode.js';
import type { Segment } from '../transcript.js';
import { spanText } from './cueFile.js';
import { encodeReferences } from './cueText.js';
import { readCueFile } from './readCueFile.js';

/** The header line and blocks of a WebVTT file (W3C, https://www.w3.org/TR/webvtt1/). */
export interface WebVtt {
  /** Texts of the NOTE blocks in front of the first cue, without the word NOTE. */
  readonly notes: readonly string[];
  readonly cues: readonly Segment[];
}

function escapeText(value: string): string {
  // An empty line would end the cue and `-->` would begin another one; neither may appear inside (W3C 4.1).
  return encodeReferences(value)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/\n\s*\n+/g, '\n')
    .trim();
}

/** One cue per segment, in order; the same segments always give the same text. Ends with a line break. */
export function serialiseCues(segments: readonly Segment[]): string {
  return segments
    .map((segment) => {
      const voice = segment.speaker === undefined ? '' : `<v ${escapeText(segment.speaker).replaceAll('\n', ' ')}>`;
      // A cue must end after it starts, also when both fall into the same millisecond.
      const endSeconds = Math.max(segment.endSeconds, segment.startSeconds + 0.001);
      return `${formatTimecode(segment.startSeconds)} --> ${formatTimecode(endSeconds)}\n${voice}${escapeText(segment.text)}\n`;
    })
    .join('\n');
}

/** A whole file: header, the notes, the cues as `serialiseCues` made them. */
export function serialiseWebVtt(notes: readonly string[], cues: string): string {
  const blocks = notes.map(
    (note) =>
      `NOTE ${note
        .replaceAll('-->', '→')
        .replaceAll(/\r?\n\s*\r?\n/g, '\n')
        .trim()}\n`,
  );
  return ['WEBVTT\n', ...blocks, ...(cues === '' ? [] : [cues])].join('\n');
}

/**
 * Reads any WebVTT text; undefined when it does not begin as the standard demands. Blocks that are no cue are passed over,
 * as the standard's parser does, and so are cues that end before they start. Reads `<v Name>` as the speaker when the cue
 * begins with it.
 */
export function parseWebVtt(content: string): WebVtt | undefined {
  const file = readCueFile(content.replaceAll('\0', '\uFFFD'), 'vtt');
  if (!file.hasSignature) return undefined;
  const firstCue = file.cues[0]?.span.start ?? Infinity;
  const notes = file.blocks
    .filter(({ kind, span }) => kind === 'note' && span.start < firstCue)
    .map(({ span }) => spanText(file.content, span).slice(5).replaceAll(/\r\n?/g, '\n').trim());
  const cues = file.cues.flatMap(({ startSeconds, endSeconds, text, voices, payload }): Segment[] => {
    if (endSeconds <= startSeconds) return [];
    const beginsWithTag = file.speakerStyle === 'voice-tag' && file.content.startsWith('<v', payload.start);
    const speaker = beginsWithTag ? voices[0]?.name : undefined;
    return [{ startSeconds, endSeconds, text, ...(speaker === undefined || speaker === '' ? {} : { speaker }) }];
  });
  return { notes, cues };
}

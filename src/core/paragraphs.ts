import type { Segment } from './transcript.js';

/** What one person says without a long pause. */
export interface Paragraph {
  readonly speaker?: string;
  /** False when the paragraph before is of the same speaker. */
  readonly startsTurn: boolean;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** On one line. */
  readonly text: string;
}

/** A silence after which a new paragraph reads better, in seconds. */
const longPauseSeconds = 2;
/** A paragraph that is this long ends with its next sentence, in seconds. */
const longParagraphSeconds = 60;

const endsSentence = (text: string): boolean => /[.!?…。！？]["'”’)\]»]*$/.test(text.trim());

type Timed = Pick<Segment, 'startSeconds' | 'endSeconds' | 'text'>;

/** Whether what one person says goes on in the paragraph that begins with `first` and ends with `last` so far. */
export function isSameParagraph(first: Timed, last: Timed, next: Timed): boolean {
  if (next.startSeconds - last.endSeconds >= longPauseSeconds) return false;
  return next.startSeconds - first.startSeconds < longParagraphSeconds || !endsSentence(last.text);
}

/** Segments as a person would set them: a new paragraph with each speaker, after a long pause, and when one grows long. */
export function paragraphsOf(segments: readonly Segment[]): readonly Paragraph[] {
  const paragraphs: Paragraph[] = [];
  let open: { first: Segment; last: Segment; texts: string[]; startsTurn: boolean } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    const { first, last, texts, startsTurn } = open;
    paragraphs.push({
      ...(first.speaker === undefined ? {} : { speaker: first.speaker }),
      startsTurn,
      startSeconds: first.startSeconds,
      endSeconds: last.endSeconds,
      text: texts.join(' '),
    });
  };
  for (const segment of segments) {
    const text = segment.text.replaceAll(/\s+/g, ' ').trim();
    if (text === '') continue;
    const sameSpeaker = open !== undefined && open.first.speaker === segment.speaker;
    const goesOn = open !== undefined && sameSpeaker && isSameParagraph(open.first, open.last, segment);
    if (open !== undefined && goesOn) {
      open.texts.push(text);
      open.last = segment;
      continue;
    }
    close();
    open = { first: segment, last: segment, texts: [text], startsTurn: !sameSpeaker };
  }
  close();
  return paragraphs;
}

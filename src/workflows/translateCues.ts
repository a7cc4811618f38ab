import {
  applyEdits,
  lineBreakOf,
  spanText,
  type Cue,
  type CueFile,
  type Span,
  type TextEdit,
} from '../core/formats/cueFile.js';
import { encodeReferences, readCueText } from '../core/formats/cueText.js';
import { readCueFile } from '../core/formats/readCueFile.js';

/** Words of one speaker in one cue, and where they stand. Its place in the list is its number. */
export interface Passage {
  readonly span: Span;
  readonly speaker?: string;
  /** Without tags; may hold line breaks, `\n`. */
  readonly text: string;
}

const voiceTag = /<v(?:\.[^\s>]*)?\s+([^>]+)>/g;

/** Tags around all of the words stay around them; those inside are gone with the words. */
function trimTags(content: string, { start, end }: Span): Span {
  let text = content.slice(start, end);
  const before = /^(?:\s|\{\\[^}]*\})*/.exec(text)?.[0].length ?? 0;
  const after = /(?:\s|<\/v>)*$/.exec(text.slice(before))?.[0].length ?? 0;
  const trimmed = { start: start + before, end: end - after };
  text = content.slice(trimmed.start, trimmed.end);
  const around = /^<([biu])>([^<]+)<\/\1>$/.exec(text);
  return around === null ? trimmed : { start: trimmed.start + 3, end: trimmed.end - 4 };
}

function passagesIn(cue: Cue, { content, syntax, speakerStyle }: CueFile): readonly Passage[] {
  const payload = spanText(content, cue.payload);
  const starts: { at: number; speaker?: string }[] = [];
  if (speakerStyle === 'prefix') {
    const [voice] = cue.voices;
    const colon = voice === undefined ? 0 : (/^\]?:\s+/.exec(content.slice(voice.end))?.[0].length ?? 0);
    starts.push(voice === undefined ? { at: cue.payload.start } : { at: voice.end + colon, speaker: voice.name });
  } else {
    const tags = [...payload.matchAll(voiceTag)];
    if ((tags[0]?.index ?? payload.length) > 0) starts.push({ at: cue.payload.start });
    for (const { index, 0: tag } of tags) {
      const voice = cue.voices.find(({ start }) => start > cue.payload.start + index);
      starts.push({
        at: cue.payload.start + index + tag.length,
        ...(voice === undefined ? {} : { speaker: voice.name }),
      });
    }
  }
  return starts.flatMap(({ at, speaker }, index): Passage[] => {
    const nextTag = content.slice(at, cue.payload.end).search(/<v[.\s]/);
    const end = starts[index + 1] === undefined || nextTag === -1 ? cue.payload.end : at + nextTag;
    const span = trimTags(content, { start: at, end });
    const { text } = readCueText(spanText(content, span), span.start, syntax);
    // Notes of music and dots are the same in every language.
    if (!/\p{L}/u.test(text)) return [];
    return [{ span, text: text.trim(), ...(speaker === undefined ? {} : { speaker }) }];
  });
}

/** Everything in a file of cues that is to be translated, in order. */
export function passagesOf(file: CueFile): readonly Passage[] {
  return file.cues.flatMap((cue) => passagesIn(cue, file));
}

/** One paragraph of text that cannot be taken for the end of its cue, or for another one. */
function written(text: string, file: CueFile): string {
  const lines = text
    .split(/\r\n?|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(lineBreakOf(file.content));
  return file.syntax === 'vtt' ? encodeReferences(lines) : lines.replaceAll('-->', '→');
}

/**
 * The same file with other words: times, numbers, settings, speakers and styles stay as they are.
 * @param translations by the number of their passage; what is missing stays in its own language
 */
export function withTranslations(
  file: CueFile,
  passages: readonly Passage[],
  translations: ReadonlyMap<number, string>,
): string {
  const edits = passages.flatMap(({ span }, number): TextEdit[] => {
    const text = translations.get(number);
    return text === undefined ? [] : [{ ...span, text: written(text, file) }];
  });
  return applyEdits(file.content, edits);
}

const ownNote = /^NOTE (?:Transcribed|Translated|Imported) by Earshot\s/;

/**
 * Puts a note of Earshot's into a WebVTT text, in the place of the one that is there; WebVTT has no other place for where a
 * text comes from. A language in the header becomes `languageTag`.
 */
export function withNote(content: string, note: string, languageTag: string): string {
  const { blocks } = readCueFile(content, 'vtt');
  const lineBreak = lineBreakOf(content);
  const lines = note.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.replaceAll('-->', '→').trim()]));
  const text = `NOTE ${lines.join(lineBreak)}`;
  const edits: TextEdit[] = [];
  const [header] = blocks;
  const earlier = blocks.find(({ kind, span }) => kind === 'note' && ownNote.test(spanText(content, span)));
  if (header?.kind === 'header') {
    const language = /^(Language:[ \t]*)(\S+)/m.exec(spanText(content, header.span));
    if (language?.[1] !== undefined && language[2] !== undefined) {
      const start = header.span.start + language.index + language[1].length;
      edits.push({ start, end: start + language[2].length, text: languageTag });
    }
    const { end } = header.span;
    if (earlier === undefined) edits.push({ start: end, end, text: lineBreak + lineBreak + text });
  }
  if (earlier !== undefined) edits.push({ ...earlier.span, text });
  return applyEdits(content, edits);
}

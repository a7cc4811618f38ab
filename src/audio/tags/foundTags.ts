import type { Chapter, ClipTags } from '../../core/clip.js';

/** What every format calls a tag, in lower case. */
const fieldOfName: Readonly<Record<string, keyof ClipTags>> = {
  // ID3v2 (id3.org), with the three letters of version 2.2
  tit2: 'title',
  tt2: 'title',
  tpe1: 'artist',
  tp1: 'artist',
  talb: 'album',
  tal: 'album',
  tdrc: 'date',
  tyer: 'date',
  tye: 'date',
  comm: 'comment',
  com: 'comment',
  tlan: 'language',
  tla: 'language',
  // Vorbis comments, APE, Matroska
  title: 'title',
  artist: 'artist',
  album: 'album',
  date: 'date',
  year: 'date',
  date_released: 'date',
  date_recorded: 'date',
  comment: 'comment',
  description: 'comment',
  language: 'language',
  // iTunes
  '\xa9nam': 'title',
  '\xa9art': 'artist',
  '\xa9alb': 'album',
  '\xa9day': 'date',
  '\xa9cmt': 'comment',
  // RIFF INFO
  inam: 'title',
  iart: 'artist',
  iprd: 'album',
  icrd: 'date',
  icmt: 'comment',
  ilng: 'language',
  // AIFF
  name: 'title',
  auth: 'artist',
  anno: 'comment',
};

const longestText = 1000;
/** More than an audio book has. */
const chapterLimit = 2000;

/** Collects what is found; of several values for one tag the first is kept, so the best place is read first. */
export class FoundTags {
  readonly #tags: { -readonly [Field in keyof ClipTags]: ClipTags[Field] } = {};
  #chapters: Chapter[] = [];

  get hasChapters(): boolean {
    return this.#chapters.length > 0;
  }

  /** @param name As the format has it; names that stand for nothing known are passed over. */
  set(name: string, text: string): void {
    const key = name.toLowerCase();
    const field = Object.hasOwn(fieldOfName, key) ? fieldOfName[key] : undefined;
    const value = cleanText(text);
    if (field === undefined || value === '' || this.#tags[field] !== undefined) return;
    if (field === 'language' && /^(und|xxx)$/i.test(value)) return;
    this.#tags[field] = value;
  }

  addChapter(startSeconds: number, title: string): void {
    const isPlace = Number.isFinite(startSeconds) && startSeconds >= 0;
    if (isPlace && this.#chapters.length < chapterLimit) {
      this.#chapters.push({ startSeconds, title: cleanText(title) });
    }
  }

  result(): { readonly tags?: ClipTags; readonly chapters?: readonly Chapter[] } {
    this.#chapters.sort((left, right) => left.startSeconds - right.startSeconds);
    return {
      ...(Object.keys(this.#tags).length === 0 ? {} : { tags: { ...this.#tags } }),
      ...(this.#chapters.length === 0 ? {} : { chapters: this.#chapters }),
    };
  }
}

/** On one line, without what cannot be shown. */
function cleanText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\ufeff]+/gu, ' ')
    .trim()
    .slice(0, longestText);
}

const decoders = {
  latin1: new TextDecoder('windows-1252'),
  utf8: new TextDecoder('utf-8'),
  utf16le: new TextDecoder('utf-16le'),
  utf16be: new TextDecoder('utf-16be'),
} as const;

export function decodeText(view: DataView, encoding: keyof typeof decoders = 'utf8'): string {
  return decoders[encoding].decode(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}

/** UTF-8 where it can be, else Latin-1: for formats that never said which. */
export function decodeGuessed(view: DataView): string {
  const text = decodeText(view);
  return text.includes('\ufffd') ? decodeText(view, 'latin1') : text;
}

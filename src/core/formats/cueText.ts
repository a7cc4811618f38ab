import type { CueSyntax, Voice } from './cueFile.js';

export interface CueText {
  readonly text: string;
  readonly voices: readonly Voice[];
}

/** References that the standard names, and those that other tools write most. */
const references: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: '\u00a0',
  lrm: '\u200e',
  rlm: '\u200f',
  quot: '"',
  apos: "'",
  hellip: '…',
  ndash: '–',
  mdash: '—',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  copy: '©',
  deg: '°',
  euro: '€',
};

function character(code: number): string | undefined {
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : undefined;
}

export function decodeReferences(value: string): string {
  if (!value.includes('&')) return value;
  return value.replaceAll(
    /&(?:([A-Za-z]+)|#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6}));/g,
    (whole, name: string | undefined, decimal: string | undefined, hexadecimal: string | undefined) => {
      if (name !== undefined) return references[name] ?? whole;
      return (
        character(decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number.parseInt(decimal, 10)) ??
        whole
      );
    },
  );
}

/** For the text of a cue and the name in a voice tag: nothing in it is taken for a tag, a reference or an arrow. */
export function encodeReferences(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const tags = {
  /** In WebVTT everything between angle brackets is a tag, also one that is never closed. */
  vtt: /<([^>]*)(?:>|$)/g,
  /** In SRT only what players know as one; `3 < 4` is text. `{\an8}` says where the text stands. */
  srt: /<(\/?(?:i|b|u|s|font|c|v)(?:[\s.][^>]*)?)>|\{\\[^}]*\}/gi,
} as const satisfies Record<CueSyntax, RegExp>;

const voiceTag = /^(v(?:\.[^\s]*)?\s+)(\S[^]*)$/;

/** @param offset Of the payload in the text. */
export function readCueText(payload: string, offset: number, syntax: CueSyntax): CueText {
  if (!/[<&{\r]/.test(payload)) return { text: payload, voices: [] };
  const voices: Voice[] = [];
  const words = payload.replaceAll(tags[syntax], (_whole, content: string | undefined, at: number) => {
    const match = content === undefined ? null : voiceTag.exec(content);
    if (match?.[1] !== undefined && match[2] !== undefined) {
      const start = offset + at + 1 + match[1].length;
      const raw = match[2].trimEnd();
      voices.push({ name: nameOf(raw), start, end: start + raw.length });
    }
    return '';
  });
  const plain = words.replaceAll(/\r\n?/g, '\n');
  return { text: syntax === 'vtt' ? decodeReferences(plain) : plain, voices };
}

const nameOf = (raw: string): string => decodeReferences(raw.replaceAll(/\s+/g, ' ')).trim();

/** One to four words that begin like names, then a colon: `Ann:`, `SPEAKER 1:`, `- Dr. Ann O’Neill:`. */
const word = String.raw`[\p{Lu}\p{N}][\p{L}\p{M}\p{N}.'’_-]*`;
const prefix = new RegExp(
  String.raw`^((?:[-–]\s*|>>\s*)?\[?)(\p{Lu}[\p{L}\p{M}\p{N}.'’_-]*(?: ${word}){0,3})\]?:\s`,
  'u',
);

/** The name in front of a text, where no voice tag tells who speaks. */
export function readSpeakerPrefix(payload: string, offset: number): Voice | undefined {
  const match = prefix.exec(payload);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const start = offset + match[1].length;
  return { name: match[2], start, end: start + match[2].length };
}

/** Whether a text in front of a cue would be taken for its speaker again. */
export function isSpeakerPrefix(name: string): boolean {
  return readSpeakerPrefix(`${name}: `, 0)?.name === name;
}

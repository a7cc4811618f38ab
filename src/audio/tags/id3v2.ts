import { ascii } from '../signatures.js';
import { decodeText } from './foundTags.js';
import type { FoundTags } from './foundTags.js';
import type { HeaderReader } from './headerReader.js';
import { partOf } from './headerReader.js';

/** A text that is longer is no name; pictures are far longer. */
const longestFrame = 8192;
const frameLimit = 3000;
/** Where a tag must be undone before its frames can be found, this much of it is. */
const undoneByteLength = 65_536;

interface Tag {
  readonly version: number;
  readonly isUnsynchronised: boolean;
  readonly hasExtendedHeader: boolean;
}

/** Reads an ID3v2 tag (id3.org: 2.2, 2.3 and 2.4, with the chapters of its addendum) frame by frame; pictures are stepped over. */
export async function readId3v2(reader: HeaderReader, start: number, found: FoundTags): Promise<void> {
  const head = await reader.read(start, 10);
  if (head.byteLength < 10 || ascii(head, 0, 3) !== 'ID3') return;
  const flags = head.getUint8(5);
  const version = head.getUint8(3);
  const tag: Tag = { version, isUnsynchronised: (flags & 0x80) !== 0, hasExtendedHeader: (flags & 0x40) !== 0 };
  const end = start + 10 + syncSafe(head, 6);
  if (tag.isUnsynchronised && version < 4) {
    // The lengths in it are those of what it was before.
    const undone = undo(await reader.read(start + 10, Math.min(end - start - 10, undoneByteLength)));
    await readFrames(overView(undone), 0, undone.byteLength, tag, found);
    return;
  }
  await readFrames((from, length) => reader.read(from, length), start + 10, end, tag, found);
}

type Read = (start: number, length: number) => Promise<DataView>;

function overView(view: DataView): Read {
  return (start, length) => Promise.resolve(partOf(view, start, start + length));
}

async function readFrames(read: Read, start: number, end: number, tag: Tag, found: FoundTags): Promise<void> {
  const headByteLength = tag.version === 2 ? 6 : 10;
  const idLength = tag.version === 2 ? 3 : 4;
  let offset = start;
  if (tag.hasExtendedHeader && tag.version > 2) {
    const extended = await read(offset, 4);
    if (extended.byteLength < 4) return;
    offset += tag.version === 4 ? syncSafe(extended, 0) : 4 + extended.getUint32(0);
  }
  for (let count = 0; count < frameLimit && offset + headByteLength < end; count++) {
    const head = await read(offset, headByteLength);
    const id = ascii(head, 0, idLength);
    if (head.byteLength < headByteLength || !/^[A-Z0-9]+$/.test(id)) return;
    const length = await frameByteLength(read, head, offset, end, tag);
    const body = offset + headByteLength;
    if (isWanted(id) && length <= longestFrame && isPlain(head, tag)) {
      await takeFrame(id, await read(body, Math.min(length, end - body)), head, tag, found);
    }
    offset = body + length;
  }
}

function isWanted(id: string): boolean {
  return id.startsWith('T') || id === 'COMM' || id === 'COM' || id === 'CHAP';
}

/** Neither compressed nor encrypted. */
function isPlain(head: DataView, { version }: Tag): boolean {
  if (version === 2) return true;
  return (head.getUint8(9) & (version === 3 ? 0xc0 : 0x0c)) === 0;
}

/** Some programs, iTunes among them, wrote the lengths of version 2.4 with eight bits a byte: what follows tells. */
async function frameByteLength(read: Read, head: DataView, offset: number, end: number, tag: Tag): Promise<number> {
  if (tag.version === 2) return (head.getUint8(3) << 16) | head.getUint16(4);
  const plain = head.getUint32(4);
  if (tag.version === 3 || plain < 128) return plain;
  const safe = syncSafe(head, 4);
  const next = await read(offset + 10 + safe, 4);
  const isFrame = next.byteLength < 4 || offset + 10 + safe >= end || /^([A-Z0-9]{4}|\0{4})$/.test(ascii(next, 0, 4));
  return isFrame ? safe : plain;
}

async function takeFrame(id: string, view: DataView, head: DataView, tag: Tag, found: FoundTags): Promise<void> {
  let body = view;
  if (tag.version === 4) {
    // A length in front, for who needs it; and each frame may be unsynchronised by itself.
    const flags = head.getUint8(9);
    if ((flags & 0x01) !== 0) body = partOf(body, 4);
    if ((flags & 0x02) !== 0) body = undo(body);
  }
  if (id === 'CHAP') await takeChapter(body, tag, found);
  else if (id.startsWith('COM')) found.set(id, decodeComment(body));
  else if (id.startsWith('TXX')) takeNamedText(body, found);
  else found.set(id, decodeEncoded(body));
}

/** A name that is never shown, start and end in milliseconds, places in the file, and frames of its own. */
async function takeChapter(body: DataView, tag: Tag, found: FoundTags): Promise<void> {
  const nameEnd = endOfText(body, 0, 1);
  if (body.byteLength < nameEnd + 17) return;
  const startSeconds = body.getUint32(nameEnd + 1) / 1000;
  const read = overView(body);
  for (let offset = nameEnd + 17; offset + 10 < body.byteLength;) {
    const head = partOf(body, offset, offset + 10);
    const length = await frameByteLength(read, head, offset, body.byteLength, tag);
    if (ascii(head, 0, 4) === 'TIT2') {
      found.addChapter(startSeconds, decodeEncoded(partOf(body, offset + 10, offset + 10 + length)));
      return;
    }
    offset += 10 + length;
  }
  found.addChapter(startSeconds, '');
}

/** Behind the encoding and the language stand a heading and the text. Programs keep numbers of theirs under headings. */
function decodeComment(body: DataView): string {
  if (body.byteLength < 5) return '';
  const unit = unitOf(body.getUint8(0));
  const headingEnd = endOfText(body, 4, unit);
  const heading = decodeAs(body.getUint8(0), partOf(body, 4, headingEnd));
  return heading.trim() === '' ? decodeAs(body.getUint8(0), partOf(body, headingEnd + unit)) : '';
}

/** A name of the writer's own and its value: ffmpeg puts the comment there. */
function takeNamedText(body: DataView, found: FoundTags): void {
  if (body.byteLength < 2) return;
  const encoding = body.getUint8(0);
  const nameEnd = endOfText(body, 1, unitOf(encoding));
  const name = decodeAs(encoding, partOf(body, 1, nameEnd)).replace('\ufeff', '');
  found.set(name, decodeAs(encoding, partOf(body, nameEnd + unitOf(encoding))));
}

/** Several values stand with a zero between them. */
function decodeEncoded(body: DataView): string {
  if (body.byteLength < 2) return '';
  return decodeAs(body.getUint8(0), partOf(body, 1)).replace(/\0+$/, '').replaceAll('\0', ', ');
}

function decodeAs(encoding: number, text: DataView): string {
  if (encoding === 0) return decodeText(text, 'latin1');
  if (encoding === 3) return decodeText(text, 'utf8');
  const isLittleEndian = text.byteLength >= 2 && text.getUint16(0) === 0xfffe;
  return decodeText(text, encoding === 1 && isLittleEndian ? 'utf16le' : 'utf16be');
}

function unitOf(encoding: number): 1 | 2 {
  return encoding === 1 || encoding === 2 ? 2 : 1;
}

function endOfText(view: DataView, start: number, unit: 1 | 2): number {
  for (let offset = start; offset + unit <= view.byteLength; offset += unit) {
    if ((unit === 1 ? view.getUint8(offset) : view.getUint16(offset)) === 0) return offset;
  }
  return view.byteLength;
}

/** Takes out the zeros that keep a tag from looking like sound. */
function undo(view: DataView): DataView {
  const bytes = new Uint8Array(view.byteLength);
  let length = 0;
  for (let offset = 0; offset < view.byteLength; offset++) {
    const isStuffed = view.getUint8(offset) === 0 && offset > 0 && view.getUint8(offset - 1) === 0xff;
    if (!isStuffed) bytes[length++] = view.getUint8(offset);
  }
  return new DataView(bytes.buffer, 0, length);
}

/** Seven bits a byte. */
function syncSafe(view: DataView, offset: number): number {
  let value = 0;
  for (let index = 0; index < 4; index++) value = value * 128 + (view.getUint8(offset + index) & 0x7f);
  return value;
}

import { ascii } from '../signatures.js';
import { decodeGuessed, decodeText } from './foundTags.js';
import type { FoundTags } from './foundTags.js';
import type { HeaderReader } from './headerReader.js';
import { partOf } from './headerReader.js';

const itemLimit = 200;
const longestItem = 8192;

/** The tags that stand behind the sound of an MP3: APE, which cuts no names short, and ID3v1. */
export async function readTailTags(reader: HeaderReader, found: FoundTags): Promise<void> {
  const tailStart = Math.max(0, reader.byteLength - 160);
  const tail = await reader.read(tailStart, 160);
  const old = partOf(tail, tail.byteLength - 128);
  const hasId3v1 = tail.byteLength >= 128 && ascii(old, 0, 3) === 'TAG';
  const footerStart = tail.byteLength - (hasId3v1 ? 160 : 32);
  if (footerStart >= 0 && ascii(tail, footerStart, 8) === 'APETAGEX') {
    const end = tailStart + footerStart;
    const byteLength = tail.getUint32(footerStart + 12, true);
    await readApeItems(reader, end + 32 - byteLength, end, found);
  }
  if (hasId3v1) takeId3v1(old, found);
}

async function readApeItems(reader: HeaderReader, start: number, end: number, found: FoundTags): Promise<void> {
  let offset = Math.max(0, start);
  for (let count = 0; count < itemLimit && offset + 10 < end; count++) {
    const head = await reader.read(offset, Math.min(265, end - offset));
    if (head.byteLength < 10) return;
    const length = head.getUint32(0, true);
    const isText = (head.getUint32(4, true) & 6) === 0;
    const key = ascii(head, 8, 256).split('\0', 1)[0] ?? '';
    const body = offset + 8 + key.length + 1;
    if (isText && length <= longestItem) found.set(key, decodeText(await reader.read(body, length)));
    offset = body + length;
  }
}

function takeId3v1(view: DataView, found: FoundTags): void {
  const field = (start: number, length: number): string => decodeGuessed(partOf(view, start, start + length));
  found.set('title', field(3, 30));
  found.set('artist', field(33, 30));
  found.set('album', field(63, 30));
  found.set('date', field(93, 4));
  // Version 1.1 keeps the number of the track behind a zero at the end of the comment.
  found.set('comment', field(97, 30).split('\0', 1)[0] ?? '');
}

import { ascii } from '../signatures.js';
import { decodeGuessed, decodeText } from './foundTags.js';
import type { FoundTags } from './foundTags.js';
import type { HeaderReader } from './headerReader.js';
import { partOf } from './headerReader.js';
import { readChapterTrack } from './mp4ChapterTrack.js';

const longestValue = 8192;
const boxLimit = 500;

/** A box by its place in the file. */
export interface PlacedBox {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** The names that iTunes and ffmpeg write, and chapters: Nero's list, else QuickTime's track of titles. */
export async function readMp4Tags(reader: HeaderReader, found: FoundTags): Promise<void> {
  const movie = await findPlaced(reader, { type: '', start: 0, end: reader.byteLength }, ['moov']);
  if (movie === undefined) return;
  const userData = await findPlaced(reader, movie, ['udta']);
  if (userData !== undefined) {
    const meta = await findPlaced(reader, userData, ['meta']);
    if (meta !== undefined) await readItems(reader, meta, found);
    for await (const box of placedBoxes(reader, userData)) {
      if (box.type === 'chpl') readNeroChapters(await bodyOf(reader, box, 65_536), found);
      else if (box.type.startsWith('\xa9')) takeQuickTimeText(box.type, await bodyOf(reader, box), found);
    }
  }
  if (!found.hasChapters) await readChapterTrack(reader, movie, found);
}

export async function* placedBoxes(reader: HeaderReader, parent: PlacedBox, skipped = 0): AsyncGenerator<PlacedBox> {
  let offset = parent.start + skipped;
  for (let count = 0; count < boxLimit && offset + 8 <= parent.end; count++) {
    const head = await reader.read(offset, 16);
    if (head.byteLength < 8) return;
    const size = head.getUint32(0);
    const isLong = size === 1 && head.byteLength === 16;
    const length = isLong ? head.getUint32(8) * 2 ** 32 + head.getUint32(12) : size;
    const end = size === 0 ? parent.end : offset + length;
    if (end < offset + 8 || end > parent.end) return;
    yield { type: ascii(head, 4, 4), start: offset + (isLong ? 16 : 8), end };
    offset = end;
  }
}

export async function findPlaced(
  reader: HeaderReader,
  parent: PlacedBox,
  path: readonly string[],
): Promise<PlacedBox | undefined> {
  const [type, ...rest] = path;
  for await (const box of placedBoxes(reader, parent)) {
    if (box.type === type) return rest.length === 0 ? box : findPlaced(reader, box, rest);
  }
  return undefined;
}

export function bodyOf(reader: HeaderReader, { start, end }: PlacedBox, limit = longestValue): Promise<DataView> {
  return reader.read(start, Math.min(end - start, limit));
}

/** In ISO files `meta` begins with a version, in QuickTime's it does not. */
async function readItems(reader: HeaderReader, meta: PlacedBox, found: FoundTags): Promise<void> {
  for (const skipped of [4, 0]) {
    for await (const box of placedBoxes(reader, meta, skipped)) {
      if (box.type !== 'ilst') continue;
      for await (const item of placedBoxes(reader, box)) await takeItem(reader, item, found);
      return;
    }
  }
}

async function takeItem(reader: HeaderReader, item: PlacedBox, found: FoundTags): Promise<void> {
  // Pictures are items too.
  if (!item.type.startsWith('\xa9') || item.end - item.start > longestValue) return;
  const data = await findPlaced(reader, item, ['data']);
  if (data === undefined) return;
  const body = await bodyOf(reader, data);
  const isText = body.byteLength > 8 && body.getUint32(0) === 1;
  if (isText) found.set(item.type, decodeText(partOf(body, 8)));
}

/** QuickTime's own: a length, a language, then the text. */
function takeQuickTimeText(type: string, body: DataView, found: FoundTags): void {
  if (body.byteLength > 4) found.set(type, decodeGuessed(partOf(body, 4, 4 + body.getUint16(0))));
}

/** Places in units of 100 ns, each with a title of up to 255 bytes. */
function readNeroChapters(body: DataView, found: FoundTags): void {
  if (body.byteLength < 9) return;
  // Version 1 has four more bytes before the count; version 0 is seen without them.
  let offset = body.getUint8(0) === 1 ? 9 : 5;
  for (let count = body.getUint8(offset - 1); count > 0 && offset + 9 <= body.byteLength; count--) {
    const ticks = body.getUint32(offset) * 2 ** 32 + body.getUint32(offset + 4);
    const titleEnd = offset + 9 + body.getUint8(offset + 8);
    found.addChapter(ticks / 1e7, decodeText(partOf(body, offset + 9, titleEnd)));
    offset = titleEnd;
  }
}

import { parseOggHead } from '../readers/oggHeaders.js';
import { OggPackets } from '../readers/oggPackets.js';
import { readOggPages } from '../readers/oggPages.js';
import type { ByteSource } from '../byteSource.js';
import { ascii } from '../signatures.js';
import { decodeText } from './foundTags.js';
import type { FoundTags } from './foundTags.js';
import type { HeaderReader } from './headerReader.js';

const entryLimit = 5000;
const longestEntry = 8192;
/** A picture in front of the names may hide them: it lies between the pages, which would all have to be read. */
const oggByteLengthLimit = 1 << 17;

type Read = (start: number, length: number) => Promise<DataView>;

/** The block of comments of a FLAC file. @param start Where `fLaC` stands. */
export async function readFlacComments(reader: HeaderReader, start: number, found: FoundTags): Promise<void> {
  let offset = start + 4;
  for (let count = 0; count < 128; count++) {
    const head = await reader.read(offset, 4);
    if (head.byteLength < 4) return;
    const kind = head.getUint8(0);
    const length = head.getUint32(0) & 0xff_ffff;
    if ((kind & 0x7f) === 4) {
      await readComments((from, size) => reader.read(from, size), offset + 4, offset + 4 + length, found);
    }
    if ((kind & 0x80) !== 0) return;
    offset += 4 + length;
  }
}

/** The second packet of the first sound in an Ogg file. */
export async function readOggComments(
  source: ByteSource,
  found: FoundTags,
  signal: AbortSignal | undefined,
): Promise<void> {
  let serial: number | undefined;
  let codec = '';
  const packets = new OggPackets();
  let packetCount = 0;
  for await (const { pages } of readOggPages(source, 0, signal, 4096)) {
    for (const page of pages) {
      if (page.offset > oggByteLengthLimit) return;
      if (serial === undefined && page.isFirst) {
        const head = parseOggHead(page.body);
        if (head !== undefined) [serial, codec] = [page.serial, head.codec];
      }
      if (page.serial !== serial) continue;
      for (const packet of packets.push(page).packets) {
        if (packetCount++ === 0) continue;
        const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
        const start = codec === 'opus' ? 8 : codec === 'vorbis' ? 7 : 4;
        const read: Read = (from, length) => {
          const end = Math.min(view.byteLength, from + length);
          return Promise.resolve(
            new DataView(view.buffer, view.byteOffset + Math.min(from, end), Math.max(0, end - from)),
          );
        };
        await readComments(read, start, view.byteLength, found);
        return;
      }
    }
    if (pages.length === 0) return;
  }
}

/** Vorbis I, 5.2.1: who wrote it, then names and values, each behind its length; chapters as CHAPTER001 and CHAPTER001NAME. */
async function readComments(read: Read, start: number, end: number, found: FoundTags): Promise<void> {
  const vendor = await read(start, 4);
  if (vendor.byteLength < 4) return;
  let offset = start + 4 + vendor.getUint32(0, true);
  const total = await read(offset, 4);
  if (total.byteLength < 4) return;
  offset += 4;
  const chapters = new Map<string, { start?: number; title?: string }>();
  const count = Math.min(total.getUint32(0, true), entryLimit);
  for (let index = 0; index < count && offset + 4 <= end; index++) {
    const head = await read(offset, 4);
    if (head.byteLength < 4) break;
    const length = head.getUint32(0, true);
    if (length <= longestEntry) takeEntry(await read(offset + 4, Math.min(length, end - offset - 4)), chapters, found);
    offset += 4 + length;
  }
  for (const chapter of chapters.values()) {
    if (chapter.start !== undefined) found.addChapter(chapter.start, chapter.title ?? '');
  }
}

function takeEntry(entry: DataView, chapters: Map<string, { start?: number; title?: string }>, found: FoundTags): void {
  const name = ascii(entry, 0, 64).split('=', 1)[0] ?? '';
  if (name.length === 64 || name.length >= entry.byteLength) return;
  const value = decodeText(
    new DataView(entry.buffer, entry.byteOffset + name.length + 1, entry.byteLength - name.length - 1),
  );
  const [, number, kind] = /^CHAPTER(\d{2,3})(NAME)?$/i.exec(name) ?? [];
  if (number === undefined) {
    found.set(name, value);
    return;
  }
  const chapter = chapters.get(number) ?? {};
  chapters.set(number, chapter);
  if (kind === undefined) chapter.start = parseClock(value);
  else chapter.title = value;
}

/** `00:01:02.345`. */
function parseClock(text: string): number {
  const [seconds = Number.NaN, minutes = 0, hours = 0] = text.trim().split(':').reverse().map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}

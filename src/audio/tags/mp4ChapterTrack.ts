import { decodeText } from './foundTags.js';
import type { FoundTags } from './foundTags.js';
import type { HeaderReader } from './headerReader.js';
import { partOf } from './headerReader.js';
import { bodyOf, findPlaced, placedBoxes } from './mp4Tags.js';
import type { PlacedBox } from './mp4Tags.js';

/** Each title lies somewhere in the file, and is a read of its own. */
const chapterLimit = 250;
const tableByteLimit = 16_384;
const titleByteLength = 512;

/** QuickTime's chapters: a track of texts, named by a reference (`chap`) of the sound's track. */
export async function readChapterTrack(reader: HeaderReader, movie: PlacedBox, found: FoundTags): Promise<void> {
  const tracks = new Map<number, PlacedBox>();
  let chapterTrackId: number | undefined;
  for await (const track of placedBoxes(reader, movie)) {
    if (track.type !== 'trak') continue;
    const header = await findPlaced(reader, track, ['tkhd']);
    if (header === undefined) continue;
    const head = await bodyOf(reader, header, 32);
    const idOffset = head.byteLength > 0 && head.getUint8(0) === 1 ? 20 : 12;
    if (head.byteLength >= idOffset + 4) tracks.set(head.getUint32(idOffset), track);
    const reference = await findPlaced(reader, track, ['tref', 'chap']);
    if (reference === undefined) continue;
    const ids = await bodyOf(reader, reference, 4);
    if (ids.byteLength >= 4) chapterTrackId ??= ids.getUint32(0);
  }
  const track = chapterTrackId === undefined ? undefined : tracks.get(chapterTrackId);
  if (track !== undefined) await readTitles(reader, track, found);
}

async function readTitles(reader: HeaderReader, track: PlacedBox, found: FoundTags): Promise<void> {
  const header = await findPlaced(reader, track, ['mdia', 'mdhd']);
  const samples = await findPlaced(reader, track, ['mdia', 'minf', 'stbl']);
  if (header === undefined || samples === undefined) return;
  const head = await bodyOf(reader, header, 32);
  if (head.byteLength < 24) return;
  const timeScale = head.getUint32(head.getUint8(0) === 1 ? 20 : 12);
  const [durations, sizes, chunks, groups, longChunks] = await Promise.resolve().then(async () => {
    const views: (DataView | undefined)[] = [];
    for (const type of ['stts', 'stsz', 'stco', 'stsc', 'co64']) {
      const box = await findPlaced(reader, samples, [type]);
      views.push(box === undefined ? undefined : await bodyOf(reader, box, tableByteLimit));
    }
    return views;
  });
  if (durations === undefined || sizes === undefined || groups === undefined || timeScale === 0) return;
  const places = placesOf(sizes, groups, chunks, longChunks);
  let ticks = 0;
  let index = 0;
  for (const duration of durationsOf(durations)) {
    const place = places[index++];
    if (place === undefined) return;
    const sample = await reader.read(place, Math.min(titleByteLength, reader.byteLength - place), titleByteLength);
    if (sample.byteLength < 2) return;
    found.addChapter(ticks / timeScale, decodeTitle(partOf(sample, 2, 2 + sample.getUint16(0))));
    ticks += duration;
  }
}

function decodeTitle(text: DataView): string {
  const mark = text.byteLength >= 2 ? text.getUint16(0) : 0;
  return decodeText(text, mark === 0xfeff ? 'utf16be' : mark === 0xfffe ? 'utf16le' : 'utf8');
}

function* durationsOf(table: DataView): Generator<number> {
  let left = chapterLimit;
  for (let offset = 8; offset + 8 <= table.byteLength; offset += 8) {
    for (let count = table.getUint32(offset); count > 0 && left > 0; count--, left--) {
      yield table.getUint32(offset + 4);
    }
  }
}

/** Where each sample lies: so many to a chunk, from which chunk on the groups say. */
function placesOf(
  sizes: DataView,
  groups: DataView,
  chunks: DataView | undefined,
  longChunks: DataView | undefined,
): number[] {
  const places: number[] = [];
  const table = chunks ?? longChunks;
  if (table === undefined || sizes.byteLength < 12) return places;
  const width = chunks === undefined ? 8 : 4;
  const chunkCount = Math.floor((table.byteLength - 8) / width);
  let group = 8;
  for (let chunk = 0; chunk < chunkCount && places.length < chapterLimit; chunk++) {
    while (group + 24 <= groups.byteLength && groups.getUint32(group + 12) <= chunk + 1) group += 12;
    const perChunk = group + 12 <= groups.byteLength ? groups.getUint32(group + 4) : 1;
    const place = 8 + chunk * width;
    let position = width === 4 ? table.getUint32(place) : table.getUint32(place) * 2 ** 32 + table.getUint32(place + 4);
    for (let count = 0; count < perChunk && places.length < chapterLimit; count++) {
      const sizePlace = 12 + places.length * 4;
      const fixed = sizes.getUint32(4);
      if (fixed === 0 && sizePlace + 4 > sizes.byteLength) return places;
      places.push(position);
      position += fixed > 0 ? fixed : sizes.getUint32(sizePlace);
    }
  }
  return places;
}

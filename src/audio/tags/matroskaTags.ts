import { decodeText } from './foundTags.js';
import type { FoundTags } from './foundTags.js';
import type { HeaderReader } from './headerReader.js';
import { partOf } from './headerReader.js';

/** Elements of Matroska (RFC 9559) that are looked into. */
const ids = {
  segment: 0x1853_8067,
  seekHead: 0x114d_9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549_a966,
  title: 0x7ba9,
  cluster: 0x1f43_b675,
  chapters: 0x1043_a770,
  edition: 0x45b9,
  atom: 0xb6,
  atomStart: 0x91,
  atomHidden: 0x98,
  display: 0x80,
  displayText: 0x85,
  tags: 0x1254_c367,
  tag: 0x7373,
  targets: 0x63c0,
  targetTrack: 0x63c5,
  targetChapter: 0x63c4,
  simpleTag: 0x67c8,
  tagName: 0x45a3,
  tagText: 0x4487,
} as const;

const topLevelLimit = 64;
const longestElement = 131_072;

interface Element {
  readonly id: number;
  readonly bodyStart: number;
  readonly byteLength: number;
}

/** Title, tags and chapters of a Matroska or WebM file; those behind the sound are found through the index in front of it. */
export async function readMatroskaTags(reader: HeaderReader, found: FoundTags): Promise<void> {
  const head = await elementAt(reader, 0);
  const segment = head === undefined ? undefined : await elementAt(reader, head.bodyStart + head.byteLength);
  if (segment?.id !== ids.segment) return;
  const seen = new Set<number>();
  const elsewhere: number[] = [];
  const take = async (element: Element): Promise<void> => {
    if (seen.has(element.bodyStart) || element.byteLength > longestElement) return;
    const isWanted = element.id === ids.info || element.id === ids.chapters || element.id === ids.tags;
    if (!isWanted && element.id !== ids.seekHead) return;
    seen.add(element.bodyStart);
    const body = await reader.read(element.bodyStart, element.byteLength);
    if (element.id === ids.seekHead) elsewhere.push(...seekPlaces(body).map((place) => segment.bodyStart + place));
    else takeElement(element.id, body, found);
  };
  let offset = segment.bodyStart;
  for (let count = 0; count < topLevelLimit; count++) {
    const element = await elementAt(reader, offset);
    if (element === undefined || element.id === ids.cluster) break;
    await take(element);
    offset = element.bodyStart + element.byteLength;
  }
  for (const place of elsewhere.slice(0, topLevelLimit)) {
    const element = await elementAt(reader, place);
    if (element !== undefined) await take(element);
  }
}

function takeElement(id: number, body: DataView, found: FoundTags): void {
  if (id === ids.info) {
    for (const [child, text] of children(body)) if (child === ids.title) found.set('title', decodeText(text));
  } else if (id === ids.tags) {
    for (const [child, tag] of children(body)) if (child === ids.tag) takeTag(tag, found);
  } else {
    const edition = [...children(body)].find(([child]) => child === ids.edition)?.[1];
    if (edition === undefined) return;
    for (const [child, atom] of children(edition)) if (child === ids.atom) takeAtom(atom, found);
  }
}

/** Tags of one track or chapter say nothing about the whole. */
function takeTag(tag: DataView, found: FoundTags): void {
  for (const [child, targets] of children(tag)) {
    if (child !== ids.targets) continue;
    for (const [target] of children(targets)) {
      if (target === ids.targetTrack || target === ids.targetChapter) return;
    }
  }
  for (const [child, simple] of children(tag)) {
    if (child !== ids.simpleTag) continue;
    const parts = new Map(children(simple));
    const [name, text] = [parts.get(ids.tagName), parts.get(ids.tagText)];
    if (name !== undefined && text !== undefined) found.set(decodeText(name), decodeText(text));
  }
}

function takeAtom(atom: DataView, found: FoundTags): void {
  const parts = new Map([...children(atom)].reverse());
  const hidden = parts.get(ids.atomHidden);
  if (hidden !== undefined && integerOf(hidden) === 1) return;
  const display = parts.get(ids.display);
  const text = display === undefined ? undefined : new Map(children(display)).get(ids.displayText);
  const start = parts.get(ids.atomStart);
  found.addChapter((start === undefined ? 0 : integerOf(start)) / 1e9, text === undefined ? '' : decodeText(text));
}

function seekPlaces(body: DataView): number[] {
  const places: number[] = [];
  for (const [child, seek] of children(body)) {
    if (child !== ids.seek) continue;
    const parts = new Map(children(seek));
    const [id, place] = [parts.get(ids.seekId), parts.get(ids.seekPosition)];
    const wanted: readonly number[] = [ids.info, ids.chapters, ids.tags];
    if (id !== undefined && place !== undefined && wanted.includes(integerOf(id))) places.push(integerOf(place));
  }
  return places;
}

async function elementAt(reader: HeaderReader, offset: number): Promise<Element | undefined> {
  const head = parseHead(await reader.read(offset, 12), 0);
  if (head === undefined) return undefined;
  const bodyStart = offset + head.headByteLength;
  return { id: head.id, bodyStart, byteLength: head.byteLength ?? reader.byteLength - bodyStart };
}

function* children(view: DataView): Generator<[id: number, body: DataView]> {
  for (let offset = 0; offset < view.byteLength;) {
    const head = parseHead(view, offset);
    if (head?.byteLength === undefined) return;
    const start = offset + head.headByteLength;
    yield [head.id, partOf(view, start, start + head.byteLength)];
    offset = start + head.byteLength;
  }
}

interface Head {
  readonly id: number;
  readonly headByteLength: number;
  /** Undefined in what is written live: up to the end. */
  readonly byteLength: number | undefined;
}

function parseHead(view: DataView, offset: number): Head | undefined {
  if (offset >= view.byteLength) return undefined;
  const idLength = Math.clz32(view.getUint8(offset)) - 23;
  if (idLength > 4 || offset + idLength >= view.byteLength) return undefined;
  const first = view.getUint8(offset + idLength);
  const sizeLength = Math.clz32(first) - 23;
  if (sizeLength > 8 || offset + idLength + sizeLength > view.byteLength) return undefined;
  let size = first & (0xff >> sizeLength);
  let isUnknown = size === 0xff >> sizeLength;
  for (let index = 1; index < sizeLength; index++) {
    const byte = view.getUint8(offset + idLength + index);
    isUnknown &&= byte === 0xff;
    size = size * 256 + byte;
  }
  return {
    id: integerOf(partOf(view, offset, offset + idLength)),
    headByteLength: idLength + sizeLength,
    byteLength: isUnknown ? undefined : size,
  };
}

function integerOf(view: DataView): number {
  let value = 0;
  for (let offset = 0; offset < Math.min(8, view.byteLength); offset++) value = value * 256 + view.getUint8(offset);
  return value;
}

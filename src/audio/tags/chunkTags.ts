import type { ByteSource } from '../byteSource.js';
import { walkChunks } from '../chunks.js';
import type { Chunk } from '../chunks.js';
import { ascii } from '../signatures.js';
import { decodeGuessed } from './foundTags.js';
import type { FoundTags } from './foundTags.js';
import type { HeaderReader } from './headerReader.js';
import { partOf } from './headerReader.js';
import { readId3v2 } from './id3v2.js';

const longestChunk = 65_536;

/** `LIST INFO`, an ID3 tag, and cue points with their labels, before or behind the samples of a WAV file. */
export async function readWavTags(
  source: ByteSource,
  reader: HeaderReader,
  found: FoundTags,
  sampleRate: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const places = new Map<number, number>();
  const labels = new Map<number, string>();
  for await (const [chunk, beginning] of walkChunks(source, 12, true, signal)) {
    const id = chunk.id.toLowerCase();
    if (id === 'id3 ') await readId3v2(reader, chunk.bodyStart, found);
    else if (id === 'cue ') takeCues(await bodyOf(reader, chunk), places);
    else if (id === 'list' && ascii(beginning, 0, 4) === 'INFO') takeInfo(await bodyOf(reader, chunk), found);
    else if (id === 'list' && ascii(beginning, 0, 4) === 'adtl') takeLabels(await bodyOf(reader, chunk), labels);
  }
  for (const [id, sample] of places) found.addChapter(sample / sampleRate, labels.get(id) ?? '');
}

/** The texts of an AIFF file, its markers, and an ID3 tag. */
export async function readAiffTags(
  source: ByteSource,
  reader: HeaderReader,
  found: FoundTags,
  sampleRate: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const [chunk] of walkChunks(source, 12, false, signal)) {
    if (chunk.id === 'ID3 ') await readId3v2(reader, chunk.bodyStart, found);
    else if (chunk.id === 'MARK') takeMarkers(await bodyOf(reader, chunk), sampleRate, found);
    else if (/^(NAME|AUTH|ANNO)$/.test(chunk.id)) found.set(chunk.id, decodeGuessed(await bodyOf(reader, chunk)));
  }
}

function bodyOf(reader: HeaderReader, { bodyStart, byteLength }: Chunk): Promise<DataView> {
  return reader.read(bodyStart, Math.min(byteLength, longestChunk));
}

function* chunksIn(list: DataView): Generator<[id: string, body: DataView]> {
  for (let offset = 4; offset + 8 <= list.byteLength;) {
    const length = list.getUint32(offset + 4, true);
    yield [ascii(list, offset, 4), partOf(list, offset + 8, offset + 8 + length)];
    offset += 8 + length + (length % 2);
  }
}

function takeInfo(list: DataView, found: FoundTags): void {
  for (const [id, body] of chunksIn(list)) found.set(id, decodeGuessed(body));
}

/** Each with an id and, in its last field, the sample that it stands at. */
function takeCues(body: DataView, places: Map<number, number>): void {
  for (let offset = 4; offset + 24 <= body.byteLength; offset += 24) {
    places.set(body.getUint32(offset, true), body.getUint32(offset + 20, true));
  }
}

function takeLabels(list: DataView, labels: Map<number, string>): void {
  for (const [id, body] of chunksIn(list)) {
    if (id === 'labl' && body.byteLength > 4) labels.set(body.getUint32(0, true), decodeGuessed(partOf(body, 4)));
  }
}

function takeMarkers(body: DataView, sampleRate: number, found: FoundTags): void {
  for (let offset = 2; offset + 7 <= body.byteLength;) {
    const nameLength = body.getUint8(offset + 6);
    const name = partOf(body, offset + 7, offset + 7 + nameLength);
    found.addChapter(body.getUint32(offset + 2) / sampleRate, decodeGuessed(name));
    // A name and its length together fill whole words.
    offset += 7 + nameLength + ((nameLength + 1) % 2);
  }
}

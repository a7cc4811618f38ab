import type { RangeReader } from '../../blockCache.js';
import { TableError } from '../mp4/tableError.js';
import { elementHeadAt, elementsOf, floatOf, ids, longestHead, unsignedOf, type ElementHead } from './ebml.js';
import { readTrackEntry, type MatroskaTrackEntry } from './trackEntry.js';

/** What a Matroska file says of itself in front of its sound. */
export interface MatroskaHead {
  readonly tracks: readonly MatroskaTrackEntry[];
  readonly secondsPerTick: number;
  /** Undefined for what was recorded live. */
  readonly durationSeconds?: number;
  /** Of the first cluster, or where the file ends. */
  readonly firstCluster: number;
  /** Where the segment ends by its own account; Infinity for what was recorded live. */
  readonly segmentEnd: number;
}

const elementCountLimit = 1000;
const tableByteLengthLimit = 16 << 20;

/** @throws TableError */
export async function readMatroskaHead(read: RangeReader, fileByteLength: number): Promise<MatroskaHead> {
  const segment = await findSegment(read);
  const parts = new HeadParts();
  let offset = segment.start;
  for (let count = 0; count < elementCountLimit && offset < fileByteLength; count++) {
    const head = await headAt(read, offset);
    if (head === undefined || head.id === ids.cluster) break;
    await parts.take(read, head, offset);
    offset += head.headByteLength + head.byteLength;
  }
  await parts.seek(read, segment.start);
  if (parts.tracks === undefined) throw new TableError('There is no list of tracks.');
  const secondsPerTick = (parts.timestampScale || 1_000_000) / 1e9;
  return {
    tracks: parts.tracks,
    secondsPerTick,
    ...(parts.durationTicks > 0 ? { durationSeconds: parts.durationTicks * secondsPerTick } : {}),
    firstCluster: Math.min(offset, fileByteLength),
    segmentEnd: segment.end,
  };
}

async function headAt(read: RangeReader, offset: number): Promise<ElementHead | undefined> {
  return elementHeadAt(await read(offset, offset + longestHead), 0);
}

async function findSegment(read: RangeReader): Promise<{ start: number; end: number }> {
  let offset = 0;
  for (let count = 0; count < 8; count++) {
    const head = await headAt(read, offset);
    if (head === undefined) break;
    const start = offset + head.headByteLength;
    if (head.id === ids.segment) return { start, end: start + head.byteLength };
    offset = start + head.byteLength;
  }
  throw new TableError('There is no segment.');
}

class HeadParts {
  tracks: MatroskaTrackEntry[] | undefined;
  timestampScale = 0;
  durationTicks = 0;
  #hasInformation = false;
  /** Where else something is to be found, from the start of the segment. */
  readonly #places = new Map<number, number>();

  async take(read: RangeReader, head: ElementHead, offset: number): Promise<void> {
    if (head.id !== ids.information && head.id !== ids.tracks && head.id !== ids.seekHead) return;
    if (head.byteLength > tableByteLengthLimit) throw new TableError('A list is longer than any can be.');
    const start = offset + head.headByteLength;
    const body = (await read(start, start + head.byteLength)).slice();
    if (head.id === ids.tracks) {
      this.tracks ??= [...elementsOf(body)]
        .filter(({ id }) => id === ids.trackEntry)
        .map((entry) => readTrackEntry(entry.body));
    } else if (head.id === ids.information) {
      this.#hasInformation = true;
      for (const { id, body: value } of elementsOf(body)) {
        if (id === ids.timestampScale) this.timestampScale = unsignedOf(value);
        if (id === ids.duration) this.durationTicks = floatOf(value);
      }
    } else {
      this.#takePlaces(body);
    }
  }

  #takePlaces(body: Uint8Array): void {
    for (const { id, body: entry } of elementsOf(body)) {
      if (id !== ids.seek) continue;
      let target = 0;
      let position = 0;
      for (const { id: part, body: value } of elementsOf(entry)) {
        if (part === ids.seekId) target = unsignedOf(value);
        if (part === ids.seekPosition) position = unsignedOf(value);
      }
      this.#places.set(target, position);
    }
  }

  /** Some writers put the lists behind the sound. */
  async seek(read: RangeReader, segmentStart: number): Promise<void> {
    for (const id of [ids.tracks, ids.information]) {
      const isMissing = id === ids.tracks ? this.tracks === undefined : !this.#hasInformation;
      const place = this.#places.get(id);
      if (!isMissing || place === undefined) continue;
      const head = await headAt(read, segmentStart + place);
      if (head?.id === id) await this.take(read, head, segmentStart + place);
    }
  }
}

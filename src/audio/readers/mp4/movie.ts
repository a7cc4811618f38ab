import type { RangeReader } from '../../blockCache.js';
import { ascii } from '../../signatures.js';
import { boxPlaces, findPlace, findPlaces, readBody, readLong, type BoxPlace } from './boxPlaces.js';
import { TableError } from './tableError.js';

/** One track of a movie: where its tables lie, and its clock. */
export interface TrackPlace {
  readonly id: number;
  readonly isEnabled: boolean;
  readonly isSound: boolean;
  /** Ticks a second. */
  readonly timescale: number;
  /** Boxes in `stbl`, by type. */
  readonly tables: ReadonlyMap<string, BoxPlace>;
  readonly edit: Edit;
}

/** Which part of the track is heard (ISO/IEC 14496-12, 8.6.6). Several cuts are taken as one from the first to the last. */
export interface Edit {
  /** On the track's clock, in seconds: what plays at the start of the movie; below zero where it plays later. */
  readonly startSeconds: number;
  /** Undefined where all of the rest is heard. */
  readonly endSeconds?: number;
}

export interface Movie {
  readonly place: BoxPlace;
  readonly timescale: number;
  readonly tracks: readonly TrackPlace[];
  /** Present when the movie goes on in fragments. */
  readonly fragments?: { readonly durationSeconds: number; readonly defaults: ReadonlyMap<number, SampleDefaults> };
}

export interface SampleDefaults {
  readonly duration: number;
  readonly size: number;
}

const trackLimit = 256;

/**
 * The `moov` box, wherever it stands. Only its small boxes are read.
 * @throws TableError when there is none.
 */
export async function readMovie(read: RangeReader, fileByteLength: number): Promise<Movie> {
  for await (const place of boxPlaces(read, 0, fileByteLength)) {
    if (place.type === 'moov') return describeMovie(read, place);
  }
  throw new TableError('There is no "moov" box.');
}

async function describeMovie(read: RangeReader, place: BoxPlace): Promise<Movie> {
  let timescale = 0;
  const trackPlaces: BoxPlace[] = [];
  let extension: BoxPlace | undefined;
  for await (const child of boxPlaces(read, place.start, place.end)) {
    if (child.type === 'mvhd') timescale = readTimescale(await readBody(read, child));
    if (child.type === 'trak' && trackPlaces.length < trackLimit) trackPlaces.push(child);
    if (child.type === 'mvex') extension = child;
  }
  const tracks: TrackPlace[] = [];
  for (const trackPlace of trackPlaces) {
    const track = await describeTrack(read, trackPlace, timescale);
    if (track !== undefined) tracks.push(track);
  }
  if (extension === undefined) return { place, timescale, tracks };
  return { place, timescale, tracks, fragments: await readExtension(read, extension, timescale) };
}

function readTimescale(view: DataView): number {
  const offset = view.byteLength > 0 && view.getUint8(0) === 1 ? 20 : 12;
  return view.byteLength >= offset + 4 ? view.getUint32(offset) : 0;
}

async function describeTrack(
  read: RangeReader,
  place: BoxPlace,
  movieTimescale: number,
): Promise<TrackPlace | undefined> {
  const parts = await findPlaces(read, place, ['tkhd', 'mdia', 'edts']);
  const [header, media, edits] = ['tkhd', 'mdia', 'edts'].map((type) => parts.get(type));
  if (header === undefined || media === undefined) return undefined;
  const mediaParts = await findPlaces(read, media, ['mdhd', 'hdlr', 'minf']);
  const [mediaHeader, handler, information] = ['mdhd', 'hdlr', 'minf'].map((type) => mediaParts.get(type));
  if (mediaHeader === undefined || handler === undefined || information === undefined) return undefined;
  const stbl = await findPlace(read, information, 'stbl');
  const timescale = readTimescale(await readBody(read, mediaHeader));
  const head = await readBody(read, header);
  if (stbl === undefined || timescale === 0 || head.byteLength < 24) return undefined;
  const tables = new Map<string, BoxPlace>();
  for await (const table of boxPlaces(read, stbl.start, stbl.end)) tables.set(table.type, table);
  const list = edits === undefined ? undefined : await findPlace(read, edits, 'elst');
  return {
    id: head.getUint32(head.getUint8(0) === 1 ? 20 : 12),
    isEnabled: (head.getUint8(3) & 1) !== 0,
    isSound: ascii(await readBody(read, handler), 8, 4) === 'soun',
    timescale,
    tables,
    edit: list === undefined ? { startSeconds: 0 } : readEdits(await readBody(read, list), timescale, movieTimescale),
  };
}

function readEdits(view: DataView, timescale: number, movieTimescale: number): Edit {
  if (view.byteLength < 8) return { startSeconds: 0 };
  const isLong = view.getUint8(0) === 1;
  const width = isLong ? 20 : 12;
  const count = Math.min(view.getUint32(4), Math.floor((view.byteLength - 8) / width));
  let emptySeconds = 0;
  let start: number | undefined;
  let end = 0;
  let isOpen = false;
  for (let index = 0; index < count; index++) {
    const offset = 8 + index * width;
    const duration = isLong ? readLong(view, offset) : view.getUint32(offset);
    const mediaTime = isLong
      ? view.getInt32(offset + 8) * 2 ** 32 + view.getUint32(offset + 12)
      : view.getInt32(offset + 4);
    const seconds = movieTimescale === 0 ? 0 : duration / movieTimescale;
    if (mediaTime < 0) {
      if (start === undefined) emptySeconds += seconds;
      continue;
    }
    start ??= mediaTime / timescale;
    isOpen ||= seconds === 0;
    end = Math.max(end, mediaTime / timescale + seconds);
  }
  if (start === undefined) return { startSeconds: 0 };
  const startSeconds = start - emptySeconds;
  return isOpen ? { startSeconds } : { startSeconds, endSeconds: end };
}

/** `mvex`: what the samples of fragments are unless they say otherwise (8.8.1 to 8.8.3). */
async function readExtension(
  read: RangeReader,
  place: BoxPlace,
  timescale: number,
): Promise<NonNullable<Movie['fragments']>> {
  const defaults = new Map<number, SampleDefaults>();
  let durationSeconds = 0;
  for await (const child of boxPlaces(read, place.start, place.end)) {
    const view = await readBody(read, child);
    if (child.type === 'mehd' && view.byteLength >= 8) {
      const isLong = view.getUint8(0) === 1 && view.byteLength >= 12;
      const duration = isLong ? readLong(view, 4) : view.getUint32(4);
      durationSeconds = timescale === 0 ? 0 : duration / timescale;
    }
    if (child.type === 'trex' && view.byteLength >= 24) {
      defaults.set(view.getUint32(4), { duration: view.getUint32(12), size: view.getUint32(16) });
    }
  }
  return { durationSeconds, defaults };
}

import { createBlockReader, type RangeReader } from '../../blockCache.js';
import type { ByteSource } from '../../byteSource.js';
import { findGaplessItem, type GaplessInfo } from '../mp4Boxes.js';
import { boxPlaces, findPlace, readBody, type BoxPlace } from './boxPlaces.js';
import { Fragments } from './fragments.js';
import { readMovie, type Movie, type TrackPlace } from './movie.js';
import { readSoundEntry, type SoundEntry } from './sampleEntry.js';
import { openSampleTable, type SampleTable } from './sampleTable.js';
import { TableError } from './tableError.js';

/** Little is read from many places. */
const blockByteLength = 32 * 1024;
const descriptionByteLengthLimit = 1 << 20;

/** The sound track of an MP4 or QuickTime file, as its tables describe it. */
export interface Mp4Sound {
  readonly entry: SoundEntry;
  readonly read: RangeReader;
  /** Ticks a second of the track's clock. */
  readonly timescale: number;
  /** What the track's clock shows when the clip begins, in ticks. */
  readonly originTicks: number;
  /** When the sound ends, on the track's clock; undefined in fragments, where only the last one tells. */
  readonly endTicks?: number;
  /** Packets before the first fragment; undefined where there are none. */
  readonly table?: SampleTable;
  readonly tableTicks: number;
  readonly fragments?: Fragments;
  readonly declaredSeconds: number;
}

/** Why a movie has no sound to read. */
export type Mp4Outcome = Mp4Sound | 'no-sound';

/** @throws TableError */
export async function readMp4Sound(source: ByteSource, signal: AbortSignal | undefined): Promise<Mp4Outcome> {
  const read = createBlockReader(source, signal, blockByteLength);
  const movie = await readMovie(read, source.byteLength);
  const sounds = movie.tracks.filter(({ isSound }) => isSound);
  const track = sounds.find(({ isEnabled }) => isEnabled) ?? sounds[0];
  if (track === undefined) {
    if (movie.tracks.length > 0) return 'no-sound';
    throw new TableError('The movie has no tracks.');
  }
  const entry = await readEntry(read, track);
  const table = await openTable(read, track, entry, source.byteLength);
  const tableTicks = table === undefined ? 0 : await table.totalTicks();
  const originTicks = (await originSeconds(read, movie)) * track.timescale;
  const gapless = entry.codec === 'aac' ? await findGapless(read, movie, track) : undefined;
  const common = {
    entry,
    read,
    timescale: track.timescale,
    ...(table === undefined ? {} : { table }),
    tableTicks,
    declaredSeconds: movie.fragments?.durationSeconds ?? 0,
  };
  if (gapless !== undefined && entry.sampleRate > 0) {
    const ticksPerSample = track.timescale / entry.sampleRate;
    const start = gapless.priming * ticksPerSample;
    const firstTicks = originTicks + start;
    return { ...common, originTicks: firstTicks, endTicks: firstTicks + gapless.sampleCount * ticksPerSample };
  }
  const startTicks = originTicks + Math.round(track.edit.startSeconds * track.timescale);
  if (movie.fragments !== undefined) {
    const defaults = movie.fragments.defaults.get(track.id) ?? { duration: 0, size: 0 };
    const fragmentTrack = { id: track.id, defaults, fileByteLength: source.byteLength };
    return { ...common, originTicks: startTicks, fragments: new Fragments(read, fragmentTrack, movie.place.end) };
  }
  return { ...common, originTicks: startTicks, endTicks: endTicksOf(track, movie, tableTicks) };
}

/** Edits are rounded to the movie's clock, so that only what they leave out beyond that is meant. */
function endTicksOf({ edit, timescale }: TrackPlace, movie: Movie, tableTicks: number): number {
  const { endSeconds } = edit;
  if (endSeconds === undefined || movie.timescale === 0) return tableTicks;
  const endTicks = Math.round(endSeconds * timescale);
  const isMeant = tableTicks - endTicks > (1.5 * timescale) / movie.timescale;
  return isMeant && endTicks > 0 ? endTicks : tableTicks;
}

async function readEntry(read: RangeReader, track: TrackPlace): Promise<SoundEntry> {
  const place = track.tables.get('stsd');
  const view = place === undefined ? undefined : await readBody(read, place, descriptionByteLengthLimit);
  const entry = view === undefined ? undefined : readSoundEntry(view);
  if (entry === undefined) throw new TableError('The sound track does not say what it holds.');
  return entry.sampleRate > 0 ? entry : { ...entry, sampleRate: track.timescale };
}

async function openTable(
  read: RangeReader,
  track: TrackPlace,
  { pcmFrameByteLength }: SoundEntry,
  fileByteLength: number,
): Promise<SampleTable | undefined> {
  const options = { fileByteLength, ...(pcmFrameByteLength === undefined ? {} : { pcmFrameByteLength }) };
  const table = await openSampleTable(read, track.tables, options);
  return table.sampleCount === 0 ? undefined : table;
}

/** Where the first of all tracks begins: a sound that begins later than the pictures has a silence in front. */
async function originSeconds(read: RangeReader, movie: Movie): Promise<number> {
  const starts: number[] = [];
  for (const { tables, edit, timescale, isSound } of movie.tracks) {
    const composition = isSound ? undefined : tables.get('ctts');
    const view = composition === undefined ? undefined : await readBody(read, composition, 16);
    const offset = view !== undefined && view.byteLength >= 16 ? view.getInt32(12) / timescale : 0;
    starts.push(offset - edit.startSeconds);
  }
  return Math.max(0, Math.min(...starts));
}

/** Only where no edit says it already. */
async function findGapless(read: RangeReader, movie: Movie, track: TrackPlace): Promise<GaplessInfo | undefined> {
  if (track.edit.startSeconds > 0 || movie.fragments !== undefined) return undefined;
  const meta = await findPlace(read, movie.place, 'udta', 'meta');
  if (meta === undefined) return undefined;
  // QuickTime's has no version in front.
  const list =
    (await findPlace(read, { start: meta.start + 4, end: meta.end }, 'ilst')) ?? (await findPlace(read, meta, 'ilst'));
  return list === undefined ? undefined : gaplessIn(read, list);
}

async function gaplessIn(read: RangeReader, list: BoxPlace): Promise<GaplessInfo | undefined> {
  for await (const item of boxPlaces(read, list.start, list.end)) {
    const info = item.type === '----' ? findGaplessItem(await readBody(read, item)) : undefined;
    if (info !== undefined) return info;
  }
  return undefined;
}

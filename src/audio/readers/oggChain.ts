import type { ByteSource } from '../byteSource.js';
import { parseOggHead } from './oggHeaders.js';
import type { OggHead } from './oggHeaders.js';
import { readOggPages } from './oggPages.js';
import type { OggPage } from './oggPages.js';

/** Where each recording ends is searched for by halves; more of them are not worth it. */
const recordingLimit = 8;
const blockByteLength = 4096;
const scannedByteLength = 1 << 17;

interface Recording {
  /** Of all streams that begin together. */
  readonly serials: ReadonlySet<number>;
  readonly sound: { readonly serial: number; readonly head: OggHead } | undefined;
}

/** Whether a stream is one of those at the very beginning; one that is not belongs to a recording that was appended. */
export async function beginsWith(
  source: ByteSource,
  serial: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  return (await recordingAt(source, 0, signal)).serials.has(serial);
}

/**
 * How long recordings that were put one behind the other play together, as far as they can be joined: of one codec, rate
 * and number of channels.
 */
export async function chainSeconds(source: ByteSource, signal: AbortSignal | undefined): Promise<number | undefined> {
  let seconds = 0;
  let start = 0;
  let first: OggHead | undefined;
  for (let count = 0; count < recordingLimit; count++) {
    const recording = await recordingAt(source, start, signal);
    const head = recording.sound?.head;
    first ??= head;
    const isSame = head?.granuleRate === first?.granuleRate && head?.channelCount === first?.channelCount;
    if (head === undefined || head.codec !== first?.codec || !isSame) return seconds === 0 ? undefined : seconds;
    const { granule, end } = await endOf(source, start, recording, signal);
    if (granule === undefined) return undefined;
    seconds += Math.max(0, granule - head.preSkip) / head.granuleRate;
    if (end === undefined) return seconds;
    start = end;
  }
  return undefined;
}

async function recordingAt(source: ByteSource, start: number, signal: AbortSignal | undefined): Promise<Recording> {
  const serials = new Set<number>();
  let sound: Recording['sound'];
  for await (const { pages } of readOggPages(source, start, signal, blockByteLength)) {
    for (const page of pages) {
      if (!page.isFirst) return { serials, sound };
      serials.add(page.serial);
      const head = parseOggHead(page.body);
      if (sound === undefined && head !== undefined) sound = { serial: page.serial, head };
    }
    if (pages.length === 0) break;
  }
  return { serials, sound };
}

/** The last position of the sound, and where the next recording begins if there is one. */
async function endOf(
  source: ByteSource,
  start: number,
  { serials, sound }: Recording,
  signal: AbortSignal | undefined,
): Promise<{ readonly granule: number | undefined; readonly end: number | undefined }> {
  let low = start;
  let high = source.byteLength;
  while (high - low > scannedByteLength) {
    const middle = Math.floor((low + high) / 2);
    const page = await firstPage(source, middle, high, signal);
    if (page !== undefined && serials.has(page.serial)) low = page.offset;
    else high = middle;
  }
  let granule: number | undefined;
  for await (const { pages } of readOggPages(source, Math.max(start, low - scannedByteLength), signal)) {
    for (const page of pages) {
      if (!serials.has(page.serial)) return { granule, end: page.offset };
      if (page.serial === sound?.serial) granule = page.granule ?? granule;
    }
  }
  return { granule, end: undefined };
}

async function firstPage(
  source: ByteSource,
  offset: number,
  end: number,
  signal: AbortSignal | undefined,
): Promise<OggPage | undefined> {
  let position = offset;
  for await (const { pages } of readOggPages(source, offset, signal, blockByteLength)) {
    if (pages[0] !== undefined) return pages[0];
    // In a hole there are no pages.
    position += blockByteLength;
    if (position > Math.min(end, offset + scannedByteLength)) return undefined;
  }
  return undefined;
}

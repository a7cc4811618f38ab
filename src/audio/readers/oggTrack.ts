import { EarshotError } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { codecLabel } from './codecLabels.js';
import { beginsWith, chainSeconds } from './oggChain.js';
import { decoderSetup, isOggHeader, parseOggHead } from './oggHeaders.js';
import type { OggHead } from './oggHeaders.js';
import { OggPackets } from './oggPackets.js';
import { readOggPages } from './oggPages.js';
import type { OggPage } from './oggPages.js';
import type { PacketBatch, SoundTrack } from './soundTrack.js';

/** Headers with pictures may be long; a file without an end of them is not searched to its own end. */
const headerByteLengthLimit = 32 << 20;
const tailByteLength = 1 << 17;
/** The sound may end long before the pictures do, and a damaged end is searched a little further. */
const tailByteLengths = [tailByteLength, 1 << 20] as const;
const smallBlock = 1 << 16;
/** A first page that ends later than this belongs to a broadcast that was recorded from its middle. */
const longestFirstPageSeconds = 60;

export interface OggSound extends SoundTrack {
  readonly head: OggHead;
  /** The comment header of Opus and Vorbis; FLAC's block of comments. */
  readonly comments: Uint8Array | undefined;
}

/**
 * The first sound of an Ogg file. Read here and not by mediabunny, which knows no FLAC in Ogg and ends at the first
 * damaged page without a word.
 * @throws EarshotError `unsupported-media`, `clip-unreadable`.
 */
export async function openOggTrack(
  source: ByteSource,
  codec: string,
  signal: AbortSignal | undefined,
): Promise<OggSound> {
  const found = await readHeaders(source, codec, signal);
  const { head, headers, serial, firstSoundOffset, firstGranule } = found;
  const isBroadcast = (firstGranule ?? 0) > longestFirstPageSeconds * head.granuleRate;
  const origin = head.preSkip + (isBroadcast ? (firstGranule ?? 0) - head.granuleRate : 0);
  const timeOf = (granule: number): number => (granule - origin) / head.granuleRate;
  const { lastGranule, isTruncated, lastSerial } = await readTail(source, serial, signal);
  const isChained =
    lastSerial !== undefined && lastSerial !== serial && !(await beginsWith(source, lastSerial, signal));
  const endSeconds = isChained
    ? await chainSeconds(source, signal)
    : lastGranule === undefined
      ? undefined
      : timeOf(lastGranule);
  const start = { serial, head, offset: firstSoundOffset };
  return {
    head,
    comments: headers[1],
    byteLength: source.byteLength,
    codec: head.codec,
    sampleRate: head.granuleRate,
    channelCount: head.channelCount,
    setup: decoderSetup(head, headers),
    ...(endSeconds === undefined ? {} : { endSeconds: Math.max(0, endSeconds) }),
    isTruncated,
    toleranceSeconds: 0.005,
    prerollSeconds: head.codec === 'opus' ? 0.2 : head.codec === 'vorbis' ? 0.2 : 0,
    problems: [],
    close: () => undefined,
    batches: (fromSeconds) => readBatches(source, start, fromSeconds, timeOf, signal),
  };
}

interface FoundHeaders {
  readonly head: OggHead;
  readonly headers: readonly Uint8Array[];
  readonly serial: number;
  readonly firstSoundOffset: number;
  readonly firstGranule: number | undefined;
}

async function readHeaders(source: ByteSource, codec: string, signal: AbortSignal | undefined): Promise<FoundHeaders> {
  let stream: { head: OggHead; serial: number; packets: OggPackets; headers: Uint8Array[] } | undefined;
  let blockCount = 0;
  for await (const { pages } of readOggPages(source, 0, signal, smallBlock)) {
    for (const page of pages) {
      if (stream === undefined && page.isFirst) {
        const head = parseOggHead(page.body);
        if (head !== undefined) stream = { head, serial: page.serial, packets: new OggPackets(), headers: [] };
      }
      if (stream?.serial !== page.serial) continue;
      const { head, serial, headers } = stream;
      for (const packet of stream.packets.push(page).packets) {
        if (isOggHeader(head, packet, headers.length)) headers.push(packet.slice());
        else return { head, serial, headers, firstSoundOffset: page.offset, firstGranule: page.granule };
      }
    }
    // In a hole there are no pages, and it may be as long as the file.
    if (++blockCount * smallBlock > headerByteLengthLimit) break;
  }
  if (stream === undefined) {
    throw new EarshotError(
      'unsupported-media',
      `${source.name} is an Ogg file with ${codecLabel(codec)}, and without Opus, Vorbis or FLAC sound. Convert it to WAV or MP3 first.`,
    );
  }
  throw new EarshotError('clip-unreadable', `${source.name} ends before its sound begins. Copy or download it again.`);
}

interface OggTail {
  readonly lastGranule: number | undefined;
  readonly isTruncated: boolean;
  /** Of the last page of all. */
  readonly lastSerial: number | undefined;
}

/** How far the sound goes, by its last whole page. A file that ends within a page, and not with the last, was cut off. */
async function readTail(source: ByteSource, serial: number, signal: AbortSignal | undefined): Promise<OggTail> {
  let lastGranule: number | undefined;
  let last: OggPage | undefined;
  for (const byteLength of tailByteLengths) {
    for await (const { pages } of readOggPages(source, Math.max(0, source.byteLength - byteLength), signal)) {
      last = pages.at(-1) ?? last;
      for (const page of pages) if (page.serial === serial) lastGranule = page.granule ?? lastGranule;
    }
    if (lastGranule !== undefined || byteLength >= source.byteLength) break;
  }
  const end = last === undefined ? 0 : last.offset + 27 + last.lacing.byteLength + last.body.byteLength;
  // Some programs put tags of other formats behind.
  const isTruncated = end < source.byteLength && last?.isLast !== true;
  return { lastGranule, isTruncated, lastSerial: last?.serial };
}

interface OggStart {
  readonly head: OggHead;
  readonly serial: number;
  readonly offset: number;
}

async function* readBatches(
  source: ByteSource,
  start: OggStart,
  fromSeconds: number,
  timeOf: (granule: number) => number,
  signal: AbortSignal | undefined,
): AsyncGenerator<PacketBatch> {
  const offset = fromSeconds <= 0 ? start.offset : await seek(source, start, fromSeconds, timeOf, signal);
  const chain = new OggChain(start.head, start.serial, timeOf, offset === start.offset);
  for await (const { pages } of readOggPages(source, offset, signal)) {
    for (const page of pages) {
      const batch = chain.push(page);
      if (batch !== undefined) yield batch;
    }
  }
}

/** The last page that ends before the wanted time, so that a page with a known end comes first. */
async function seek(
  source: ByteSource,
  start: OggStart,
  seconds: number,
  timeOf: (granule: number) => number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let low = start.offset;
  let high = source.byteLength;
  while (high - low > 2 * smallBlock) {
    const middle = Math.floor((low + high) / 2);
    const page = await firstPageBehind(source, middle, start.serial, signal);
    if (page?.granule !== undefined && page.offset < high && timeOf(page.granule) < seconds) low = page.offset;
    else high = middle;
  }
  return low;
}

async function firstPageBehind(
  source: ByteSource,
  offset: number,
  serial: number,
  signal: AbortSignal | undefined,
): Promise<OggPage | undefined> {
  for await (const { pages } of readOggPages(source, offset, signal, smallBlock)) {
    const page = pages.find((candidate) => candidate.serial === serial && candidate.granule !== undefined);
    if (page !== undefined || (pages.at(-1)?.offset ?? offset) - offset > tailByteLength) return page;
  }
  return undefined;
}

/** Pages to batches, over the borders of recordings that were appended to each other. */
class OggChain {
  #timeOf: (granule: number) => number;
  #head: OggHead;
  #serial: number;
  #packets = new OggPackets();
  /** Headers still to be left out: a seek lands behind them. */
  #headers: Uint8Array[] | undefined;
  #lastSeconds: number | undefined;
  /** Where the present recording begins. */
  #chainSeconds: number | undefined = 0;
  #setup: readonly Uint8Array[] | undefined;

  constructor(head: OggHead, serial: number, timeOf: (granule: number) => number, isAtStart: boolean) {
    this.#head = head;
    this.#serial = serial;
    this.#timeOf = timeOf;
    if (isAtStart) this.#lastSeconds = timeOf(0);
  }

  push(page: OggPage): PacketBatch | undefined {
    if (page.isFirst && page.serial !== this.#serial) this.#begin(page);
    if (page.serial !== this.#serial) return undefined;
    const { packets, isAfterLoss } = this.#packets.push(page);
    const sound = packets.filter((packet) => !this.#takeHeader(packet));
    if (sound.length === 0) return undefined;
    const setup = this.#setup;
    this.#setup = undefined;
    const endSeconds =
      page.granule === undefined || this.#chainSeconds === undefined
        ? undefined
        : this.#chainSeconds + this.#timeOf(page.granule);
    const startSeconds = page.isLast && !isAfterLoss ? this.#lastSeconds : undefined;
    this.#lastSeconds = endSeconds;
    return {
      packets: sound,
      ...(startSeconds === undefined ? {} : { startSeconds }),
      ...(endSeconds === undefined ? {} : { endSeconds }),
      ...(page.isLast ? { isLast: true } : {}),
      ...(isAfterLoss ? { isAfterLoss } : {}),
      ...(setup === undefined ? {} : { setup, skippedSeconds: this.#head.preSkip / this.#head.granuleRate }),
    };
  }

  #begin(page: OggPage): void {
    const head = parseOggHead(page.body);
    if (head?.codec !== this.#head.codec) return;
    this.#head = head;
    this.#serial = page.serial;
    this.#packets = new OggPackets();
    this.#headers = [];
    // The next recording has a clock of its own, and begins where this one ended if that is known.
    this.#chainSeconds = this.#lastSeconds;
    this.#timeOf = (granule) => (granule - head.preSkip) / head.granuleRate;
  }

  #takeHeader(packet: Uint8Array): boolean {
    if (this.#headers === undefined) return isStrayHeader(this.#head, packet);
    if (isOggHeader(this.#head, packet, this.#headers.length)) {
      this.#headers.push(packet.slice());
      return true;
    }
    this.#setup = decoderSetup(this.#head, this.#headers);
    this.#headers = undefined;
    return false;
  }
}

/** The page with the first sound may also hold the last headers. */
function isStrayHeader(head: OggHead, packet: Uint8Array): boolean {
  if (head.codec === 'flac') return packet[0] !== 0xff;
  if (head.codec === 'vorbis') return ((packet[0] ?? 0) & 1) === 1;
  return packet[0] === 0x4f && packet[1] === 0x70 && packet[2] === 0x75 && packet[3] === 0x73;
}

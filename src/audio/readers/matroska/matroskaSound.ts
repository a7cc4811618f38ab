import { EarshotError } from '../../../core/errors.js';
import { createBlockReader, type RangeReader } from '../../blockCache.js';
import type { ByteSource } from '../../byteSource.js';
import { pcmFormats, isPcmCodec } from '../../pcm.js';
import type { PcmFormat } from '../../pcm.js';
import { codecLabel } from '../codecLabels.js';
import { withoutSound } from '../containerErrors.js';
import { exactTimes, packetDuration, type ExactSeconds, type TimedTrack } from '../packetTimes.js';
import { readClusters, type MatroskaBlock } from './clusters.js';
import { readMatroskaHead, type MatroskaHead } from './matroskaHead.js';
import type { MatroskaTrackEntry } from './trackEntry.js';

const blockByteLength = 32 * 1024;
/** Pictures may come first, but not for longer than this. */
const searchLimit = 64 << 20;

/** The sound track of a Matroska or WebM file. */
export interface MatroskaSound {
  readonly head: MatroskaHead;
  readonly entry: MatroskaTrackEntry;
  readonly read: RangeReader;
}

/** How the times of its packets become those of the clip. */
export interface MatroskaClock {
  /** What the track's clock shows when the clip begins. */
  readonly shiftSeconds: number;
  readonly exactSeconds: ExactSeconds;
  readonly durationOf: (data: Uint8Array) => number;
  readonly isEmpty: boolean;
}

/** @throws TableError, EarshotError `unsupported-media` */
export async function readMatroskaSound(source: ByteSource, signal: AbortSignal | undefined): Promise<MatroskaSound> {
  const read = createBlockReader(source, signal, blockByteLength);
  const head = await readMatroskaHead(read, source.byteLength);
  const sounds = head.tracks.filter(({ isSound }) => isSound);
  const entry = sounds.find(({ isDefault }) => isDefault) ?? sounds[0];
  if (entry === undefined) throw withoutSound(source.name);
  return { head, entry, read };
}

/** @throws EarshotError `unsupported-media` for packets that are packed in a way that is not read here. */
export function checkObstacle(name: string, { obstacle, codec }: MatroskaTrackEntry): void {
  if (obstacle === undefined) return;
  throw new EarshotError(
    'unsupported-media',
    `${name} holds ${codecLabel(codec)} that is ${obstacle}, which Earshot does not read. Convert it to WAV, MP3 or FLAC first.`,
  );
}

/** In Matroska the times of Opus count what its decoder leaves out. */
export function opusDelaySeconds({ codec, setup }: MatroskaTrackEntry): number {
  const head = codec === 'opus' ? setup[0] : undefined;
  return head === undefined ? 0 : ((head[10] ?? 0) | ((head[11] ?? 0) << 8)) / 48_000;
}

/** Looks at the first packets. */
export async function readClock(
  source: ByteSource,
  { head, entry }: MatroskaSound,
  signal: AbortSignal | undefined,
): Promise<MatroskaClock> {
  const { first, second, otherTicks } = await firstPackets(source, head, entry, signal);
  const timed: TimedTrack = {
    codec: entry.codec,
    sampleRate: entry.sampleRate,
    setup: entry.setup,
    firstPacket: first && { data: first.data, timestamp: first.ticks * head.secondsPerTick },
  };
  const exactSeconds = exactTimes(timed);
  const origin = Math.max(0, Math.min(otherTicks, first?.ticks ?? Infinity) * head.secondsPerTick);
  // The first packet of Vorbis only prepares the second.
  const warmUp =
    entry.codec === 'vorbis' && first !== undefined && second !== undefined
      ? exactSeconds(second.data, second.ticks * head.secondsPerTick) - first.ticks * head.secondsPerTick
      : 0;
  return {
    shiftSeconds: (Number.isFinite(origin) ? origin : 0) + opusDelaySeconds(entry) + warmUp,
    exactSeconds,
    durationOf: packetDuration(timed, pcmFrameByteLength(entry)),
    isEmpty: first === undefined,
  };
}

function pcmFrameByteLength({ codec, channelCount }: MatroskaTrackEntry): number {
  if (!isPcmCodec(codec)) return 0;
  const { sampleByteLength }: PcmFormat = pcmFormats[codec];
  return sampleByteLength * channelCount;
}

interface FirstPacket {
  readonly data: Uint8Array;
  readonly ticks: number;
}

interface FirstPackets {
  readonly first?: FirstPacket;
  readonly second?: FirstPacket;
  /** When the earliest of the other tracks begins. */
  readonly otherTicks: number;
}

async function firstPackets(
  source: ByteSource,
  head: MatroskaHead,
  entry: MatroskaTrackEntry,
  signal: AbortSignal | undefined,
): Promise<FirstPackets> {
  let otherTicks = Infinity;
  const onOther = (ticks: number): void => {
    otherTicks = Math.min(otherTicks, ticks);
  };
  const found: FirstPacket[] = [];
  const bounded: ByteSource = {
    name: source.name,
    byteLength: Math.min(source.byteLength, head.firstCluster + searchLimit),
    read: (start, end) => source.read(start, end, signal),
    close: () => Promise.resolve(),
  };
  const clusters = readClusters(bounded, head.firstCluster, { track: entry.number, onOther }, signal);
  for await (const blocks of clusters) {
    for (const block of blocks) {
      // Of packets laced together only the first has a time.
      const [data] = packetsOf(block, entry);
      if (data !== undefined) found.push({ data: data.slice(), ticks: block.ticks });
      if (found.length === 2) break;
    }
    if (found.length === 2 || (found.length === 1 && entry.codec !== 'vorbis')) break;
  }
  const [first, second] = found;
  return { ...(first === undefined ? {} : { first }), ...(second === undefined ? {} : { second }), otherTicks };
}

/** With what was left out in the file put back. */
export function packetsOf(block: MatroskaBlock, { strippedHeader }: MatroskaTrackEntry): readonly Uint8Array[] {
  if (strippedHeader === undefined || strippedHeader.byteLength === 0) return block.frames;
  return block.frames.map((frame) => {
    const packet = new Uint8Array(strippedHeader.byteLength + frame.byteLength);
    packet.set(strippedHeader);
    packet.set(frame, strippedHeader.byteLength);
    return packet;
  });
}

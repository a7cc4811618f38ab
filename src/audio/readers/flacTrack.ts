import { EarshotError } from '../../core/errors.js';
import type { ByteSource } from '../byteSource.js';
import { findFlacFrame, flacHeadByteLength, parseFlacInfo } from './flacFrames.js';
import type { FlacInfo, FoundFlacFrame } from './flacFrames.js';
import type { PacketBatch, SoundTrack } from './soundTrack.js';

const blockByteLength = 1 << 19;
const seekWindow = 1 << 18;
const metadataBlockLimit = 4096;

export interface FlacSound extends SoundTrack {
  readonly info: FlacInfo;
  /** Where the block of Vorbis comments lies. */
  readonly comments: { readonly start: number; readonly end: number } | undefined;
}

/**
 * A native FLAC file, frame by frame. Frames carry the number of their first sample: behind damage the sound goes on at
 * the right time, where mediabunny's reader ends without a word.
 * @param start Where `fLaC` stands.
 * @throws EarshotError `clip-unreadable`.
 */
export async function openFlacTrack(
  source: ByteSource,
  start: number,
  signal: AbortSignal | undefined,
): Promise<FlacSound> {
  const head = (await source.read(start, start + flacHeadByteLength, signal)).slice();
  const info = parseFlacInfo(head);
  if (info === undefined || info.sampleRate === 0) {
    throw new EarshotError('clip-unreadable', `${source.name} is FLAC, but its header is damaged. Copy it again.`);
  }
  const { soundStart, comments } = await skipMetadata(source, start, signal);
  // The decoder gets this block alone, so it must be marked as the last of its kind.
  head[4] = 0x80;
  return {
    info,
    comments,
    byteLength: source.byteLength,
    codec: 'flac',
    sampleRate: info.sampleRate,
    channelCount: info.channelCount,
    setup: [head],
    ...(info.totalSampleCount === 0 ? {} : { endSeconds: info.totalSampleCount / info.sampleRate }),
    toleranceSeconds: 0,
    prerollSeconds: 0,
    problems: [],
    close: () => undefined,
    batches: (fromSeconds) => readBatches(source, soundStart, info, fromSeconds, signal),
  };
}

async function skipMetadata(
  source: ByteSource,
  start: number,
  signal: AbortSignal | undefined,
): Promise<{ soundStart: number; comments: FlacSound['comments'] }> {
  let comments: FlacSound['comments'];
  let offset = start + 4;
  for (let count = 0; count < metadataBlockLimit; count++) {
    const [kind = 0x80, high = 0, middle = 0, low = 0] = await source.read(offset, offset + 4, signal);
    const body = offset + 4;
    // A damaged length would lead astray: what begins like a frame is one.
    if (kind === 0xff) break;
    offset = body + ((high << 16) | (middle << 8) | low);
    if ((kind & 0x7f) === 4) comments = { start: body, end: offset };
    if ((kind & 0x80) !== 0 || offset >= source.byteLength) break;
  }
  return { soundStart: Math.min(offset, source.byteLength), comments };
}

async function* readBatches(
  source: ByteSource,
  soundStart: number,
  info: FlacInfo,
  fromSeconds: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<PacketBatch> {
  let position =
    fromSeconds <= 0 ? soundStart : await seek(source, soundStart, info, fromSeconds * info.sampleRate, signal);
  let bytes = new Uint8Array(0);
  let current: FoundFlacFrame | undefined;
  for (;;) {
    const block = await source.read(position, Math.min(source.byteLength, position + blockByteLength), signal);
    position += block.byteLength;
    const isEnd = block.byteLength === 0 || position >= source.byteLength;
    bytes = join(bytes, block);
    current ??= findFlacFrame(bytes, 0, info);
    while (current !== undefined) {
      const frame: FoundFlacFrame = current;
      const next = nextFrame(bytes, frame, info);
      if (next === undefined && !isEnd) break;
      const startSeconds = frame.startSample / info.sampleRate;
      yield { packets: [bytes.subarray(frame.offset, next?.offset ?? bytes.byteLength)], startSeconds };
      current = next;
    }
    if (isEnd) return;
    const kept: number = current?.offset ?? Math.max(0, bytes.byteLength - 16);
    bytes = bytes.slice(kept);
    if (current !== undefined) current = { ...current, offset: 0 };
  }
}

/** The frame behind this one: the one whose number follows, or behind damage any later one. */
function nextFrame(bytes: Uint8Array, frame: FoundFlacFrame, info: FlacInfo): FoundFlacFrame | undefined {
  const from = frame.offset + 6;
  const expected = frame.startSample + frame.sampleCount;
  const limit = frame.offset + info.maxFrameByteLength;
  const next = findFlacFrame(bytes.subarray(0, limit), from, info, ({ startSample }) => startSample === expected);
  if (next !== undefined || bytes.byteLength < limit) return next;
  const last = info.totalSampleCount || Infinity;
  return findFlacFrame(bytes, from, info, ({ startSample }) => startSample > expected && startSample < last);
}

/** A place from which the first whole frame is at or before this sample. */
async function seek(
  source: ByteSource,
  soundStart: number,
  info: FlacInfo,
  sample: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  let low = soundStart;
  let high = source.byteLength;
  while (high - low > seekWindow) {
    const middle = Math.floor((low + high) / 2);
    const bytes = await source.read(middle, middle + seekWindow, signal);
    const frame = confirmedFrame(bytes, info);
    if (frame !== undefined && frame.startSample <= sample) low = middle + frame.offset;
    else high = middle;
  }
  return low;
}

/** Bits within a frame may look like a header: one that is followed by its successor is one. */
function confirmedFrame(bytes: Uint8Array, info: FlacInfo): FoundFlacFrame | undefined {
  let frame = findFlacFrame(bytes, 0, info);
  while (frame !== undefined) {
    const expected = frame.startSample + frame.sampleCount;
    const isNext = ({ startSample }: { readonly startSample: number }): boolean => startSample === expected;
    if (findFlacFrame(bytes, frame.offset + 6, info, isNext) !== undefined) return frame;
    frame = findFlacFrame(bytes, frame.offset + 1, info);
  }
  return undefined;
}

function join(head: Uint8Array<ArrayBuffer>, tail: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.byteLength + tail.byteLength);
  all.set(head);
  all.set(tail, head.byteLength);
  return all;
}

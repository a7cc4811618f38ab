import type { Probe } from '../core/clip.js';
import { throwIfCancelled } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import { findFlacFrame } from './readers/flacFrames.js';
import type { FlacInfo, FoundFlacFrame } from './readers/flacFrames.js';
import { openFlacTrack } from './readers/flacTrack.js';
import { openOggTrack } from './readers/oggTrack.js';

type Found = Pick<
  Probe,
  'sampleRate' | 'channels' | 'bitsPerSample' | 'durationSeconds' | 'durationIsEstimate' | 'isTruncated'
>;

/** What the readers of Ogg and FLAC take for true; nothing where the headers are damaged, which shows when it is decoded. */
export async function inspectOgg(source: ByteSource, codec: string, signal: AbortSignal | undefined): Promise<Found> {
  return quietly(signal, async () => {
    const track = await openOggTrack(source, codec, signal);
    const { sampleRate, channelCount, endSeconds, isTruncated } = track;
    return {
      sampleRate,
      channels: channelCount,
      ...(endSeconds === undefined || endSeconds === 0 ? {} : { durationSeconds: endSeconds }),
      ...(isTruncated === true ? { isTruncated } : {}),
    };
  });
}

/** @param start Where `fLaC` stands. */
export async function inspectFlac(source: ByteSource, start: number, signal: AbortSignal | undefined): Promise<Found> {
  return quietly(signal, async () => {
    const { info } = await openFlacTrack(source, start, signal);
    const { sampleRate, channelCount, bitsPerSample, totalSampleCount } = info;
    const heard = await findLastSample(source, start, info, signal);
    const isTruncated = heard !== undefined && heard < totalSampleCount;
    const sampleCount = isTruncated || totalSampleCount === 0 ? heard : totalSampleCount;
    return {
      sampleRate,
      channels: channelCount,
      bitsPerSample,
      ...(sampleCount === undefined ? {} : { durationSeconds: sampleCount / sampleRate }),
      ...(isTruncated ? { isTruncated } : {}),
    };
  });
}

async function quietly(signal: AbortSignal | undefined, inspect: () => Promise<Found>): Promise<Found> {
  try {
    return await inspect();
  } catch {
    throwIfCancelled(signal);
    return {};
  }
}

const leastTailByteLength = 1 << 16;
const mostTailByteLength = 1 << 20;

/** Frames are numbered, so the last ones tell how far the sound goes, whatever the header knew of it. */
async function findLastSample(
  source: ByteSource,
  start: number,
  info: FlacInfo,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const wanted = Math.min(mostTailByteLength, Math.max(leastTailByteLength, 3 * info.maxFrameByteLength));
  const bytes = await source.read(Math.max(start, source.byteLength - wanted), source.byteLength, signal);
  for (let frame = findFlacFrame(bytes, 0, info); frame !== undefined;) {
    const next = successor(bytes, frame, info);
    // What looks like a frame and has no successor is chance, or the only one that is left.
    if (next !== undefined || frame.startSample === 0) return lastOf(bytes, frame, info);
    frame = findFlacFrame(bytes, frame.offset + 1, info);
  }
  return undefined;
}

function lastOf(bytes: Uint8Array, first: FoundFlacFrame, info: FlacInfo): number {
  let last = first;
  for (let next = successor(bytes, last, info); next !== undefined; next = successor(bytes, last, info)) last = next;
  return last.startSample + last.sampleCount;
}

function successor(bytes: Uint8Array, frame: FoundFlacFrame, info: FlacInfo): FoundFlacFrame | undefined {
  const expected = frame.startSample + frame.sampleCount;
  return findFlacFrame(bytes, frame.offset + 6, info, ({ startSample }) => startSample === expected);
}

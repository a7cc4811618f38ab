import { EarshotError, throwIfCancelled } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import type { InspectedTrack } from './inspectedTrack.js';
import { clusterTicks, findCluster, readClusters } from './readers/matroska/clusters.js';
import {
  opusDelaySeconds,
  packetsOf,
  readMatroskaSound,
  type MatroskaSound,
} from './readers/matroska/matroskaSound.js';
import { TableError } from './readers/mp4/tableError.js';
import { packetDuration } from './readers/packetTimes.js';

/** Where the last cluster of sound is looked for, and the second one of anything. */
const tailByteLength = 1 << 19;

/**
 * What Matroska and WebM say in front of their sound; for what was recorded live, what the last packets say. What cannot be
 * read is left out.
 * @throws EarshotError `unsupported-media` when the file has pictures but no sound.
 */
export async function inspectMatroska(source: ByteSource, signal?: AbortSignal): Promise<InspectedTrack> {
  try {
    const sound = await readMatroskaSound(source, signal);
    const { codec, sampleRate, channelCount } = sound.entry;
    return {
      codec,
      ...(sampleRate > 0 ? { sampleRate } : {}),
      ...(channelCount > 0 ? { channels: channelCount } : {}),
      ...(await duration(sound, source, signal)),
    };
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof EarshotError || !(error instanceof TableError || error instanceof RangeError)) throw error;
    return {};
  }
}

async function duration(
  sound: MatroskaSound,
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<Pick<InspectedTrack, 'durationSeconds' | 'durationIsEstimate' | 'isTruncated'>> {
  const { head, entry } = sound;
  const isTruncated = head.segmentEnd !== Infinity && head.segmentEnd > source.byteLength;
  const delay = opusDelaySeconds(entry);
  if (head.durationSeconds !== undefined && !isTruncated) return { durationSeconds: head.durationSeconds - delay };
  const end = (await lastSeconds(sound, source, signal)) ?? (await estimatedSeconds(sound, source));
  const durationSeconds = Math.min(end - delay, head.durationSeconds ?? Infinity);
  return {
    ...(durationSeconds > 0 && Number.isFinite(durationSeconds) ? { durationSeconds, durationIsEstimate: true } : {}),
    ...(isTruncated ? { isTruncated } : {}),
  };
}

/** When the last packet near the end of the file has played. */
async function lastSeconds(
  { head, entry, read }: MatroskaSound,
  source: ByteSource,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const from = Math.max(head.firstCluster, source.byteLength - tailByteLength);
  const place = await findCluster(read, from, source.byteLength);
  if (place === undefined) return undefined;
  const durationOf = packetDuration({ ...entry, firstPacket: undefined }, 0);
  let end: number | undefined;
  for await (const blocks of readClusters(source, place, { track: entry.number }, signal)) {
    for (const block of blocks) {
      const played = packetsOf(block, entry).reduce((sum, data) => sum + durationOf(data), 0);
      end = Math.max(end ?? 0, block.ticks * head.secondsPerTick + played - block.discardSeconds);
    }
  }
  return end;
}

/** From the bytes between the first two clusters. NaN where there are none. */
async function estimatedSeconds({ head, read }: MatroskaSound, source: ByteSource): Promise<number> {
  const limit = Math.min(source.byteLength, head.firstCluster + 2 * tailByteLength);
  const second = await findCluster(read, head.firstCluster + 8, limit);
  if (second === undefined) return Number.NaN;
  const [from, to] = [await clusterTicks(read, head.firstCluster), await clusterTicks(read, second)];
  const seconds = ((to ?? Number.NaN) - (from ?? Number.NaN)) * head.secondsPerTick;
  return (seconds * (source.byteLength - head.firstCluster)) / (second - head.firstCluster);
}

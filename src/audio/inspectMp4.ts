import { throwIfCancelled } from '../core/errors.js';
import type { ByteSource } from './byteSource.js';
import type { InspectedTrack } from './inspectedTrack.js';
import { withoutSound } from './readers/containerErrors.js';
import { readMp4Sound, type Mp4Sound } from './readers/mp4/mp4Sound.js';
import { TableError } from './readers/mp4/tableError.js';

/**
 * What the tables of MP4 and QuickTime say, in a few small reads wherever they stand. What cannot be read is left out: the
 * container is known already, and what is wrong with it shows when it is decoded.
 * @throws EarshotError `unsupported-media` when the file has pictures but no sound.
 */
export async function inspectMp4(source: ByteSource, signal?: AbortSignal): Promise<InspectedTrack> {
  try {
    const sound = await readMp4Sound(source, signal);
    if (sound === 'no-sound') throw withoutSound(source.name);
    const { codec, sampleRate, channelCount } = sound.entry;
    return {
      codec,
      ...(sampleRate > 0 ? { sampleRate } : {}),
      ...(channelCount > 0 ? { channels: channelCount } : {}),
      ...(await duration(sound, source)),
    };
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof TableError || error instanceof RangeError) return {};
    throw error;
  }
}

type Duration = Pick<InspectedTrack, 'durationSeconds' | 'durationIsEstimate' | 'isTruncated'>;

async function duration(sound: Mp4Sound, source: ByteSource): Promise<Duration> {
  const { table, endTicks, originTicks, timescale } = sound;
  const atTicks = (ticks: number): number => Math.max(0, (ticks - originTicks) / timescale);
  if (endTicks === undefined) return durationOfFragments(sound, source, atTicks);
  const reach = (await table?.reachTicks()) ?? 0;
  const isTruncated = reach < Math.min(endTicks, sound.tableTicks);
  const durationSeconds = atTicks(isTruncated ? reach : endTicks);
  return { ...(durationSeconds > 0 ? { durationSeconds } : {}), ...(isTruncated ? { isTruncated } : {}) };
}

/** The last fragment says when it ends; where it is not found, the first one's bytes for its time are taken for all. */
async function durationOfFragments(
  sound: Mp4Sound,
  source: ByteSource,
  atTicks: (ticks: number) => number,
): Promise<Duration> {
  const { fragments, tableTicks, timescale, declaredSeconds } = sound;
  const last = await fragments?.end();
  if (last !== undefined) {
    return {
      durationSeconds: atTicks(last.endTicks),
      ...(last.isCut ? { isTruncated: true } : {}),
    };
  }
  if (declaredSeconds > 0) return { durationSeconds: declaredSeconds, durationIsEstimate: true };
  const first = await fragments?.first();
  if (first === undefined) return tableTicks > 0 ? { durationSeconds: atTicks(tableTicks) } : {};
  const { runs, endTicks } = first.fragment;
  const seconds = (endTicks - (runs[0]?.startTicks ?? endTicks)) / timescale;
  const durationSeconds = (seconds * source.byteLength) / first.byteLength;
  return Number.isFinite(durationSeconds) && durationSeconds > 0 ? { durationSeconds, durationIsEstimate: true } : {};
}

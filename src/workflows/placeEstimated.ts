import type { AudioSource, PrepareOptions } from '../audio/engine.js';
import type { TimeRange } from '../core/clip.js';
import { throwIfCancelled } from '../core/errors.js';
import { placeText } from '../core/segmentation/placeText.js';
import type { Segment } from '../core/transcript.js';
import type { WorkflowPorts } from './ports.js';

export interface Placing {
  readonly source: AudioSource;
  readonly engine: WorkflowPorts['engine'];
  readonly prepared: Pick<PrepareOptions, 'channel'>;
  /** BCP 47; its rules tell sentences and words apart. */
  readonly language?: string;
  readonly signal: AbortSignal;
}

/** Runs of segments of which it is only known that they are somewhere in the same range, and single ones with times. */
function runsOf(segments: readonly Segment[]): readonly (readonly [Segment, ...Segment[]])[] {
  const runs: [Segment, ...Segment[]][] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    const isSame =
      segment.hasEstimatedTimes === true &&
      run?.[0].hasEstimatedTimes === true &&
      segment.startSeconds === run[0].startSeconds &&
      segment.endSeconds === run[0].endSeconds;
    if (isSame) run.push(segment);
    else runs.push([segment]);
  }
  return runs;
}

async function speechIn(
  range: TimeRange,
  { source, engine, prepared, signal }: Placing,
): Promise<readonly TimeRange[]> {
  const channel = prepared.channel === undefined ? {} : { channel: prepared.channel };
  try {
    const { startSeconds, endSeconds } = range;
    return (await engine.analyse(source, { range: { startSeconds, endSeconds }, ...channel }, signal)).speech;
  } catch {
    throwIfCancelled(signal);
    // What a model can read and we cannot: the words are spread over all of it.
    return [];
  }
}

/** Sets text whose times are not known to where somebody speaks, sentence by sentence. All else stays as it is. */
export async function placeEstimated(segments: readonly Segment[], placing: Placing): Promise<readonly Segment[]> {
  const estimated = segments.filter(({ hasEstimatedTimes }) => hasEstimatedTimes === true);
  const [first] = estimated;
  if (first === undefined) return segments;
  const range = {
    startSeconds: estimated.reduce((least, { startSeconds }) => Math.min(least, startSeconds), first.startSeconds),
    endSeconds: estimated.reduce((most, { endSeconds }) => Math.max(most, endSeconds), first.endSeconds),
  };
  const speech = await speechIn(range, placing);
  return runsOf(segments).flatMap((run) =>
    run[0].hasEstimatedTimes === true ? placeText(run, run[0], speech, placing.language) : run,
  );
}

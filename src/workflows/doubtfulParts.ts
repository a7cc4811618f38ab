import type { Piece, PrepareOptions } from '../audio/engine.js';
import { doubtsIn, type Doubt, type DoubtReason } from '../core/doubts.js';
import { throwIfCancelled } from '../core/errors.js';
import { formatDuration } from '../core/timecode.js';
import type { Segment } from '../core/transcript.js';
import { addUsage } from '../core/usage.js';
import type { TranscriptionEvent } from '../providers/provider.js';
import { listed } from './beforeSending.js';
import { placeEstimated } from './placeEstimated.js';
import { PartInProgress } from './partInProgress.js';
import type { FinishedPart, OpenClip, WorkflowPorts } from './ports.js';

/** What is shorter is not worth asking for again in halves. */
const leastSecondsToHalve = 4;

export interface Review {
  readonly clip: OpenClip;
  readonly engine: WorkflowPorts['engine'];
  readonly prepared: PrepareOptions;
  /** As the user says; absent: as each part says. */
  readonly language?: string;
  readonly ask: (piece: Piece) => AsyncIterable<TranscriptionEvent>;
  /** Look whether there is anything to hear in a part; false where that is known of the whole. */
  readonly checksSilence: boolean;
  readonly signal: AbortSignal;
}

/**
 * Looks for signs that a part was made up. What loops, or is faster than anybody speaks, is asked for once more in two
 * halves, which helps a recogniser that hangs; what stays doubtful is marked.
 */
export async function reviewPart(heard: FinishedPart, review: Review): Promise<FinishedPart> {
  const { startSeconds, endSeconds } = heard;
  const { clip, engine, signal } = review;
  if (heard.segments.length === 0) return heard;
  const part = { ...heard, segments: await placed(heard, review) };
  const { channel } = review.prepared;
  const where = { range: { startSeconds, endSeconds }, ...(channel === undefined ? {} : { channel }) };
  if (review.checksSilence && (await engine.isSilent(clip.source, where, signal))) {
    return { ...part, doubts: [{ reason: 'over-silence', startSeconds, endSeconds }] };
  }
  const doubts = doubtsIn(part.segments);
  if (doubts.length === 0) return part;
  const halves = await inHalves(part, review);
  const usage = addUsage(part.usage, halves.usage);
  const better = doubtsIn(halves.segments);
  if (halves.segments.length === 0 || better.length >= doubts.length) return { ...part, usage, doubts };
  return { ...part, segments: halves.segments, usage, ...(better.length === 0 ? {} : { doubts: better }) };
}

function placed(
  { segments, language = '' }: FinishedPart,
  { clip, engine, prepared, signal, ...review }: Review,
): Promise<readonly Segment[]> {
  const known = review.language ?? language;
  const { source } = clip;
  return placeEstimated(segments, { source, engine, prepared, signal, ...(known === '' ? {} : { language: known }) });
}

async function inHalves(
  { startSeconds, endSeconds }: FinishedPart,
  review: Review,
): Promise<Pick<FinishedPart, 'segments' | 'usage'>> {
  const { clip, engine, prepared, ask, signal } = review;
  const segments: Segment[] = [];
  let usage = {};
  if (endSeconds - startSeconds < leastSecondsToHalve) return { segments, usage };
  const middle = (startSeconds + endSeconds) / 2;
  const ranges = [
    { startSeconds, endSeconds: middle },
    { startSeconds: middle, endSeconds },
  ];
  try {
    for (const range of ranges) {
      for await (const piece of engine.prepare(clip.source, { ...prepared, range }, signal)) {
        const half = new PartInProgress(piece);
        for await (const event of ask(piece)) half.add(event);
        segments.push(...(await placed(half.soFar, review)));
        usage = addUsage(usage, half.soFar.usage);
      }
    }
  } catch {
    throwIfCancelled(signal);
    // The doubtful text is there all the same.
    return { segments: [], usage };
  }
  return { segments, usage };
}

const signs = {
  'over-silence': 'there is nothing to hear',
  loop: 'the text repeats itself',
  'too-fast': 'there are more words than anybody can say',
} as const satisfies Record<DoubtReason, string>;

/** For people, a sentence for each sign; empty when nothing is doubtful. */
export function doubtWarnings(name: string, parts: readonly FinishedPart[]): readonly string[] {
  const doubts: readonly Doubt[] = parts.flatMap((part) => part.doubts ?? []);
  return Object.entries(signs).flatMap(([reason, sign]) => {
    const places = doubts.filter((doubt) => doubt.reason === reason).map((doubt) => formatDuration(doubt.startSeconds));
    if (places.length === 0) return [];
    return [
      `The transcript of ${name} may hold what nobody said: at ${listed([...new Set(places)])} ${sign}. Listen there, or transcribe it with another model.`,
    ];
  });
}

import type { TimeRange } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import { formatDuration } from '../core/timecode.js';
import type { Segment } from '../core/transcript.js';
import { doubtWarnings, reviewPart } from './doubtfulParts.js';
import type { OpenClip, WorkflowPorts } from './ports.js';
import { createRequestLimit } from './requestLimits.js';
import { type JobOptions, pieceFileName } from './clipJob.js';
import { transcriber } from './transcriber.js';
import { transcribeParts } from './transcribeParts.js';

/** What was heard in a part of a recording. */
export interface RangeOutcome {
  /** On the recording's clock, in order, inside of the range; empty where nothing was heard. */
  readonly segments: readonly Segment[];
  /** How far it goes: the end of the range, unless something stopped it. */
  readonly reachSeconds: number;
  readonly stoppedBy?: EarshotError;
  /** Where the text is doubtful: whole sentences, mostly none. */
  readonly warnings: readonly string[];
}

function inside({ startSeconds, endSeconds }: TimeRange, segment: Segment): readonly Segment[] {
  const start = Math.max(startSeconds, segment.startSeconds);
  const end = Math.min(endSeconds, segment.endSeconds);
  return end > start ? [{ ...segment, startSeconds: start, endSeconds: end }] : [];
}

/**
 * Writes down a part of a recording once more. Nothing of it is kept anywhere: whoever asks wants it heard anew.
 * @param range Seconds on the recording's clock.
 * @throws EarshotError `clip-silent` before anything is sent, `cancelled`, or whatever stopped it before anything was heard.
 */
export async function transcribeRange(
  clip: OpenClip,
  { startSeconds, endSeconds }: TimeRange,
  options: JobOptions,
  ports: WorkflowPorts,
  signal: AbortSignal,
): Promise<RangeOutcome> {
  const { provider, model } = options.chosen;
  const { prepared, transcribe } = transcriber(options.chosen);
  const range = { startSeconds, endSeconds };
  const probe = await ports.engine.probe(clip.source, signal);
  const { durationSeconds = Infinity } = probe;
  const part = `${clip.name} from ${formatDuration(startSeconds)} to ${formatDuration(endSeconds)}`;
  if (startSeconds >= durationSeconds) {
    throw new EarshotError(
      'clip-empty',
      `${clip.name} ends at ${formatDuration(durationSeconds)}, so there is nothing at ${formatDuration(startSeconds)}. Check the times of these cues.`,
    );
  }
  if (options.sendSilent !== true && (await ports.engine.isSilent(clip.source, { range }, signal))) {
    throw new EarshotError(
      'clip-silent',
      `There is nothing to hear in ${part}, and nothing was sent. If nobody speaks there, delete these cues.`,
    );
  }
  const audioSeconds = Math.min(endSeconds, durationSeconds) - startSeconds;
  const intention = { provider, model, task: 'transcription', clipNames: [clip.name], audioSeconds } as const;
  await ports.permit(intention, signal);
  const ask: Parameters<typeof transcribeParts>[0]['ask'] = (piece) =>
    transcribe(
      {
        model: model.ref.model,
        audio: {
          bytes: piece.bytes,
          format: piece.format,
          fileName: pieceFileName(clip.name, piece.format),
          durationSeconds: piece.endSeconds - piece.startSeconds,
        },
        ...(options.language === undefined ? {} : { language: options.language }),
        ...(options.glossary === undefined ? {} : { glossary: options.glossary }),
      },
      signal,
    );
  const { parts, completeUntilSeconds, stoppedBy } = await transcribeParts({
    prepare: () => ports.engine.prepare(clip.source, { ...prepared, range }, signal),
    finished: [],
    ask,
    review: (heard) =>
      reviewPart(heard, {
        clip,
        engine: ports.engine,
        prepared,
        ...(options.language === undefined ? {} : { language: options.language }),
        ask,
        checksSilence: false,
        signal,
      }),
    keep: () => Promise.resolve(),
    limit: ports.requestLimit?.(provider) ?? createRequestLimit(() => 1),
    onProgress: () => undefined,
    signal,
  });
  const segments = parts.flatMap((heard) => heard.segments).flatMap((segment) => inside(range, segment));
  if (segments.length === 0 && stoppedBy !== undefined) throw stoppedBy;
  return {
    segments,
    reachSeconds: stoppedBy === undefined ? endSeconds : completeUntilSeconds,
    warnings: doubtWarnings(clip.name, parts),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}

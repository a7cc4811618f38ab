import type { Piece, PrepareOptions } from '../audio/engine.js';
import type { Probe, TimeRange } from '../core/clip.js';
import type { EarshotError } from '../core/errors.js';
import { mediaFormats, type MediaFormatName } from '../core/media.js';
import { formatModelRef } from '../core/model.js';
import type { TranscriptionEvent } from '../providers/provider.js';
import { DamageReport } from './beforeSending.js';
import type { ChosenModel } from './chooseModel.js';
import { reviewPart } from './doubtfulParts.js';
import type { FinishedPart, JobJournal, OpenClip, WorkflowPorts } from './ports.js';
import type { RequestLimit } from './requestLimits.js';
import type { Transcriber } from './transcriber.js';
import { type PartsWork, transcribeParts } from './transcribeParts.js';

export interface JobOptions {
  readonly chosen: ChosenModel;
  /** BCP 47; absent: let the model detect it. */
  readonly language?: string;
  readonly glossary?: readonly string[];
  /** The user wants it sent though there is nothing to hear in it. */
  readonly sendSilent?: boolean;
}

/** One way through journal and provider: of a recording as it is, or of one of its channels. */
export interface ClipJob {
  readonly clip: OpenClip;
  readonly options: JobOptions;
  readonly ports: WorkflowPorts;
  readonly signal: AbortSignal;
  readonly onProgress: PartsWork['onProgress'];
  readonly onText: PartsWork['onText'];
  readonly probe: Probe;
  /** With the channel, where it is one. */
  readonly prepared: PrepareOptions;
  readonly transcribe: Transcriber['transcribe'];
  readonly journal: JobJournal;
  readonly limit: RequestLimit;
}

export interface Heard {
  readonly parts: readonly FinishedPart[];
  readonly warnings: readonly string[];
  readonly stoppedBy?: EarshotError;
  /** Where it ends before the recording does. */
  readonly reachSeconds?: number;
}

/** `interview.m4a` packed as WAV is `interview.wav`: servers go by the extension. */
export function pieceFileName(clipName: string, format: MediaFormatName): string {
  const stem = clipName.replace(/\.[^.]*$/, '');
  return `${stem === '' ? 'audio' : stem}.${mediaFormats[format].extensions[0]}`;
}

/** Everything that the text of a part depends on. */
export function jobKey(
  sourceSha256: string,
  { chosen, language, glossary = [] }: JobOptions,
  prepared: PrepareOptions,
): string {
  const { provider, model } = chosen;
  return JSON.stringify([
    sourceSha256,
    formatModelRef(model.ref),
    // Under the same name there may be another server tomorrow.
    provider.destination?.origin ?? null,
    language ?? null,
    glossary,
    Object.entries(prepared).sort(([left], [right]) => (left < right ? -1 : 1)),
  ]);
}

/** The journal of a job that nothing is kept of. */
export const nothingKept = (startedAt: string): JobJournal => ({
  startedAt,
  parts: [],
  finished: undefined,
  addPart: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

/** The parts of a job that ended, or undefined where one of them is not there. */
function finishedParts({ parts, finished }: JobJournal): readonly FinishedPart[] | undefined {
  const found = finished?.parts.map((range) =>
    parts.find(
      ({ startSeconds, endSeconds }) => startSeconds === range.startSeconds && endSeconds === range.endSeconds,
    ),
  );
  return found?.every((part) => part !== undefined) === true ? found : undefined;
}

/** What an earlier run came to; undefined where something is left to be asked for. */
export function fromJournal(journal: JobJournal): Heard | undefined {
  const parts = finishedParts(journal);
  if (parts === undefined || journal.finished === undefined) return undefined;
  const { warnings, completeUntilSeconds: reachSeconds } = journal.finished;
  return { parts, warnings, ...(reachSeconds === undefined ? {} : { reachSeconds }) };
}

/** How much of the sound is still to be asked for; undefined where nobody knows how long it is. */
export function leftSeconds(journal: JobJournal, { durationSeconds }: Probe): number | undefined {
  if (fromJournal(journal) !== undefined) return 0;
  const finishedSeconds = journal.parts.reduce((sum, part) => sum + part.endSeconds - part.startSeconds, 0);
  return durationSeconds === undefined ? undefined : Math.max(0, durationSeconds - finishedSeconds);
}

/** Asks for what is not in the journal. Leave to send has been given. */
export async function fromProvider(job: ClipJob): Promise<Heard> {
  const { clip, options, ports, signal, probe, prepared, journal } = job;
  // Prepared twice where parts failed: what is wrong with the recording is told once.
  let damage = new DamageReport(clip.name, probe);
  const { parts, completeUntilSeconds, stoppedBy } = await transcribeParts({
    prepare: async function* () {
      const found = new DamageReport(clip.name, probe);
      damage = found;
      for await (const piece of ports.engine.prepare(clip.source, prepared, signal)) {
        found.add(piece);
        yield piece;
      }
      found.finish();
    },
    finished: journal.parts,
    ask: (piece) => ask(piece, job),
    review: (part) =>
      reviewPart(part, {
        clip,
        engine: ports.engine,
        prepared,
        ...(options.language === undefined ? {} : { language: options.language }),
        ask: (piece) => ask(piece, job),
        // Of a recording in one part it is known, and who wants silence sent knows it too.
        checksSilence: options.sendSilent !== true && !isWhole(part, probe),
        signal,
      }),
    keep: journal.addPart,
    limit: job.limit,
    onProgress: job.onProgress,
    ...(job.onText === undefined ? {} : { onText: job.onText }),
    signal,
  });
  const { warnings } = damage;
  const reachSeconds = stoppedBy === undefined ? damage.endSeconds : completeUntilSeconds;
  const reach = reachSeconds === undefined ? {} : { completeUntilSeconds: reachSeconds };
  if (stoppedBy === undefined) await journal.finish({ parts: parts.map(rangeOf), warnings, ...reach });
  return {
    parts,
    warnings,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    ...(reachSeconds === undefined ? {} : { reachSeconds }),
  };
}

function isWhole({ startSeconds, endSeconds }: TimeRange, { durationSeconds = 0 }: Probe): boolean {
  return startSeconds === 0 && endSeconds >= durationSeconds - 1;
}

function rangeOf({ startSeconds, endSeconds }: TimeRange): TimeRange {
  return { startSeconds, endSeconds };
}

function ask(piece: Piece, { clip, options, transcribe, signal }: ClipJob): AsyncIterable<TranscriptionEvent> {
  const { model } = options.chosen;
  return transcribe(
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
}

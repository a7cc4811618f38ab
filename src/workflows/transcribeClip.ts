import type { Piece, PrepareOptions } from '../audio/engine.js';
import type { Probe, TimeRange } from '../core/clip.js';
import { EarshotError } from '../core/errors.js';
import { mediaFormats, type MediaFormatName } from '../core/media.js';
import { formatModelRef } from '../core/model.js';
import type { Provenance, Segment, Transcript } from '../core/transcript.js';
import { addUsage, type Usage } from '../core/usage.js';
import type { TranscriptionEvent } from '../providers/provider.js';
import { DamageReport, deliveryReason, estimatedCost, inHandyParts, silentClips } from './beforeSending.js';
import type { ChosenModel } from './chooseModel.js';
import { doubtWarnings, reviewPart } from './doubtfulParts.js';
import type { FinishedPart, JobJournal, OpenClip, WorkflowPorts } from './ports.js';
import { transcriber, type Transcriber } from './transcriber.js';
import { createRequestLimit } from './requestLimits.js';
import { textTeller, type TextSoFar } from './textSoFar.js';
import { type PartsWork, transcribeParts } from './transcribeParts.js';

export interface TranscribeOptions {
  readonly chosen: ChosenModel;
  /** BCP 47; absent: let the model detect it. */
  readonly language?: string;
  readonly glossary?: readonly string[];
  /** The user wants it sent though there is nothing to hear in it. */
  readonly sendSilent?: boolean;
  /** Told whenever there is more to read, in order and without gaps. Must return at once. */
  readonly onText?: (text: TextSoFar) => void;
}

export interface TranscribeProgress {
  /** How far the text reaches on the recording's clock. */
  readonly completeUntilSeconds: number;
  readonly durationSeconds?: number;
  /** How the recording reaches the model, to be set after "is": `converted to MP3 32 kbit/s (14.4 MB), in about 14 parts`. */
  readonly delivery?: string;
  /** The newest words, for a person who waits. */
  readonly latest?: string;
}

export interface TranscribeOutcome {
  /** Partial when `stoppedBy` is set or the recording could be read in part only; its provenance says how far it reaches. */
  readonly transcript: Transcript;
  /** Why it ended early, after at least one segment had been heard. */
  readonly stoppedBy?: EarshotError;
  /** What is wrong with the recording itself, and where the text is doubtful: whole sentences, mostly none. */
  readonly warnings: readonly string[];
}

/** `interview.m4a` packed as WAV is `interview.wav`: servers go by the extension. */
export function pieceFileName(clipName: string, format: MediaFormatName): string {
  const stem = clipName.replace(/\.[^.]*$/, '');
  return `${stem === '' ? 'audio' : stem}.${mediaFormats[format].extensions[0]}`;
}

/** Everything that the text of a part depends on. */
function jobKey(
  sourceSha256: string,
  { chosen, language, glossary = [] }: TranscribeOptions,
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

const nothingKept = (now: Date): JobJournal => ({
  startedAt: isoSeconds(now),
  parts: [],
  finished: undefined,
  addPart: () => Promise.resolve(),
  finish: () => Promise.resolve(),
  forget: () => Promise.resolve(),
  close: () => Promise.resolve(),
});

function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The parts of a job that ended, or undefined where one of them is not there. */
function finishedParts({ parts, finished }: JobJournal): readonly FinishedPart[] | undefined {
  const found = finished?.parts.map((range) =>
    parts.find(
      ({ startSeconds, endSeconds }) => startSeconds === range.startSeconds && endSeconds === range.endSeconds,
    ),
  );
  return found?.every((part) => part !== undefined) === true ? found : undefined;
}

/**
 * Writes down one recording. What was heard before a failure or a cancellation is returned, not lost; parts that are in the
 * journal are not asked for again, and of a recording that is there as a whole nothing is.
 * @throws EarshotError when nothing was heard at all: `clip-silent` before anything is sent, `no-speech`, `cancelled`, or
 * whatever stopped it.
 */
export async function transcribeClip(
  clip: OpenClip,
  options: TranscribeOptions,
  ports: WorkflowPorts,
  signal: AbortSignal,
  onProgress: (progress: TranscribeProgress) => void = () => undefined,
): Promise<TranscribeOutcome> {
  const { model } = options.chosen;
  const { prepared: taken, transcribe } = transcriber(options.chosen);
  const probe = await ports.engine.probe(clip.source, signal);
  const prepared = inHandyParts(taken, probe);
  if (options.sendSilent !== true && (await ports.engine.isSilent(clip.source, {}, signal))) throw silentClips([clip]);
  const sourceSha256 = await ports.engine.sha256(clip.source, signal);
  const journal =
    (await ports.journals?.open(jobKey(sourceSha256, options, prepared), ports.now())) ?? nothingKept(ports.now());
  const begun: Provenance = {
    sourceName: clip.name,
    sourceSha256,
    model: formatModelRef(model.ref),
    createdAt: journal.startedAt,
    ...(probe.durationSeconds === undefined ? {} : { durationSeconds: probe.durationSeconds }),
    ...(probe.chapters === undefined || probe.chapters.length === 0 ? {} : { chapters: probe.chapters }),
  };
  const onText = textTeller(begun, options.language, options.onText);
  const job = { clip, options, ports, signal, onProgress, onText, probe, prepared, transcribe, journal };
  try {
    const { parts, warnings, stoppedBy, reachSeconds } = fromJournal(job) ?? (await fromProvider(job));
    const segments = parts.flatMap((part) => part.segments);
    if (segments.length === 0) {
      if (stoppedBy !== undefined) throw stoppedBy;
      // A person who is told this may look for the reason and try again: it is no result to keep.
      await journal.forget();
      throw new EarshotError(
        'no-speech',
        `${model.label} heard no speech in ${clip.name}. If there is speech in it, check that the recording is not silent, or select another model.`,
      );
    }
    const language = options.language ?? parts.find((part) => part.language !== undefined)?.language;
    return {
      transcript: {
        segments,
        provenance: {
          ...begun,
          usage: parts.reduce<Usage>((sum, { usage }) => addUsage(sum, usage), {}),
          ...(language === undefined ? {} : { language }),
          ...estimatedTimes(segments),
          ...(reachSeconds === undefined ? {} : { completeUntilSeconds: reachSeconds }),
        },
      },
      warnings: [...warnings, ...doubtWarnings(clip.name, parts)],
      ...(stoppedBy === undefined ? {} : { stoppedBy }),
    };
  } finally {
    await journal.close();
  }
}

function estimatedTimes(segments: readonly Segment[]): Pick<Provenance, 'estimatedTimes'> {
  const count = segments.filter(({ hasEstimatedTimes }) => hasEstimatedTimes === true).length;
  return count === 0 ? {} : { estimatedTimes: count === segments.length ? 'all' : 'some' };
}

interface Job {
  readonly clip: OpenClip;
  readonly options: TranscribeOptions;
  readonly ports: WorkflowPorts;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TranscribeProgress) => void;
  readonly onText: PartsWork['onText'];
  readonly probe: Probe;
  readonly prepared: PrepareOptions;
  readonly transcribe: Transcriber['transcribe'];
  readonly journal: JobJournal;
}

interface Heard {
  readonly parts: readonly FinishedPart[];
  readonly warnings: readonly string[];
  readonly stoppedBy?: EarshotError;
  /** Where it ends before the recording does. */
  readonly reachSeconds?: number;
}

function fromJournal({ journal, onText }: Job): Heard | undefined {
  const parts = finishedParts(journal);
  if (parts === undefined || journal.finished === undefined) return undefined;
  onText?.(parts, []);
  const { warnings, completeUntilSeconds: reachSeconds } = journal.finished;
  return { parts, warnings, ...(reachSeconds === undefined ? {} : { reachSeconds }) };
}

async function fromProvider(job: Job): Promise<Heard> {
  const { clip, options, ports, signal, probe, prepared, journal } = job;
  const { provider, model } = options.chosen;
  const { durationSeconds } = probe;
  const reason = deliveryReason(await ports.engine.plan(clip.source, prepared, signal));
  const finishedSeconds = journal.parts.reduce((sum, part) => sum + part.endSeconds - part.startSeconds, 0);
  const leftSeconds = durationSeconds === undefined ? undefined : Math.max(0, durationSeconds - finishedSeconds);
  const leftShare = leftSeconds === undefined || durationSeconds === 0 ? 1 : leftSeconds / (durationSeconds ?? 1);
  const cost =
    leftSeconds === undefined
      ? ''
      : estimatedCost(options.chosen, { task: 'transcription', audioSeconds: leftSeconds });
  const delivery = reason === undefined ? undefined : reason + cost;
  await ports.permit(
    {
      provider,
      model,
      task: 'transcription',
      clipNames: [clip.name],
      byteLength: Math.round(probe.byteLength * leftShare),
      ...(leftSeconds === undefined ? {} : { audioSeconds: leftSeconds }),
    },
    signal,
  );
  const report = (completeUntilSeconds: number, latest?: string): void => {
    job.onProgress({
      completeUntilSeconds,
      ...(durationSeconds === undefined ? {} : { durationSeconds }),
      ...(delivery === undefined ? {} : { delivery }),
      ...(latest === undefined ? {} : { latest }),
    });
  };
  report(0);
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
    limit: ports.requestLimit?.(provider) ?? createRequestLimit(() => 1),
    onProgress: report,
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

function ask(piece: Piece, { clip, options, transcribe, signal }: Job): AsyncIterable<TranscriptionEvent> {
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

import type { PrepareOptions } from '../audio/engine.js';
import { EarshotError } from '../core/errors.js';
import { formatModelRef } from '../core/model.js';
import { mergeByTime, withoutSpeaker, withSpeaker } from '../core/sides.js';
import type { Provenance, Segment, Transcript } from '../core/transcript.js';
import { addUsage, type Usage } from '../core/usage.js';
import { deliveryReason, estimatedCost, inHandyParts, silentClips } from './beforeSending.js';
import {
  type ClipJob,
  fromJournal,
  fromProvider,
  type Heard,
  jobKey,
  type JobOptions,
  leftSeconds,
  nothingKept,
} from './clipJob.js';
import { doubtWarnings } from './doubtfulParts.js';
import type { FinishedPart, OpenClip, WorkflowPorts } from './ports.js';
import { createRequestLimit } from './requestLimits.js';
import { findSides, type Side, type SpeakerWay } from './sides.js';
import { TextOfSides } from './textOfSides.js';
import { textTeller, type TextSoFar } from './textSoFar.js';
import { transcriber } from './transcriber.js';

export interface TranscribeOptions extends JobOptions {
  /** Default `auto`. With `channels`, each side of a recording of two channels is sent by itself, and billed. */
  readonly speakers?: SpeakerWay;
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

function isoSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

interface SideJob extends Omit<ClipJob, 'onText' | 'onProgress'> {
  readonly side: Side;
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
  const { engine } = ports;
  const { provider, model } = options.chosen;
  const { prepared: taken, transcribe } = transcriber(options.chosen);
  const probe = await engine.probe(clip.source, signal);
  const ofModel = inHandyParts(taken, probe);
  if (options.sendSilent !== true && (await engine.isSilent(clip.source, {}, signal))) throw silentClips([clip]);
  const found =
    options.speakers === 'channels' ? await findSides({ clip, probe, engine, signal }) : { sides: [{}], warnings: [] };
  const sourceSha256 = await engine.sha256(clip.source, signal);
  const limit = ports.requestLimit?.(provider) ?? createRequestLimit(() => 1);
  const jobs: SideJob[] = [];
  try {
    for (const side of found.sides) {
      const prepared: PrepareOptions = {
        ...ofModel,
        ...(side.channel === undefined ? {} : { channel: side.channel }),
      };
      const key = jobKey(sourceSha256, options, prepared);
      const journal = (await ports.journals?.open(key, ports.now())) ?? nothingKept(isoSeconds(ports.now()));
      jobs.push({ side, clip, options, ports, signal, probe, prepared, transcribe, journal, limit });
    }
    const startedAt = jobs.map(({ journal }) => journal.startedAt).sort();
    const begun: Provenance = {
      sourceName: clip.name,
      sourceSha256,
      model: formatModelRef(model.ref),
      createdAt: startedAt[0] ?? isoSeconds(ports.now()),
      ...(probe.durationSeconds === undefined ? {} : { durationSeconds: probe.durationSeconds }),
      ...(probe.chapters === undefined || probe.chapters.length === 0 ? {} : { chapters: probe.chapters }),
      ...(jobs.some(({ side }) => side.speaker !== undefined) ? { speakersFrom: 'channels' } : {}),
    };
    const heard = await hearAll(jobs, begun, options, onProgress);
    const outcome = together(jobs, heard, begun, options);
    if (outcome === undefined) {
      // A person who is told this may look for the reason and try again: it is no result to keep.
      for (const { journal } of jobs) await journal.forget();
      throw new EarshotError(
        'no-speech',
        `${model.label} heard no speech in ${clip.name}. If there is speech in it, check that the recording is not silent, or select another model.`,
      );
    }
    return { ...outcome, warnings: [...found.warnings, ...outcome.warnings] };
  } finally {
    for (const { journal } of jobs) await journal.close();
  }
}

/** Lets every side go through its journal and provider at the same time, and tells of them as of one. */
async function hearAll(
  jobs: readonly SideJob[],
  begun: Provenance,
  options: TranscribeOptions,
  onProgress: (progress: TranscribeProgress) => void,
): Promise<readonly Heard[]> {
  const kept = jobs.map(({ journal }) => fromJournal(journal));
  const tell = textTeller(begun, options.language, options.onText);
  const merged = tell === undefined || jobs.length === 1 ? undefined : new TextOfSides(jobs.length, tell);
  const tellerOf = (index: number, label: Label): ClipJob['onText'] => {
    if (tell === undefined) return undefined;
    return (settled, open) => {
      const labelled = settled.map((part) => ({ ...part, segments: part.segments.map(label) }));
      if (merged === undefined) tell(labelled, open.map(label));
      else merged.add(index, labelled, open.map(label));
    };
  };
  const left = jobs.filter((_, index) => kept[index] === undefined);
  const delivery = left.length === 0 ? undefined : await askLeave(left, jobs.length);
  const reaches = kept.map((one) => (one === undefined ? 0 : Infinity));
  const report = (latest?: string): void => {
    onProgress({
      completeUntilSeconds: Math.min(...reaches),
      ...(begun.durationSeconds === undefined ? {} : { durationSeconds: begun.durationSeconds }),
      ...(delivery === undefined ? {} : { delivery }),
      ...(latest === undefined ? {} : { latest }),
    });
  };
  if (left.length > 0) report();
  // Each waits for what it has on its way: whatever goes wrong with one, nothing is left running.
  const ends = await Promise.allSettled(
    jobs.map(async (job, index): Promise<Heard> => {
      const onText = tellerOf(index, labelOf(job.side, options));
      const before = kept[index];
      if (before !== undefined) onText?.(before.parts, []);
      const heard =
        before ??
        (await fromProvider({
          ...job,
          onText,
          onProgress: (seconds, latest) => {
            reaches[index] = seconds;
            report(latest);
          },
        }));
      if (heard.stoppedBy === undefined) merged?.end(index);
      return heard;
    }),
  );
  return ends.map((end) => {
    if (end.status === 'rejected') throw end.reason;
    return end.value;
  });
}

/** Once for everything that is left. @returns how the recording reaches the model, with what it is likely to cost */
async function askLeave(jobs: readonly SideJob[], sideCount: number): Promise<string | undefined> {
  const [first] = jobs;
  if (first === undefined) return undefined;
  const { clip, options, ports, probe, prepared, signal } = first;
  const { provider, model } = options.chosen;
  const reason = deliveryReason(await ports.engine.plan(clip.source, prepared, signal));
  const seconds = jobs.map(({ journal }) => leftSeconds(journal, probe));
  const audioSeconds = seconds.reduce<number | undefined>(
    (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0,
  );
  const allSeconds = sideCount * (probe.durationSeconds ?? 0);
  const leftShare = audioSeconds === undefined || allSeconds === 0 ? 1 : audioSeconds / allSeconds;
  const cost = audioSeconds === undefined ? '' : estimatedCost(options.chosen, { task: 'transcription', audioSeconds });
  await ports.permit(
    {
      provider,
      model,
      task: 'transcription',
      clipNames: [clip.name],
      byteLength: Math.round(probe.byteLength * leftShare),
      ...(audioSeconds === undefined ? {} : { audioSeconds }),
    },
    signal,
  );
  const apart = jobs.length === 1 ? '' : ', each channel by itself';
  return reason === undefined ? undefined : reason + apart + cost;
}

type Label = (segment: Segment) => Segment;

function labelOf({ speaker }: Side, { speakers }: TranscribeOptions): Label {
  if (speaker !== undefined) return (segment) => withSpeaker(segment, speaker);
  return speakers === 'off' ? withoutSpeaker : (segment) => segment;
}

/** Of all sides one transcript, as far as all of them reach; undefined where all was heard and nothing is said in it. */
function together(
  jobs: readonly SideJob[],
  heard: readonly Heard[],
  begun: Provenance,
  options: TranscribeOptions,
): TranscribeOutcome | undefined {
  const { model } = options.chosen;
  const name = begun.sourceName;
  const stoppedBy = heard.find((one) => one.stoppedBy !== undefined)?.stoppedBy;
  const reaches = heard.flatMap(({ reachSeconds }) => reachSeconds ?? []);
  const reachSeconds = reaches.length === 0 ? undefined : Math.min(...reaches);
  const parts = heard.flatMap((one) => one.parts);
  const lists = jobs.map(({ side }, index) => segmentsOf(heard[index]?.parts ?? []).map(labelOf(side, options)));
  const [only] = lists;
  const all = lists.length === 1 && only !== undefined ? only : mergeByTime(lists);
  // Parts of a side that got further than the other are in its journal.
  const isCut = stoppedBy !== undefined && lists.length > 1 && reachSeconds !== undefined;
  const segments = isCut ? all.filter(({ startSeconds }) => startSeconds < reachSeconds) : all;
  if (segments.length === 0) {
    if (stoppedBy !== undefined) throw stoppedBy;
    return undefined;
  }
  const language = options.language ?? parts.find((part) => part.language !== undefined)?.language;
  const mute = stoppedBy === undefined ? jobs.filter((_, index) => lists[index]?.length === 0) : [];
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
    warnings: [
      ...new Set(heard.flatMap(({ warnings }) => warnings)),
      ...mute.map(
        ({ side }) => `${model.label} heard nobody on the ${(side.speaker ?? '').toLowerCase()} channel of ${name}.`,
      ),
      ...doubtWarnings(name, parts),
    ],
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}

function segmentsOf(parts: readonly FinishedPart[]): readonly Segment[] {
  return parts.flatMap(({ segments }) => segments);
}

function estimatedTimes(segments: readonly Segment[]): Pick<Provenance, 'estimatedTimes'> {
  const count = segments.filter(({ hasEstimatedTimes }) => hasEstimatedTimes === true).length;
  return count === 0 ? {} : { estimatedTimes: count === segments.length ? 'all' : 'some' };
}

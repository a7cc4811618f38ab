import { envelopeSchema } from '../core/extraction/envelope.js';
import { checkEvidence, type Evidence } from '../core/extraction/evidence.js';
import type { JsonObject } from '../core/extraction/json.js';
import type { Violation } from '../core/extraction/refusedNulls.js';
import { EarshotError } from '../core/errors.js';
import { formatDuration } from '../core/timecode.js';
import type { Usage } from '../core/usage.js';
import type { TranscriptionHints } from './answerQuestion.js';
import type { FindTranscriber } from './chooseModel.js';
import { labelOf, type Extractor } from './extractionAnswer.js';
import { askUntilValid } from './extractionAttempts.js';
import { Bill } from './extractionBill.js';
import {
  audioMaterial,
  findSilent,
  transcriptMaterial,
  type Material,
  type MaterialStep,
} from './extractionMaterial.js';
import type { ExtractionTask, ExtractionWay } from './extractionPrompt.js';
import type { OpenClip, TranscriptShelf, WorkflowPorts } from './ports.js';
import { compileSchema } from './schemaValidator.js';

export interface ExtractionRequest {
  /** JSON Schema of the drafts 2020-12, 2019-09, 07 or 06. */
  readonly schema: JsonObject;
  /** Of the schema, for messages. */
  readonly schemaName: string;
  /** What the user wants beyond the schema. */
  readonly prompt?: string;
  readonly extractor: Extractor;
  /** Asked only when somebody has to transcribe. */
  readonly findTranscriber: FindTranscriber;
  readonly hints: TranscriptionHints;
  /** Ask on which moments each field rests. Default true. */
  readonly evidence?: boolean;
  /** How often the model is asked at most. Default 3. */
  readonly maxAttempts?: number;
  /** Send recordings also where there is nothing to hear in them. */
  readonly sendSilent?: boolean;
}

export interface Extraction {
  /** What the model sent, also when it is not valid. Undefined when there was no JSON in any answer. */
  readonly value: unknown;
  readonly isValid: boolean;
  /** What is wrong with the value; empty when it is valid. */
  readonly errors: readonly Violation[];
  /** How often the model was asked. */
  readonly attempts: number;
  readonly way: ExtractionWay;
  /** What the model was given. */
  readonly from: 'audio' | 'transcript';
  /** Of all attempts, and of the transcription where there was one. */
  readonly usage: Usage;
  /** US dollars; undefined when a part of it has no known price. */
  readonly cost: number | undefined;
  /** Usage and cost in a line for people; empty when nothing was said. */
  readonly bill: string;
  readonly evidence: readonly Evidence[];
  /** Whole sentences. */
  readonly warnings: readonly string[];
  /** The last answer as it came, so that nothing paid for is lost. */
  readonly answer: string;
  /** What ended the attempts before their number did. */
  readonly stoppedBy?: EarshotError;
}

/** Each has to be decoded. */
const maxListenedRanges = 300;

type Ports = WorkflowPorts & { readonly shelf: TranscriptShelf };

/** Leaves out the moments at which there is nothing to hear. */
async function overSound(
  evidence: readonly Evidence[],
  clips: readonly OpenClip[],
  ports: WorkflowPorts,
  signal: AbortSignal,
  warn: (warning: string) => void,
): Promise<readonly Evidence[]> {
  const silence = new Map<string, boolean>();
  const kept: Evidence[] = [];
  for (const item of evidence) {
    const { clipIndex, startSeconds, endSeconds, pointer } = item;
    const clip = clips[clipIndex];
    if (clip === undefined) continue;
    const key = `${clipIndex} ${startSeconds} ${endSeconds}`;
    if (!silence.has(key) && silence.size < maxListenedRanges) {
      silence.set(key, await ports.engine.isSilent(clip.source, { range: { startSeconds, endSeconds } }, signal));
    }
    if (silence.get(key) !== true) {
      kept.push(item);
      continue;
    }
    warn(
      `${pointer} is said to be at ${formatDuration(startSeconds)}–${formatDuration(endSeconds)} of ${clip.name}, where nothing is to be heard. This place was left out; check the field.`,
    );
  }
  return kept;
}

/**
 * Has a model extract data from recordings into JSON that is valid by a schema. The model hears the recordings where it can
 * and they fit, else it reads what is said in them. What is not valid is asked for again with what is wrong; what stays so is
 * given back as invalid.
 * @param onProgress What goes on now, for a person who waits.
 * @throws EarshotError `invalid-schema`; `clip-silent` when there is nothing to hear; what stopped the work before there was
 * anything to give back.
 */
export async function extractFromClips(
  clips: readonly OpenClip[],
  request: ExtractionRequest,
  ports: Ports,
  signal: AbortSignal,
  onProgress: (text: string) => void = () => undefined,
): Promise<Extraction> {
  const { schema, schemaName, evidence = true } = request;
  if (clips.length === 0) throw new EarshotError('no-clip', 'There is no recording to extract from. Pick one.');
  const validate = await compileSchema(schema, schemaName);
  const bill = new Bill();
  const warnings: string[] = [];
  const follow = async <Result>(steps: AsyncGenerator<MaterialStep, Result>): Promise<Result> => {
    for (;;) {
      const { value, done } = await steps.next();
      if (done === true) return value;
      if (value.type === 'progress') onProgress(value.text);
      else if (value.type === 'notice') warnings.push(value.text);
      else bill.add(value.label, value.usage, value.of);
    }
  };

  const silent = request.sendSilent === true ? new Set<OpenClip>() : await follow(findSilent(clips, ports, signal));
  const { material, from } = await gather(clips, silent, request, ports, signal, follow, warnings);
  const task: ExtractionTask = {
    schema,
    envelope: envelopeSchema(schema, { evidence, recordingCount: clips.length }),
    evidence,
    recordingCount: clips.length,
    ...(request.prompt === undefined ? {} : { prompt: request.prompt }),
  };
  const clipNames = clips.map(({ name }) => name);
  const outcome = await askUntilValid(task, material, from, request, validate, ports, signal, {
    bill,
    clipNames,
    onProgress,
    warnings,
  });

  const { best } = outcome;
  const lengths = await Promise.all(clips.map(({ source }) => ports.engine.probe(source)));
  const named = clips.map(({ name }, index) => {
    const { durationSeconds, durationIsEstimate } = lengths[index] ?? {};
    return { name, ...(durationSeconds === undefined || durationIsEstimate === true ? {} : { durationSeconds }) };
  });
  const checked = checkEvidence(best.evidence, best.value, named);
  warnings.push(...checked.warnings);
  const heard = signal.aborted
    ? checked.evidence
    : await overSound(checked.evidence, clips, ports, signal, (warning) => warnings.push(warning));
  const isValid = best.hasValue && best.errors.length === 0;
  return {
    value: best.value,
    isValid,
    errors: best.errors,
    attempts: outcome.attempts,
    way: outcome.way,
    from,
    usage: bill.usage,
    cost: bill.dollars,
    bill: bill.text,
    evidence: heard,
    warnings: [...new Set(warnings)],
    answer: outcome.answer,
    ...(outcome.stoppedBy === undefined ? {} : { stoppedBy: outcome.stoppedBy }),
  };
}

async function gather(
  clips: readonly OpenClip[],
  silent: ReadonlySet<OpenClip>,
  { extractor, findTranscriber, hints, sendSilent }: ExtractionRequest,
  ports: Ports,
  signal: AbortSignal,
  follow: <Result>(steps: AsyncGenerator<MaterialStep, Result>) => Promise<Result>,
  warnings: string[],
): Promise<{ readonly material: Material; readonly from: Extraction['from'] }> {
  if ('chosen' in extractor && extractor.chosen.model.capabilities.audioInput) {
    const { chosen } = extractor;
    const material = await follow(audioMaterial(clips, silent, chosen, ports, signal));
    if (!('excess' in material)) return { material, from: 'audio' };
    if (chosen.model.capabilities.needsAudio === true) {
      throw new EarshotError(
        'clip-too-large',
        `${clips.map(({ name }) => name).join(', ')} cannot be extracted from: ${material.excess}, and reads no text alone. Select another model, or fewer recordings.`,
      );
    }
    warnings.push(`${material.excess}, so it was given what is said as text.`);
  }
  const reader = 'chosen' in extractor ? extractor : {};
  const given = { ...hints, ...(sendSilent === undefined ? {} : { sendSilent }) };
  const who = { label: labelOf(extractor), ...reader };
  return {
    material: await follow(transcriptMaterial(clips, silent, who, findTranscriber, given, ports, signal)),
    from: 'transcript',
  };
}

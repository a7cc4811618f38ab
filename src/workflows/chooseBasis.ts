import { EarshotError } from '../core/errors.js';
import { estimateDollars, type Workload } from '../core/estimate.js';
import type { ModelRef } from '../core/model.js';
import { formatCost } from '../core/usage.js';
import type { Question } from './answerQuestion.js';
import { chatModels, type ChosenModel, type FindTranscriber, type ProviderState } from './chooseModel.js';
import type { OpenClip, TranscriptShelf, WorkflowPorts } from './ports.js';
import { chooseReader } from './reader.js';
import { timedTranscript } from './transcribeFirst.js';

/**
 * What an answer rests on where a model could listen. `audio`: the sound. `transcript`: a transcript, made first where there is
 * none. `cheapest`: transcripts where they are there for all recordings, else the sound.
 */
export type Source = 'audio' | 'transcript' | 'cheapest';

type Ports = WorkflowPorts & { readonly shelf: TranscriptShelf };

/** What can be heard in the question. */
const heard = ({ clips, silent }: Question): readonly OpenClip[] => clips.filter((clip) => silent?.has(clip) !== true);

/** The transcripts that are there, in characters; undefined where one is missing. */
async function charactersThere(question: Question, ports: Ports, signal: AbortSignal): Promise<number | undefined> {
  let characters = 0;
  for (const clip of heard(question)) {
    const segments = await ports.shelf.find(clip, await ports.engine.sha256(clip.source, signal));
    if (segments === undefined) return undefined;
    characters += timedTranscript(segments).length;
  }
  return characters;
}

async function secondsOf(question: Question, ports: Ports, signal: AbortSignal): Promise<number | undefined> {
  let seconds = 0;
  for (const clip of heard(question)) {
    const { durationSeconds } = await ports.engine.probe(clip.source, signal);
    if (durationSeconds === undefined) return undefined;
    seconds += durationSeconds;
  }
  return seconds;
}

function priceOf({ provider, model }: ChosenModel, workload: Workload): string {
  if (provider.isLocal) return 'nothing';
  const dollars = estimateDollars(model.capabilities, workload);
  return dollars === undefined ? 'an amount that is not known' : `about ${formatCost(dollars)}`;
}

/** Who reads in place of a model that listens: itself, or its neighbour where it refuses questions without sound. */
async function readerFor(
  chosen: ChosenModel,
  ref: ModelRef | undefined,
  states: readonly ProviderState[],
): Promise<ChosenModel | undefined> {
  if (chosen.model.capabilities.needsAudio !== true) return chosen;
  const neighbour = chatModels(states).find(
    ({ provider, model }) => provider === chosen.provider && model.capabilities.needsAudio !== true,
  );
  if (neighbour !== undefined) return neighbour;
  try {
    return await chooseReader(states, ref);
  } catch (error) {
    if (error instanceof EarshotError && error.reason === 'model-lacks-capability') return undefined;
    throw error;
  }
}

export type BasisChoice =
  | {
      readonly way: 'transcript';
      readonly reader: ChosenModel;
      /** What is said of the transcripts that it rests on. */
      readonly reason: (sources: string) => string;
    }
  | { readonly way: 'audio'; /** Said after the answer. */ readonly remark?: string };

/**
 * Decides between the sound and a transcript for a model that hears, and says what the other way would cost.
 * @param chosen Who hears.
 * @param ref The model that the user named; one that was named is not replaced to save money.
 * @throws EarshotError what reading the recordings throws.
 */
export async function chooseBasis(
  question: Question,
  asked: { readonly source: Source; readonly chosen: ChosenModel; readonly ref: ModelRef | undefined },
  states: readonly ProviderState[],
  findTranscriber: FindTranscriber,
  ports: Ports,
  signal: AbortSignal,
): Promise<BasisChoice> {
  const { source, chosen, ref } = asked;
  if (heard(question).length === 0) return { way: 'audio' };
  const characters = await charactersThere(question, ports, signal);
  const audioSeconds = await secondsOf(question, ports, signal);
  const isThere = characters !== undefined;
  const mayReplace = source === 'transcript' || ref === undefined || chosen.model.capabilities.needsAudio !== true;
  const reader = mayReplace ? await readerFor(chosen, ref, states) : undefined;
  const listening: Workload = { task: 'answer', ...(audioSeconds === undefined ? {} : { audioSeconds }) };
  if (reader !== undefined && (source === 'transcript' || (source === 'cheapest' && isThere))) {
    const price = audioSeconds === undefined ? 'an amount that is not known' : priceOf(chosen, listening);
    return {
      way: 'transcript',
      reader,
      reason: (sources) =>
        `${reader.model.label} read ${sources}; nobody listened. Tone, music and noise are not in this answer. To have ${chosen.model.label} listen would cost ${price}.`,
    };
  }
  const isAgain = question.places?.every(({ historyIndex }) => historyIndex !== undefined) === true;
  const way = `${chosen.model.label} ${isAgain ? 'heard the audio again' : 'heard the audio'}.`;
  const missing =
    source === 'transcript' ? ' It answers only where it can listen, and no other model is set up to read.' : '';
  if (isThere) {
    const price = priceOf(reader ?? chosen, { task: 'answer', characters });
    return { way: 'audio', remark: `${way}${missing} From the transcript that is there it would cost ${price}.` };
  }
  const transcriber = await findTranscriber().catch(() => undefined);
  if (transcriber === undefined || audioSeconds === undefined) return { way: 'audio', remark: `${way}${missing}` };
  const price = priceOf(transcriber, { task: 'transcription', audioSeconds });
  return { way: 'audio', remark: `${way}${missing} A transcript to ask instead would cost ${price}, once.` };
}

import { EarshotError } from '../core/errors.js';
import type { ModelRef } from '../core/model.js';
import type { AnswerStep, TranscriptionHints } from './answerQuestion.js';
import { billed } from './ask.js';
import { silentClips } from './beforeSending.js';
import {
  chooseAnswerer,
  chooseTranscriber,
  explainNothingReady,
  type FindTranscriber,
  type ProviderState,
} from './chooseModel.js';
import type { OpenClip, TranscriptShelf, WorkflowPorts } from './ports.js';
import { chooseReader, readerOf, type Reader } from './reader.js';
import {
  fitsInOneQuestion,
  summarizeSound,
  summarizeText,
  type SpokenText,
  type SummaryOptions,
  type SummaryPorts,
} from './summarize.js';
import { transcriptOf } from './transcribeFirst.js';

export interface Summarizing extends SummaryOptions {
  /** A model of ours by name; undefined is `auto`. */
  readonly model: ModelRef | undefined;
  /** Who reads where no model of ours is set up. */
  readonly otherReader: () => Promise<Reader | undefined>;
  /** Who transcribes where that is needed; undefined is `auto`. */
  readonly transcriptionModel: ModelRef | undefined;
  readonly hints: TranscriptionHints;
  /** `audio`: let a model listen also where there is a transcript. `transcript`: let nobody but a recogniser. Absent: as it comes. */
  readonly from?: 'audio' | 'transcript';
  /** The user wants it sent though there is nothing to hear in it. */
  readonly sendSilent?: boolean;
}

type Ports = WorkflowPorts & SummaryPorts & { readonly shelf: TranscriptShelf };

/** @throws EarshotError `no-model`, and what is wrong with a named model. */
export async function findReader(
  { model, otherReader }: Pick<Summarizing, 'model' | 'otherReader'>,
  states: readonly ProviderState[],
): Promise<Reader> {
  const chosen = await chooseReader(states, model);
  const reader = chosen === undefined ? await otherReader() : readerOf(chosen);
  if (reader !== undefined) return reader;
  throw new EarshotError(
    'no-model',
    'No language model is set up that could read and write. Set an API key, or point Earshot at a server; Select Audio Model shows the choices.',
    { detail: explainNothingReady(states) },
  );
}

/** Summarises a transcript that is there. Throws EarshotError. */
export async function* summarizeTranscript(
  source: SpokenText,
  asked: Summarizing,
  states: readonly ProviderState[],
  ports: SummaryPorts,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep> {
  const reader = await findReader(asked, states);
  yield { type: 'notice', text: `By ${reader.label}, from the transcript ${source.name}.` };
  yield* billed(summarizeText(source, reader, asked, ports, signal), reader.chosen);
}

/**
 * Summarises a recording: from its transcript when there is a fresh one, else by a model that hears when the recording fits
 * into one question, else from a transcript that is made first. Says which. Throws EarshotError.
 */
export async function* summarizeClip(
  clip: OpenClip,
  asked: Summarizing,
  states: readonly ProviderState[],
  ports: Ports,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep> {
  const { durationSeconds } = await ports.engine.probe(clip.source, signal);
  const source = { name: clip.name, ...(durationSeconds === undefined ? {} : { durationSeconds }) };
  if (asked.from !== 'audio') {
    yield { type: 'progress', text: `Looking for a transcript of ${clip.name}…` };
    const segments = await ports.shelf.find(clip, await ports.engine.sha256(clip.source, signal));
    if (segments !== undefined) {
      const reader = await findReader(asked, states);
      yield { type: 'notice', text: `By ${reader.label}, from the transcript that was there.` };
      yield* billed(summarizeText({ ...source, segments }, reader, asked, ports, signal), reader.chosen);
      return;
    }
  }
  if (asked.sendSilent !== true && (await ports.engine.isSilent(clip.source, {}, signal))) throw silentClips([clip]);
  const findTranscriber: FindTranscriber = (reader) => chooseTranscriber(states, asked.transcriptionModel, reader);
  if (asked.from !== 'transcript') {
    const answerer = await chooseAnswerer(states, asked.model, findTranscriber);
    if (answerer.way === 'audio') {
      const { chosen } = answerer;
      if (await fitsInOneQuestion(clip, chosen, ports, signal)) {
        yield { type: 'notice', text: `By ${chosen.model.label}, from the sound.` };
        yield* billed(summarizeSound(clip, chosen, asked, ports, signal), chosen);
        return;
      }
      yield { type: 'notice', text: `${clip.name} is too long for ${chosen.model.label} to hear it in one go.` };
    }
  }
  const reader = await findReader(asked, states);
  yield* billed(transcribeAndSummarize(), reader.chosen);

  async function* transcribeAndSummarize(): AsyncGenerator<AnswerStep> {
    const hints = { ...asked.hints, ...(asked.sendSilent === undefined ? {} : { sendSilent: asked.sendSilent }) };
    const provider = reader.chosen?.provider;
    const { segments, by } = yield* transcriptOf(clip, findTranscriber, hints, ports, signal, provider);
    const who = by === undefined ? 'that was there' : `made by ${by.model.label} (${by.provider.label}) for this`;
    yield { type: 'notice', text: `By ${reader.label}, from a transcript ${who}, not from the sound.` };
    yield* summarizeText({ ...source, segments }, reader, asked, ports, signal);
  }
}

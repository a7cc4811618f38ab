import { throwIfCancelled, EarshotError } from '../core/errors.js';
import { estimateTokens } from '../core/estimate.js';
import type { Message } from '../core/conversation.js';
import type { TimeLink } from '../core/formats/exportedTranscript.js';
import { formatDuration } from '../core/timecode.js';
import type { Segment } from '../core/transcript.js';
import { addUsage, type Usage } from '../core/usage.js';
import { answerFromAudio, relay, type AnswerStep } from './answerQuestion.js';
import { prepareOptions } from './beforeSending.js';
import type { ChosenModel } from './chooseModel.js';
import type { OpenClip, WorkflowPorts } from './ports.js';
import { answerKey, wholeAnswer, type KeptAnswers, type Reader } from './reader.js';
import { createRequestLimit, type RequestLimit } from './requestLimits.js';
import { groupsWithin, partsWithin, timedLine } from './summarizeParts.js';
import {
  messagesForMerge,
  messagesForNotes,
  messagesForTranscript,
  messagesForWhole,
  promptForSound,
} from './summarizePrompts.js';
import { SummaryLines, type SpokenTimes } from './summarizeTimes.js';

export interface SummaryOptions {
  /** As a person names it; absent: the language of the recording. */
  readonly language?: string;
  readonly linkTo: TimeLink;
}

export interface SpokenText {
  /** Of the recording or the transcript, for people. */
  readonly name: string;
  readonly segments: readonly Segment[];
  readonly durationSeconds?: number;
}

export type SummaryPorts = Pick<WorkflowPorts, 'permit' | 'requestLimit'> & { readonly answers: KeptAnswers };

/** Where nobody says how much a model reads at once: what those on small machines are set to. */
const assumedContextTokens = 8192;
/** A page or two. */
const summaryTokens = 2000;
const instructionTokens = 600;
/** Estimates of tokens are that uncertain. */
const usableShare = 0.75;
const leastTokens = 400;
/** Notes are a fifth of what they are made of, or shorter. */
const notesShare = 0.2;
const wordsPerToken = 0.6;
const mergeRounds = 8;

/** How many tokens of material go into one question. */
export function roomFor({ maxContextTokens = assumedContextTokens, maxOutputTokens = summaryTokens }: Reader): number {
  const answer = Math.min(summaryTokens, maxOutputTokens, maxContextTokens / 4);
  return Math.max(leastTokens, Math.floor((maxContextTokens - answer - instructionTokens) * usableShare));
}

/**
 * Summarises what is written down, in Markdown whose times are links. What does not fit into one question is read part by
 * part; notes on a part are kept, so that a second try does not pay for them again.
 * @throws EarshotError what stopped the work.
 */
export async function* summarizeText(
  source: SpokenText,
  reader: Reader,
  options: SummaryOptions,
  ports: SummaryPorts,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep> {
  const room = roomFor(reader);
  const parts = partsWithin(source.segments, room);
  const transcripts = parts.map((part) => part.map(timedLine).join('\n'));
  if (reader.chosen !== undefined) {
    const { provider, model } = reader.chosen;
    const noteTokens = parts.length === 1 ? 0 : Math.ceil(parts.length * room * notesShare);
    const characters = transcripts.reduce((sum, transcript) => sum + transcript.length, 0) + 4 * noteTokens;
    await ports.permit(
      { provider, model, task: 'answer', clipNames: [source.name], characters, outputTokens: noteTokens + 700 },
      signal,
    );
  }
  const [only = ''] = transcripts;
  let messages = messagesForTranscript(only, options.language);
  if (transcripts.length > 1) {
    const notes = yield* notesOf(transcripts, reader, room, ports, signal);
    messages = messagesForWhole(notes.join('\n').replaceAll(/<(?=\/?notes)/gi, '‹'), options.language);
  }
  yield { type: 'progress', text: `${reader.label} writes the summary…` };
  const { segments: spoken, durationSeconds } = source;
  const times = { spoken, ...(durationSeconds === undefined ? {} : { durationSeconds }) };
  yield* linked(relay(reader, messages, signal), times, options.linkTo);
}

/** Notes on all of it that fit into one question. */
async function* notesOf(
  transcripts: readonly string[],
  reader: Reader,
  room: number,
  ports: SummaryPorts,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep, readonly string[]> {
  const maxWords = Math.ceil(room * notesShare * wordsPerToken);
  const count = transcripts.length;
  yield { type: 'notice', text: `${reader.label} reads it in ${count} parts, and summarises from notes on each.` };
  const questions = transcripts.map((transcript, index) =>
    messagesForNotes(transcript, { number: index + 1, count, maxWords }),
  );
  let notes = yield* answersTo(questions, `reads the parts`, reader, ports, signal);
  for (let round = 0; estimateTokens(notes.join('\n')) > room; round++) {
    const groups = groupsWithin(notes, room);
    if (round === mergeRounds || groups.length === notes.length) {
      throw new EarshotError(
        'answer-cut-off',
        `${reader.label} makes notes that are too long to be summarised. Select a model that reads more at once, or summarise a part of the recording.`,
      );
    }
    notes = yield* answersTo(
      groups.map((group) => messagesForMerge(group.join('\n').replaceAll(/<(?=\/?notes)/gi, '‹'), maxWords)),
      'puts its notes together',
      reader,
      ports,
      signal,
    );
  }
  return notes;
}

/** Asks several questions at once, and in their order gives the answers: those that are kept, and new ones, which are. */
async function* answersTo(
  questions: readonly (readonly Message[])[],
  verb: string,
  reader: Reader,
  ports: SummaryPorts,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep, readonly string[]> {
  const limit = limitFor(reader, ports);
  const run = new AbortController();
  const stop = AbortSignal.any([signal, run.signal]);
  let usage: Usage | undefined;
  const ask = async (messages: readonly Message[]): Promise<string> => {
    const key = answerKey(reader, messages);
    const kept = await ports.answers.find(key);
    if (kept !== undefined) return kept;
    throwIfCancelled(stop);
    const answer = await wholeAnswer(reader, () => reader.answer(messages, signal), limit, stop);
    usage = addUsage(usage ?? {}, answer.usage);
    if (answer.text.trim() === '') {
      throw new EarshotError(
        'malformed-response',
        `${reader.label} sent an empty answer. Try again, or select another model.`,
      );
    }
    if (!answer.isCutOff) await ports.answers.keep(key, answer.text);
    return answer.text;
  };
  const answers = questions.map(ask);
  let failure: { readonly thrown: unknown } | undefined;
  try {
    for (const [index, answer] of answers.entries()) {
      yield { type: 'progress', text: `${reader.label} ${verb}: ${index + 1} of ${questions.length}…` };
      await answer;
    }
  } catch (thrown) {
    failure = { thrown };
    run.abort();
  }
  // Those that are on their way are waited for: what they cost is kept.
  await Promise.allSettled(answers);
  if (usage !== undefined) yield { type: 'usage', label: reader.label, usage, of: reader.chosen };
  if (failure !== undefined) throw failure.thrown;
  return Promise.all(answers);
}

export function limitFor({ chosen }: Reader, { requestLimit }: Pick<WorkflowPorts, 'requestLimit'>): RequestLimit {
  return (chosen === undefined ? undefined : requestLimit?.(chosen.provider)) ?? createRequestLimit(() => 2);
}

/** Whether a model that hears takes the whole recording in one question, with room for the answer. */
export async function fitsInOneQuestion(
  { source }: OpenClip,
  { model }: ChosenModel,
  { engine }: Pick<WorkflowPorts, 'engine'>,
  signal: AbortSignal,
): Promise<boolean> {
  const { capabilities } = model;
  const plan = await engine.plan(source, prepareOptions(capabilities), signal);
  if (plan.way === 'refuse' || plan.partCount !== 1) return false;
  const { durationSeconds = 0 } = await engine.probe(source, signal);
  const { maxContextTokens, audioTokensPerSecond } = capabilities;
  if (maxContextTokens === undefined || audioTokensPerSecond === undefined) return true;
  return durationSeconds * audioTokensPerSecond <= (maxContextTokens - summaryTokens - instructionTokens) * 0.9;
}

/** Summarises what a model hears; its times are measured against where somebody speaks. */
export async function* summarizeSound(
  clip: OpenClip,
  chosen: ChosenModel,
  options: SummaryOptions & { readonly sendSilent?: boolean },
  ports: WorkflowPorts,
  signal: AbortSignal,
): AsyncGenerator<AnswerStep> {
  yield { type: 'progress', text: `Listening to where somebody speaks in ${clip.name}…` };
  const { durationSeconds } = await ports.engine.probe(clip.source, signal);
  const { speech } = await ports.engine.analyse(clip.source, {}, signal);
  const times = { spoken: speech, ...(durationSeconds === undefined ? {} : { durationSeconds }) };
  const question = { prompt: promptForSound(options.language), clips: [clip], history: [], hints: {} };
  yield* linked(answerFromAudio(question, chosen, ports, signal), times, options.linkTo);
}

/** Passes steps on, with the words of the answer as lines whose times are links, and says what is doubtful about them. */
async function* linked(
  steps: AsyncIterable<AnswerStep>,
  times: SpokenTimes,
  linkTo: TimeLink,
): AsyncGenerator<AnswerStep> {
  const lines = new SummaryLines(times, linkTo);
  let failure: { readonly thrown: unknown } | undefined;
  try {
    for await (const step of steps) {
      const text = step.type === 'text' ? lines.push(step.text) : '';
      if (step.type !== 'text') yield step;
      else if (text !== '') yield { type: 'text', text };
    }
  } catch (thrown) {
    failure = { thrown };
  }
  const last = lines.finish();
  if (last !== '') yield { type: 'text', text: last };
  if (failure !== undefined) throw failure.thrown;
  const { points, untimedPoints, doubtfulTimes } = lines;
  if (untimedPoints > 0) {
    yield { type: 'notice', text: `${untimedPoints} of ${points} points name no time in the recording: check them.` };
  }
  if (doubtfulTimes > 0) {
    const end = times.durationSeconds === undefined ? '' : `, which lasts ${formatDuration(times.durationSeconds)}`;
    yield {
      type: 'notice',
      text: `${doubtfulTimes === 1 ? 'One time is' : `${doubtfulTimes} times are`} marked with ⚠: nobody speaks there, or it is not in the recording${end}. Check what stands with it.`,
    };
  }
}

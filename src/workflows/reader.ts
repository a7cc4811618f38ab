import { wordsOf, type Message } from '../core/conversation.js';
import { EarshotError, throwIfCancelled, toEarshotError } from '../core/errors.js';
import { formatModelRef, type ModelRef } from '../core/model.js';
import { addUsage, type Usage } from '../core/usage.js';
import { answererOf, converse, type TextModel } from './answerQuestion.js';
import { chatModels, chooseAnswerer, type ChosenModel, type ProviderState } from './chooseModel.js';
import { isTooMuch, type RequestLimit } from './requestLimits.js';
import type { JsonSchema } from '../providers/provider.js';

/** Somebody who works on text: a model of ours, or one of VS Code's own picker. */
export interface Reader extends TextModel {
  /** Absent: not known. */
  readonly maxContextTokens?: number;
  readonly maxOutputTokens?: number;
  /** An answer that is JSON of this shape, where the model keeps to a schema by itself. */
  readonly answerJson?: (
    messages: readonly Message[],
    schema: { readonly name: string; readonly schema: JsonSchema },
    signal: AbortSignal,
  ) => ReturnType<TextModel['answer']>;
}

export function readerOf(chosen: ChosenModel): Reader {
  const { maxContextTokens, maxOutputTokens, structuredOutput } = chosen.model.capabilities;
  return {
    ...answererOf(chosen),
    ...(maxContextTokens === undefined ? {} : { maxContextTokens }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(structuredOutput
      ? { answerJson: (messages, jsonSchema, signal) => converse(chosen, { messages, jsonSchema }, signal) }
      : {}),
  };
}

/**
 * Who works on text: the model the user named, else the first that is ready. A named model that refuses questions without a
 * recording is stood in for by another one of its provider. Undefined when no model of ours is set up.
 * @throws EarshotError what is wrong with a named model; `model-lacks-capability` when nobody can stand in for it.
 */
export async function chooseReader(
  states: readonly ProviderState[],
  ref: ModelRef | undefined,
): Promise<ChosenModel | undefined> {
  const nobody = (): Promise<ChosenModel> =>
    Promise.reject(new EarshotError('no-model', 'Nobody has to transcribe anything here.'));
  const answerer = await chooseAnswerer(states, ref, nobody, false);
  if (answerer.way === 'nobody' || answerer.way === 'transcript-only') return undefined;
  const { chosen } = answerer;
  if (chosen.model.capabilities.needsAudio !== true) return chosen;
  const other = chatModels(states).find(
    ({ provider, model }) => provider === chosen.provider && model.capabilities.needsAudio !== true,
  );
  if (other !== undefined) return other;
  throw new EarshotError(
    'model-lacks-capability',
    `${chosen.model.label} answers only where a recording is in the question, and this is work on text. Select another model.`,
    { provider: chosen.provider.name },
  );
}

/** Answers that somebody paid for, found again by what was asked. */
export interface KeptAnswers {
  readonly find: (key: string) => Promise<string | undefined>;
  /** Resolves when it is safe from the end of this process. */
  readonly keep: (key: string, answer: string) => Promise<void>;
}

/** Everything that an answer depends on. */
export function answerKey({ chosen, label }: Reader, messages: readonly Message[]): string {
  const asked = messages.map(({ role, content }) => [role, ...content.map(wordsOf)]);
  // Under the same name there may be another server tomorrow.
  const who = chosen === undefined ? label : formatModelRef(chosen.model.ref);
  return JSON.stringify([who, chosen?.provider.destination?.origin ?? null, asked]);
}

export interface WholeAnswer {
  readonly text: string;
  readonly usage: Usage;
  /** It ends at the length limit of the model. */
  readonly isCutOff: boolean;
}

/** How often a question waits until a server that has had too much wants to be asked again. */
const waitsForServer = 4;

/**
 * Asks and waits for all of the answer, in turn with whoever else asks the same provider.
 * @throws EarshotError `refused`, `cancelled`, and whatever stopped the answer.
 */
export async function wholeAnswer(
  reader: Reader,
  ask: () => ReturnType<TextModel['answer']>,
  limit: RequestLimit,
  signal: AbortSignal,
): Promise<WholeAnswer> {
  for (let waits = 0; ; waits++) {
    try {
      return await limit.run(() => {
        throwIfCancelled(signal);
        return collect(reader, ask());
      }, signal);
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (!isTooMuch(error) || waits === waitsForServer) throw error;
      limit.slowDown(error);
    }
  }
}

async function collect({ label }: Reader, events: ReturnType<TextModel['answer']>): Promise<WholeAnswer> {
  let text = '';
  let usage: Usage = {};
  let isCutOff = false;
  for await (const event of events) {
    if (event.type === 'text') text += event.text;
    else if (event.type === 'usage') usage = addUsage(usage, event.usage);
    else if (event.type === 'finish' && event.finish === 'length') isCutOff = true;
    else if (event.type === 'finish' && event.finish === 'filtered') {
      throw new EarshotError(
        'refused',
        `${label} refused to answer: its content filter stopped it. Select another model.`,
      );
    }
  }
  return { text, usage, isCutOff };
}

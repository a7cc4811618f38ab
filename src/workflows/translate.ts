import { EarshotError, errorPolicy, throwIfCancelled, toEarshotError } from '../core/errors.js';
import { addUsage, type Usage } from '../core/usage.js';
import { isRecord } from '../providers/dialects/wire.js';
import type { WorkflowPorts } from './ports.js';
import { answerKey, wholeAnswer, type KeptAnswers, type Reader } from './reader.js';
import { limitFor, roomFor } from './summarize.js';
import {
  batchesOf,
  messagesFor,
  readTranslations,
  translationSchema,
  type Batch,
  type TargetLanguage,
} from './translateAnswer.js';
import type { Passage } from './translateCues.js';

export interface Translating {
  /** Of the file, for people. */
  readonly name: string;
  readonly passages: readonly Passage[];
  readonly language: TargetLanguage;
  /** Names and terms that stay as they are. */
  readonly glossary: readonly string[];
}

export type TranslatePorts = Pick<WorkflowPorts, 'permit' | 'requestLimit'> & { readonly answers: KeptAnswers };

export interface Translation {
  /** By the number of their passage. */
  readonly translations: ReadonlyMap<number, string>;
  /** Absent when nobody counted, and when nothing had to be asked for. */
  readonly usage?: Usage;
  /** Why some are missing. */
  readonly stoppedBy?: EarshotError;
}

/** Each round asks for what the last one did not bring, in smaller questions. */
const roundPassages = [40, 10, 3] as const;
/** Answers are about as long as questions, with the JSON around them twice. */
const answerShare = 2.5;
const mostBatchTokens = 1500;

function batchTokens(reader: Reader): number {
  const answer = reader.maxOutputTokens ?? mostBatchTokens * answerShare;
  return Math.max(100, Math.min(mostBatchTokens, roomFor(reader) / 4, answer / answerShare));
}

/**
 * Translates passages in questions of some dozen, several at once. What was translated before by the same model is not asked
 * for again. What a model gets wrong is asked for twice more in smaller questions; what is still missing then stays missing.
 * @param onProgress Called with how many are done.
 * @throws EarshotError when nothing was translated at all.
 */
export async function translate(
  { name, passages, language, glossary }: Translating,
  reader: Reader,
  ports: TranslatePorts,
  signal: AbortSignal,
  onProgress: (count: number) => void = () => undefined,
): Promise<Translation> {
  const translations = new Map<number, string>();
  const maxTokens = batchTokens(reader);
  const limit = limitFor(reader, ports);
  let usage: Usage | undefined;
  let failure: EarshotError | undefined;
  let problems: readonly string[] = [];

  const keyOf = (batch: Batch): string => `translation ${answerKey(reader, messagesFor(batch, language, glossary))}`;
  const accept = (accepted: ReadonlyMap<number, string>): void => {
    for (const [number, words] of accepted) translations.set(number, words);
    onProgress(translations.size);
  };

  const ask = async (batch: Batch): Promise<void> => {
    const messages = messagesFor(batch, language, glossary);
    const answer = await wholeAnswer(
      reader,
      () => reader.answerJson?.(messages, translationSchema, signal) ?? reader.answer(messages, signal),
      limit,
      signal,
    );
    usage = addUsage(usage ?? {}, answer.usage);
    const read = readTranslations(answer.text, batch);
    if (read.problems.length > 0) problems = read.problems;
    if (read.accepted.size > 0) await ports.answers.keep(keyOf(batch), keptText(batch, read.accepted));
    accept(read.accepted);
  };

  const missing = (): readonly number[] =>
    passages.flatMap((_passage, number) => (translations.has(number) ? [] : [number]));

  const isOver = (): boolean => failure !== undefined;
  let isPermitted = false;
  for (const maxPassages of roundPassages) {
    const fresh: Batch[] = [];
    for (const batch of batchesOf(passages, missing(), { maxTokens, maxPassages })) {
      const kept = await ports.answers.find(keyOf(batch));
      const accepted = kept === undefined ? undefined : fromKept(kept, batch);
      if (accepted !== undefined) accept(accepted);
      if (accepted === undefined) fresh.push(batch);
    }
    if (fresh.length === 0) continue;
    if (!isPermitted) await permit(reader, name, fresh, ports, signal);
    isPermitted = true;
    await Promise.all(
      fresh.map(async (batch) => {
        try {
          if (isOver()) return;
          throwIfCancelled(signal);
          await ask(batch);
        } catch (thrown) {
          const error = toEarshotError(thrown);
          // A refusal concerns what is in that question; all else would go wrong with the next as well.
          if (errorPolicy[error.reason].turn !== 'vendor') failure ??= error;
          else problems = [error.message];
        }
      }),
    );
    if (isOver()) break;
  }
  const left = missing().length;
  const stoppedBy =
    left === 0
      ? undefined
      : (failure ??
        new EarshotError(
          'malformed-response',
          `${reader.label} did not translate ${left} of ${passages.length} cues of ${name} as it should, in three tries. ${problems[0] ?? ''} Try again, or select another model.`,
          { detail: problems.join('\n') },
        ));
  if (translations.size === 0 && stoppedBy !== undefined) throw stoppedBy;
  return {
    translations,
    ...(usage === undefined ? {} : { usage }),
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
  };
}

async function permit(
  reader: Reader,
  name: string,
  batches: readonly Batch[],
  ports: TranslatePorts,
  signal: AbortSignal,
): Promise<void> {
  if (reader.chosen === undefined) return;
  const { provider, model } = reader.chosen;
  const words = batches.flatMap(({ passages }) => passages.map(({ text }) => text.length));
  const characters = words.reduce((sum, length) => sum + length, 0) + 1500 * batches.length;
  const outputTokens = Math.ceil(words.reduce((sum, length) => sum + length / 3 + 10, 0));
  await ports.permit({ provider, model, task: 'answer', clipNames: [name], characters, outputTokens }, signal);
}

/** By the place in the batch: the same batch may stand elsewhere in the file next time. */
function keptText({ passages }: Batch, accepted: ReadonlyMap<number, string>): string {
  return JSON.stringify(Object.fromEntries(passages.map(({ number }, index) => [index, accepted.get(number)])));
}

function fromKept(kept: string, { passages }: Batch): ReadonlyMap<number, string> | undefined {
  try {
    const body: unknown = JSON.parse(kept);
    if (!isRecord(body)) return undefined;
    return new Map(
      passages.flatMap(({ number }, index): [number, string][] => {
        const words = body[String(index)];
        return typeof words === 'string' ? [[number, words]] : [];
      }),
    );
  } catch {
    // Not what is kept nowadays: it is asked for again.
    return undefined;
  }
}

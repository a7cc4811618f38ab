import { cancelled, EarshotError, throwIfCancelled, toEarshotError } from '../core/errors.js';
import { estimateDollars, type Task, type Workload } from '../core/estimate.js';
import { ofMonth, totalOf, type LedgerEntry } from '../core/ledger.js';
import { wordsOf } from '../core/conversation.js';
import type { Model } from '../core/model.js';
import { formatByteLength, formatDuration } from '../core/timecode.js';
import { addUsage, costInDollars, formatCost, type Usage } from '../core/usage.js';
import type { AnswerRequest, Provider, TranscriptionRequest } from '../providers/provider.js';

/** What the user allows, as the settings say. Dollars. */
export interface SpendingRules {
  /** Nothing leaves this machine. */
  readonly localOnly: boolean;
  readonly confirmUpload: 'always' | 'firstTime' | 'never';
  /** Ask before work that is estimated to cost more. */
  readonly askAboveDollars?: number;
  /** Refuse what would take the month beyond this. */
  readonly monthlyLimitDollars?: number;
}

/** What is about to be sent to whom. */
export interface Intention extends Workload {
  readonly provider: Provider;
  readonly model: Model;
  /** Of the recordings, for people. */
  readonly clipNames?: readonly string[];
  readonly byteLength?: number;
}

export interface GatePorts {
  readonly rules: () => SpendingRules;
  readonly now: () => Date;
  /** All that has been recorded. */
  readonly entries: () => Promise<readonly LedgerEntry[]>;
  readonly record: (entry: LedgerEntry) => Promise<void>;
  /** A request was refused or broke off; the doctor shows the latest. */
  readonly failed: (provider: string, error: EarshotError) => void;
  /** Whether the user agrees. */
  readonly confirm: (question: string, detail: string) => Promise<boolean>;
  readonly hasAgreedTo: (origin: string) => boolean;
  readonly rememberAgreement: (origin: string) => Promise<void>;
}

/** Stands before every request that leaves: privacy and budget are kept here, for whoever asks. */
export interface Gate {
  /**
   * Asks for leave once for a whole piece of work, before anything of it is sent. Requests made with the same signal to the
   * same provider are covered then.
   * @throws EarshotError `local-only`, `over-budget`, `cancelled` when the user says no; `consent-needed` where questions are
   * forbidden.
   */
  readonly permit: (intention: Intention, signal: AbortSignal) => Promise<void>;
  /**
   * From now on nobody is asked about work with this signal: what would need a question fails instead.
   * For callers behind which no person sits.
   */
  readonly forbidQuestions: (signal: AbortSignal) => void;
  /** The same provider behind the gate: no request passes without leave, and every answer is written into the ledger. */
  readonly guard: (provider: Provider) => Provider;
}

/** Where a provider's requests go; undefined for programs on this machine. */
export function originOf(provider: Provider): string | undefined {
  if (provider.isLocal) return undefined;
  return provider.destination?.origin ?? provider.key?.origin ?? provider.label;
}

/** A server on loopback may pass on what it gets; that it is there was this machine's owner's doing. */
export function staysHere(provider: Provider): boolean {
  return provider.isLocal || provider.destination?.isLoopback === true;
}

const verbs: Readonly<Record<Task, string>> = {
  transcription: 'transcribe',
  answer: 'answer a question',
  speech: 'speak a text',
};

function describe({ task, clipNames = [], audioSeconds, byteLength }: Intention): string {
  const size = [
    ...(audioSeconds === undefined || audioSeconds === 0 ? [] : [formatDuration(audioSeconds)]),
    ...(byteLength === undefined ? [] : [formatByteLength(byteLength)]),
  ].join(', ');
  const named = clipNames.length > 3 ? `${clipNames.length} recordings` : clipNames.join(', ');
  const names = task === 'answer' && named !== '' ? `about ${named}` : named;
  return `${verbs[task]}${names === '' ? '' : ` ${names}`}${size === '' ? '' : ` (${size})`}`;
}

function consentNeeded({ provider, task }: Intention, isAboutUpload: boolean): EarshotError {
  const what = task === 'speech' ? 'a text' : 'recordings';
  const setting = isAboutUpload ? 'earshot.privacy.confirmUpload' : 'earshot.budget.askAbove';
  const why = isAboutUpload
    ? `you have not agreed to send ${what} to ${provider.label}`
    : `it would cost more than the setting ${setting} lets pass unasked, or nobody knows what it costs`;
  return new EarshotError(
    'consent-needed',
    `Nothing was sent: ${why}, and whoever asked for this may not ask you. Use a command of Earshot with ${provider.label} once and agree there, or change ${setting}.`,
    { provider: provider.name, setting },
  );
}

/** What the user has agreed to for one piece of work, which may hold many recordings. */
interface Leave {
  estimatedDollars: number;
  toUpload: boolean;
  toSpend: boolean;
  refused: boolean;
}

export function createGate(ports: GatePorts): Gate {
  const leaves = new WeakMap<AbortSignal, Map<string, Leave>>();
  const withoutQuestions = new WeakSet<AbortSignal>();
  /** One question at a time: the answer to the first may settle the next. */
  let lastQuestion: Promise<unknown> = Promise.resolve();

  const leaveOf = (signal: AbortSignal, provider: Provider): Leave => {
    const ofWork = leaves.get(signal) ?? new Map<string, Leave>();
    leaves.set(signal, ofWork);
    const leave = ofWork.get(provider.name) ?? {
      estimatedDollars: 0,
      toUpload: false,
      toSpend: false,
      refused: false,
    };
    ofWork.set(provider.name, leave);
    return leave;
  };

  const refuseWhatLeaves = (provider: Provider): void => {
    if (!ports.rules().localOnly || staysHere(provider)) return;
    throw new EarshotError(
      'local-only',
      `${provider.label} is not on this machine, and the setting earshot.privacy.localOnly lets nothing leave it. Select a model on this machine, or switch the setting off.`,
      { provider: provider.name, setting: 'earshot.privacy.localOnly' },
    );
  };

  const checkMonth = async (provider: Provider, dollars: number): Promise<void> => {
    const { monthlyLimitDollars } = ports.rules();
    if (monthlyLimitDollars === undefined || provider.isLocal) return;
    const spent = totalOf(ofMonth(await ports.entries(), ports.now())).dollars;
    if (spent + dollars <= monthlyLimitDollars && spent < monthlyLimitDollars) return;
    throw new EarshotError(
      'over-budget',
      `This month ${formatCost(spent)} of ${formatCost(monthlyLimitDollars)} are spent${dollars === 0 ? '' : `, and this would cost about ${formatCost(dollars)}`}. Nothing was sent. Raise earshot.budget.monthlyLimit, or select a model that costs less.`,
      { provider: provider.name, setting: 'earshot.budget.monthlyLimit' },
    );
  };

  const askUser = async (
    intention: Intention,
    dollars: number | undefined,
    leave: Leave,
    isForbidden: boolean,
  ): Promise<void> => {
    const { provider, model } = intention;
    const { confirmUpload, askAboveDollars } = ports.rules();
    const origin = originOf(provider);
    if (origin === undefined) return;
    if (leave.refused) throw cancelled();
    const isUpload = !staysHere(provider);
    const isNew = confirmUpload === 'always' || (confirmUpload === 'firstTime' && !ports.hasAgreedTo(origin));
    const asksUpload = isUpload && isNew && !leave.toUpload;
    const isDear = dollars === undefined ? isUpload : leave.estimatedDollars > (askAboveDollars ?? Infinity);
    const asksSpending = askAboveDollars !== undefined && isDear && !leave.toSpend;
    if (!asksUpload && !asksSpending) return;
    if (isForbidden) throw consentNeeded(intention, asksUpload);
    const cost =
      dollars === undefined
        ? 'What it costs is not known.'
        : `It costs about ${formatCost(leave.estimatedDollars)}${leave.estimatedDollars > dollars ? ' with what came before it' : ''}.`;
    const content = intention.task === 'speech' ? 'The text' : 'What is said in it';
    const agrees = await ports.confirm(
      `Send to ${provider.label}?`,
      `${model.label} at ${origin} is about to ${describe(intention)}.${isUpload ? ` ${content} leaves this machine.` : ''} ${cost}`,
    );
    if (!agrees) {
      leave.refused = true;
      throw cancelled();
    }
    leave.toUpload = true;
    leave.toSpend ||= asksSpending;
    if (isUpload && confirmUpload !== 'always') await ports.rememberAgreement(origin);
  };

  const permit = async (intention: Intention, signal: AbortSignal): Promise<void> => {
    const { provider, model } = intention;
    refuseWhatLeaves(provider);
    const dollars = provider.isLocal ? 0 : estimateDollars(model.capabilities, intention);
    const leave = leaveOf(signal, provider);
    leave.estimatedDollars += dollars ?? 0;
    await checkMonth(provider, leave.estimatedDollars);
    const question = lastQuestion.then(() => askUser(intention, dollars, leave, withoutQuestions.has(signal)));
    lastQuestion = question.catch(() => undefined);
    await question;
  };

  /** Every single request: what was agreed for the whole is not asked again, limits are looked at each time. */
  const pass = async (intention: Intention, signal: AbortSignal): Promise<void> => {
    throwIfCancelled(signal);
    if (leaves.get(signal)?.has(intention.provider.name) !== true) return permit(intention, signal);
    refuseWhatLeaves(intention.provider);
    return checkMonth(intention.provider, 0);
  };

  /** Passes events on and writes down what they used, also when the answer breaks off. */
  async function* recorded<Event extends { readonly type: string }>(
    intention: Intention,
    signal: AbortSignal,
    events: () => AsyncIterable<Event>,
    usageOf: (event: Event) => Usage | undefined,
  ): AsyncGenerator<Event> {
    await pass(intention, signal);
    let usage: Usage | undefined;
    try {
      for await (const event of events()) {
        const used = usageOf(event);
        if (used !== undefined) usage = usage === undefined ? used : addUsage(usage, used);
        yield event;
      }
    } catch (thrown) {
      const error = toEarshotError(thrown);
      if (error.reason !== 'cancelled') ports.failed(intention.provider.name, error);
      throw error;
    } finally {
      if (usage !== undefined) {
        const { provider, model, task } = intention;
        const dollars = provider.isLocal ? 0 : costInDollars(usage, model.capabilities.prices);
        await ports.record({
          at: ports.now().toISOString(),
          provider: model.ref.provider,
          model: model.ref.model,
          task,
          usage,
          ...(dollars === undefined ? {} : { dollars }),
        });
      }
    }
  }

  const guard = (provider: Provider): Provider => {
    const usageIn = (event: { readonly type: string; readonly usage?: Usage }): Usage | undefined => event.usage;
    return {
      name: provider.name,
      label: provider.label,
      isLocal: provider.isLocal,
      ...(provider.isOptional === undefined ? {} : { isOptional: provider.isOptional }),
      ...(provider.destination === undefined ? {} : { destination: provider.destination }),
      ...(provider.key === undefined ? {} : { key: provider.key }),
      readiness: (signal) => {
        refuseWhatLeaves(provider);
        return provider.readiness(signal);
      },
      models: (signal) => provider.models(signal),
      knownModels: () => provider.knownModels(),
      model: (id) => provider.model(id),
      ...(provider.checkKey === undefined ? {} : { checkKey: provider.checkKey.bind(provider) }),
      ...(provider.transcribe === undefined
        ? {}
        : {
            transcribe: async function* (request, signal) {
              const intention = transcriptionIntention(provider, await provider.model(request.model), request);
              yield* recorded(intention, signal, () => orNothing(provider.transcribe?.(request, signal)), usageIn);
            },
          }),
      ...(provider.converse === undefined
        ? {}
        : {
            converse: async function* (request, signal) {
              const intention = answerIntention(provider, await provider.model(request.model), request);
              yield* recorded(intention, signal, () => orNothing(provider.converse?.(request, signal)), usageIn);
            },
          }),
      ...(provider.speak === undefined
        ? {}
        : {
            speak: async function* (request, signal) {
              const model = await provider.model(request.model);
              const intention: Intention = { provider, model, task: 'speech', characters: request.text.length };
              yield* recorded(intention, signal, () => orNothing(provider.speak?.(request, signal)), usageIn);
            },
          }),
    };
  };

  const forbidQuestions = (signal: AbortSignal): void => {
    withoutQuestions.add(signal);
  };

  return { permit, forbidQuestions, guard };
}

async function* orNothing<Event>(events: AsyncIterable<Event> | undefined): AsyncGenerator<Event> {
  if (events !== undefined) yield* events;
}

function transcriptionIntention(provider: Provider, model: Model, { audio }: TranscriptionRequest): Intention {
  return {
    provider,
    model,
    task: 'transcription',
    clipNames: [audio.fileName],
    byteLength: audio.bytes.byteLength,
    ...(audio.durationSeconds === undefined ? {} : { audioSeconds: audio.durationSeconds }),
  };
}

function answerIntention(provider: Provider, model: Model, { messages, task = 'answer' }: AnswerRequest): Intention {
  const blocks = messages.flatMap(({ content }) => content);
  const audio = blocks.flatMap((block) => (block.type === 'input_audio' ? [block.input_audio] : []));
  return {
    provider,
    model,
    task,
    audioSeconds: audio.reduce((sum, { durationSeconds = 0 }) => sum + durationSeconds, 0),
    byteLength: audio.reduce((sum, { data }) => sum + data.byteLength, 0),
    characters: blocks.reduce((sum, block) => sum + wordsOf(block).length, 0),
  };
}

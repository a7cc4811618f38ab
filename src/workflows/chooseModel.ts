import { EarshotError, toEarshotError, type ErrorReason } from '../core/errors.js';
import { formatModelRef, transcriptionWay, type Capabilities, type Model, type ModelRef } from '../core/model.js';
import type { Provider, Readiness } from '../providers/provider.js';

/** A model together with whoever answers for it. */
export interface ChosenModel {
  readonly provider: Provider;
  readonly model: Model;
}

export interface ProviderState {
  readonly provider: Provider;
  readonly readiness: Readiness | { readonly state: 'unreachable' | 'not-allowed'; readonly detail: string };
  readonly models: readonly Model[];
  /** Why it cannot be used now, when its server was asked. */
  readonly problem?: EarshotError;
}

/** What is in the way, where it is not the server. */
const problemStates: Readonly<Partial<Record<ErrorReason, ProviderState['readiness']['state']>>> = {
  'missing-key': 'missing-key',
  'invalid-key': 'missing-key',
  'insecure-address': 'not-allowed',
};

async function surveyProvider(provider: Provider, signal: AbortSignal | undefined): Promise<ProviderState> {
  try {
    const readiness = await provider.readiness(signal);
    return { provider, readiness, models: readiness.state === 'ready' ? await provider.models(signal) : [] };
  } catch (thrown) {
    const problem = toEarshotError(thrown);
    if (problem.reason === 'cancelled') throw problem;
    const state = problemStates[problem.reason] ?? 'unreachable';
    return { provider, readiness: { state, detail: problem.message }, models: [], problem };
  }
}

/**
 * Everything that can be chosen from, in the order of the providers, which is the order of `auto`. A provider that fails
 * leaves the others alone.
 */
export async function surveyProviders(
  providers: readonly Provider[],
  signal?: AbortSignal,
): Promise<readonly ProviderState[]> {
  return Promise.all(providers.map((provider) => surveyProvider(provider, signal)));
}

/** The models of those providers that are ready, as far as they are known without asking any server. */
export async function knownModels(
  providers: readonly Provider[],
  signal?: AbortSignal,
): Promise<readonly ChosenModel[]> {
  const known = await Promise.all(
    providers.map(async (provider) => {
      // Whether it is there is not known without asking; whoever has listed its models has asked.
      if (provider.isOptional === true) return provider.knownModels().map((model) => ({ provider, model }));
      // Of a server that was never asked nothing is known, so that nobody has to look whether it runs.
      if (provider.knownModels().length === 0) return [];
      const { state } = await provider.readiness(signal).catch(() => ({ state: 'not-set-up' }) as const);
      return state === 'ready' ? provider.knownModels().map((model) => ({ provider, model })) : [];
    }),
  );
  return known.flat();
}

/**
 * Of `auto`'s candidates those that come before a server that could not be asked. A recording meant for a server of one's
 * own must not go to somebody else because that server happens to be down; one that nobody asked for holds up nobody.
 * @throws EarshotError of that server when nothing comes before it.
 */
function firstOf(
  states: readonly ProviderState[],
  pick: (states: readonly ProviderState[]) => ChosenModel | undefined,
): ChosenModel | undefined {
  for (const [index, { provider, problem }] of states.entries()) {
    const found = pick(states.slice(0, index + 1));
    if (found !== undefined) return found;
    if (problem !== undefined && provider.isOptional !== true) throw problem;
  }
  return undefined;
}

export function chatModels(states: readonly ProviderState[]): readonly ChosenModel[] {
  return states.flatMap(({ provider, models }) =>
    models.filter((model) => model.capabilities.chat).map((model) => ({ provider, model })),
  );
}

/** Those that have an endpoint for it first, then those that hear and can be asked for a transcript. */
export function transcriptionModels(states: readonly ProviderState[]): readonly ChosenModel[] {
  return [...transcribingBy(states, 'endpoint'), ...transcribingBy(states, 'asking')];
}

function transcribingBy(
  states: readonly ProviderState[],
  way: ReturnType<typeof transcriptionWay>,
): readonly ChosenModel[] {
  return states.flatMap(({ provider, models }) =>
    models.filter(({ capabilities }) => transcriptionWay(capabilities) === way).map((model) => ({ provider, model })),
  );
}

/** The model that the user named. */
async function namedModel(
  states: readonly ProviderState[],
  ref: ModelRef,
  can: (capabilities: Capabilities) => boolean,
  verb: string,
): Promise<ChosenModel> {
  const state = states.find(({ provider }) => provider.name === ref.provider);
  if (state === undefined) {
    const names = states.map(({ provider }) => provider.name).join(', ');
    throw new EarshotError(
      'invalid-settings',
      `There is no provider named "${ref.provider}", which the model "${formatModelRef(ref)}" asks for. Known providers: ${names}. Select a model, or add the provider to the setting earshot.providers.`,
    );
  }
  const { provider, readiness } = state;
  if (state.problem !== undefined) throw state.problem;
  if (readiness.state !== 'ready') {
    const reasons = {
      'missing-key': 'missing-key',
      'not-set-up': 'invalid-settings',
      'program-missing': 'program-missing',
      'not-running': 'unreachable',
      unreachable: 'unreachable',
      'not-allowed': 'insecure-address',
    } as const;
    throw new EarshotError(reasons[readiness.state], `${provider.label} cannot be used yet: ${readiness.detail}`, {
      provider: provider.name,
    });
  }
  const model =
    state.models.find((candidate) => candidate.ref.model === ref.model) ?? (await provider.model(ref.model));
  if (!can(model.capabilities)) {
    const able = states.flatMap(({ models }) => models.filter(({ capabilities }) => can(capabilities)));
    const hint =
      able.length === 0
        ? 'No model that is ready can; select or set up one that does.'
        : `These can: ${able
            .slice(0, 5)
            .map((candidate) => formatModelRef(candidate.ref))
            .join(', ')}.`;
    throw new EarshotError(
      'model-lacks-capability',
      `The model "${formatModelRef(ref)}" cannot ${verb}. ${hint} If it can all the same, say so under earshot.providers › models.`,
      { provider: provider.name },
    );
  }
  return { provider, model };
}

/** Why nothing can be chosen, provider by provider, for people. */
export function explainNothingReady(states: readonly ProviderState[]): string {
  return states
    .map(({ provider, readiness, models }) =>
      readiness.state === 'ready'
        ? `${provider.label}: ready, with ${models.length} ${models.length === 1 ? 'model' : 'models'}`
        : `${provider.label}: ${readiness.detail}`,
    )
    .join('\n');
}

/**
 * Who transcribes: the model the user named, else the first that is ready.
 * @param reader Who is going to read the transcript.
 * @throws EarshotError `no-model` when nothing is ready, and what is wrong with a named model.
 */
export async function chooseTranscriber(
  states: readonly ProviderState[],
  ref: ModelRef | undefined,
  reader?: Provider,
): Promise<ChosenModel> {
  if (ref !== undefined) return namedModel(states, ref, (row) => transcriptionWay(row) !== undefined, 'transcribe');
  if (reader !== undefined) {
    // The recording goes to whoever was chosen to read, or stays here, before it goes to a third party.
    const candidates = transcriptionModels(states);
    const close =
      candidates.find(({ provider }) => provider === reader) ?? candidates.find(({ provider }) => provider.isLocal);
    if (close !== undefined) return close;
  }
  const first =
    firstOf(states, (some) => transcribingBy(some, 'endpoint')[0]) ??
    firstOf(states, (some) => transcribingBy(some, 'asking')[0]);
  if (first !== undefined) return first;
  throw new EarshotError(
    'no-model',
    'Nothing is set up that can transcribe. Set an API key, point Earshot at a server, or install a speech program; Select Audio Model shows the choices.',
    { detail: explainNothingReady(states) },
  );
}

/**
 * Who speaks: the model the user named, else the first that is ready.
 * @throws EarshotError `no-model` when nothing is ready, and what is wrong with a named model.
 */
export async function chooseSpeaker(states: readonly ProviderState[], ref: ModelRef | undefined): Promise<ChosenModel> {
  if (ref !== undefined) return namedModel(states, ref, ({ speech }) => speech, 'speak');
  const speaking = (some: readonly ProviderState[]): ChosenModel | undefined =>
    some
      .flatMap(({ provider, models }) => models.map((model) => ({ provider, model })))
      .find(({ model }) => model.capabilities.speech);
  const first = firstOf(states, speaking);
  if (first !== undefined) return first;
  throw new EarshotError(
    'no-model',
    'Nothing is set up that can speak. Set an API key, point Earshot at a server, or install a speech program; Select Audio Model shows the choices.',
    { detail: explainNothingReady(states) },
  );
}

/** Finds who transcribes, when somebody turns out to be needed: most questions to models that hear need nobody. */
export type FindTranscriber = (reader?: Provider) => Promise<ChosenModel>;

export type Answerer =
  /** The model hears the recording itself. */
  | { readonly way: 'audio'; readonly chosen: ChosenModel }
  /** The model reads a transcript. */
  | { readonly way: 'transcript'; readonly chosen: ChosenModel }
  /** Nobody answers questions, but somebody can write down what is said. */
  | { readonly way: 'transcript-only' }
  | { readonly way: 'nobody' };

/**
 * Who answers a question: the model the user named, else the first ready one that hears, else the first that reads
 * a transcript somebody else makes.
 * @param hasClips False for a question without any recording, which some models refuse.
 * @throws EarshotError what is wrong with a named model, or with a server that `auto` would have to pass over.
 */
export async function chooseAnswerer(
  states: readonly ProviderState[],
  ref: ModelRef | undefined,
  findTranscriber: FindTranscriber,
  hasClips = true,
): Promise<Answerer> {
  if (ref !== undefined) {
    const chosen = await namedModel(states, ref, ({ chat }) => chat, 'answer questions');
    return { way: chosen.model.capabilities.audioInput ? 'audio' : 'transcript', chosen };
  }
  const candidates = (some: readonly ProviderState[]): readonly ChosenModel[] =>
    chatModels(some).filter(({ model }) => hasClips || model.capabilities.needsAudio !== true);
  const hearing = firstOf(states, (some) => candidates(some).find(({ model }) => model.capabilities.audioInput));
  if (hearing !== undefined) return { way: 'audio', chosen: hearing };
  const reading = candidates(states)[0];
  if (reading !== undefined && !hasClips) return { way: 'transcript', chosen: reading };
  const canTranscribe = await findTranscriber().then(
    () => true,
    (error: unknown) => {
      if (error instanceof EarshotError && error.reason === 'no-model') return false;
      throw error;
    },
  );
  if (reading !== undefined) return { way: 'transcript', chosen: reading };
  return { way: canTranscribe ? 'transcript-only' : 'nobody' };
}

import type { AudioSource } from '../audio/engine.js';
import { text } from '../core/conversation.js';
import { toEarshotError, type EarshotError } from '../core/errors.js';
import type { Model } from '../core/model.js';
import type { Provider } from '../providers/provider.js';
import { surveyProviders, type ChosenModel, type ProviderState } from './chooseModel.js';
import type { WorkflowPorts } from './ports.js';
import { prepareOptions } from './beforeSending.js';
import { pieceFileName } from './clipJob.js';

/** A short recording of known words. */
export interface SpokenProbe {
  readonly source: AudioSource;
  /** What is said in it, lower case, one of the ways to write it to a row. */
  readonly words: readonly (readonly string[])[];
}

/** What a model made of the spoken probe. */
export interface Heard {
  readonly model: Model;
  readonly ability: 'transcription' | 'audioInput';
  readonly said: string;
  /** Whether the words were in it. */
  readonly understood: boolean;
  readonly error?: EarshotError;
}

export interface ProviderCheck {
  readonly state: ProviderState;
  /** Until it said what it has. */
  readonly milliseconds: number;
  readonly heard: readonly Heard[];
}

/** Asks every provider what it has and, when there is a probe, lets its first models listen to it. */
export async function checkProviders(
  providers: readonly Provider[],
  probe: SpokenProbe | undefined,
  ports: WorkflowPorts,
  signal: AbortSignal,
  onProgress: (label: string) => void = () => undefined,
): Promise<readonly ProviderCheck[]> {
  return Promise.all(
    providers.map(async (provider) => {
      const started = ports.now().getTime();
      const [state] = await surveyProviders([provider], signal);
      const milliseconds = ports.now().getTime() - started;
      if (state === undefined) throw new RangeError('A provider has no state.');
      const heard: Heard[] = [];
      if (probe !== undefined) {
        for (const { ability, chosen } of listeners(state)) {
          onProgress(`${chosen.model.label} listens…`);
          heard.push(await listen(chosen, ability, probe, ports, signal));
        }
      }
      return { state, milliseconds, heard };
    }),
  );
}

/** One model for each way of hearing: the one that `auto` would take. */
function listeners({
  provider,
  models,
}: ProviderState): readonly { readonly ability: Heard['ability']; readonly chosen: ChosenModel }[] {
  return (['transcription', 'audioInput'] as const).flatMap((ability) => {
    const model = models.find(({ capabilities }) => capabilities[ability]);
    return model === undefined ? [] : [{ ability, chosen: { provider, model } }];
  });
}

async function listen(
  chosen: ChosenModel,
  ability: Heard['ability'],
  probe: SpokenProbe,
  ports: WorkflowPorts,
  signal: AbortSignal,
): Promise<Heard> {
  const { model } = chosen;
  try {
    const said = (
      ability === 'transcription'
        ? await transcribed(chosen, probe, ports, signal)
        : await answered(chosen, probe, ports, signal)
    ).trim();
    const plain = said.toLowerCase();
    const understood = probe.words.every((ways) => ways.some((way) => plain.includes(way)));
    return { model, ability, said, understood };
  } catch (thrown) {
    const error = toEarshotError(thrown);
    if (signal.aborted) throw error;
    return { model, ability, said: '', understood: false, error };
  }
}

async function transcribed(
  { provider, model }: ChosenModel,
  probe: SpokenProbe,
  ports: WorkflowPorts,
  signal: AbortSignal,
): Promise<string> {
  let said = '';
  for await (const piece of ports.engine.prepare(probe.source, prepareOptions(model.capabilities), signal)) {
    const audio = {
      bytes: piece.bytes,
      format: piece.format,
      fileName: pieceFileName(probe.source.name, piece.format),
      durationSeconds: piece.endSeconds - piece.startSeconds,
    };
    for await (const event of provider.transcribe?.({ model: model.ref.model, audio, language: 'en' }, signal) ?? []) {
      if (event.type === 'segment') said += ` ${event.segment.text}`;
      else if (event.type === 'text') said += event.text;
    }
  }
  return said;
}

async function answered(
  { provider, model }: ChosenModel,
  probe: SpokenProbe,
  ports: WorkflowPorts,
  signal: AbortSignal,
): Promise<string> {
  const content = [];
  for await (const piece of ports.engine.prepare(probe.source, prepareOptions(model.capabilities), signal)) {
    const durationSeconds = piece.endSeconds - piece.startSeconds;
    content.push({
      type: 'input_audio',
      input_audio: { data: piece.bytes, format: piece.format, durationSeconds },
    } as const);
  }
  const messages = [
    {
      role: 'user',
      content: [...content, text('Which words are said in this recording? Answer with the words alone.')],
    },
  ] as const;
  let said = '';
  for await (const event of provider.converse?.({ model: model.ref.model, messages, maxOutputTokens: 200 }, signal) ??
    []) {
    if (event.type === 'text') said += event.text;
  }
  return said;
}

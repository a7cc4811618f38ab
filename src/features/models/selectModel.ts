import * as vscode from 'vscode';
import { daysUntilEnd, endNoticeDays, formatModelRef, transcriptionWay, type Capabilities } from '../../core/model.js';
import { estimateDollars } from '../../core/estimate.js';
import { formatCost } from '../../core/usage.js';
import { commandIds, settingKeys } from '../../host/ids.js';
import { openSettingCommand } from '../../host/showError.js';
import type { Services } from '../../host/services.js';
import { readProviderSettings, readSettings, rememberModel } from '../../host/settings.js';
import { chatModels, transcriptionModels, type ChosenModel, type ProviderState } from '../../workflows/chooseModel.js';

/** From here on the end of a model is a warning. */

type Purpose = 'model' | 'transcriptionModel';

interface Item extends vscode.QuickPickItem {
  readonly choose?: { readonly purpose: Purpose; readonly value: string };
  readonly command?: readonly [id: string, ...commandArguments: unknown[]];
}

const transcribes = {
  endpoint: (hasTimes: boolean) => `$(note) transcribes${hasTimes ? ' with times' : ''}`,
  asking: () => '$(note) transcribes when asked to',
  never: () => '',
} as const;

function abilities(capabilities: Capabilities, now: Date): string {
  const { audioInput, chat, audioOutput, speech, transcriptTimes, tools, endDate } = capabilities;
  const days = daysUntilEnd(capabilities, now);
  const hasTimes = transcriptTimes === 'segments' || transcriptTimes === 'words';
  const words = [
    audioInput ? '$(unmute) hears audio' : chat ? '$(book) reads transcripts' : '',
    transcribes[transcriptionWay(capabilities) ?? 'never'](hasTimes),
    audioOutput || speech ? '$(megaphone) speaks' : '',
    tools ? '$(tools) calls tools' : '',
    hourlyPrice(capabilities),
    endDate === undefined ? '' : `${days !== undefined && days <= endNoticeDays ? '$(warning) ' : ''}ends ${endDate}`,
  ];
  return words.filter((word) => word !== '').join('  ');
}

/** What an hour of audio costs, by the row. */
function hourlyPrice(capabilities: Capabilities): string {
  const task = capabilities.transcription ? 'transcription' : 'answer';
  const dollars = estimateDollars(capabilities, { task, audioSeconds: 3600 });
  return dollars === undefined || dollars === 0 ? '' : `$(credit-card) about ${formatCost(dollars)} an hour of audio`;
}

function section(
  title: string,
  purpose: Purpose,
  models: readonly ChosenModel[],
  current: string,
  automatic: ChosenModel | undefined,
): Item[] {
  const marked = (value: string): string => (value === current ? '$(check) ' : '');
  return [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    {
      label: `${marked('auto')}Auto`,
      description: automatic === undefined ? 'nothing is ready yet' : `now ${formatModelRef(automatic.model.ref)}`,
      choose: { purpose, value: 'auto' },
    },
    ...models.flatMap(({ provider, model }, index): Item[] => {
      const value = formatModelRef(model.ref);
      const item: Item = {
        label: `${marked(value)}${model.label}`,
        description: value,
        detail: abilities(model.capabilities, new Date()),
        choose: { purpose, value },
      };
      const isFirst = models[index - 1]?.provider !== provider;
      return isFirst ? [{ label: provider.label, kind: vscode.QuickPickItemKind.Separator }, item] : [item];
    }),
  ];
}

/** What the command takes to go straight to the question for an address. */
export const pointAtServer = 'server';

/** Every provider that is not ready, with the reason and what picking it does about it. */
function waysToGetMore(states: readonly ProviderState[]): Item[] {
  const own = Object.keys(readProviderSettings());
  const waiting = states.filter(({ readiness }) => readiness.state !== 'ready');
  const isOwn = ({ provider }: ProviderState): boolean => own.includes(provider.name);
  const item = ({ provider, readiness }: ProviderState): Item => ({
    label: `${readiness.state === 'missing-key' ? '$(key)' : readiness.state === 'not-allowed' ? '$(unlock)' : '$(circle-slash)'} ${provider.label}`,
    detail: readiness.detail.replaceAll(/\s+/g, ' '),
    command:
      readiness.state === 'missing-key'
        ? [commandIds.setApiKey, provider.name]
        : readiness.state === 'not-allowed'
          ? [commandIds.allowUnencrypted, provider.name]
          : openSettingCommand(settingKeys.providers),
  });
  // Nobody has asked for these yet: a line for all that want a key, and one for all that were looked for in vain.
  const keyless = waiting.filter((state) => !isOwn(state) && state.readiness.state === 'missing-key');
  const absent = waiting.filter((state) => !isOwn(state) && state.readiness.state === 'not-running');
  const rest = waiting.filter((state) => !isOwn(state) && !keyless.includes(state) && !absent.includes(state));
  return [
    { label: 'Get more models', kind: vscode.QuickPickItemKind.Separator },
    ...waiting.filter(isOwn).map(item),
    {
      label: '$(key) Set an API key…',
      detail: keyless.map(({ provider }) => provider.label).join(', '),
      command: [commandIds.setApiKey],
    },
    {
      label: '$(server) Point at a server…',
      detail: 'Any server that speaks OpenAI’s language: LiteLLM, vLLM, llama.cpp and others',
      command: [commandIds.selectModel, pointAtServer],
    },
    ...(absent.length === 0
      ? []
      : [
          {
            label: '$(circle-slash) Not running on this machine',
            detail: `${absent.map(({ provider }) => provider.label).join(', ')}: found by themselves once they run`,
            command: [commandIds.checkProviders],
          } as const,
        ]),
    ...rest.map(item),
  ];
}

/** Shows every model there is and every way to get another, and remembers the choice. Resolves to it. */
export async function selectModel(services: Services): Promise<string | undefined> {
  const states = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: 'Earshot: looking for models' },
    () => services.survey(),
  );
  const settings = readSettings();
  const answering = chatModels(states);
  const transcribing = transcriptionModels(states);
  // A setting that makes no sense is mended here, so it must not stand in the way.
  const nameOf = (read: typeof settings.model): string => {
    try {
      const ref = read();
      return ref === undefined ? 'auto' : formatModelRef(ref);
    } catch {
      return '';
    }
  };
  const picked = await vscode.window.showQuickPick<Item>(
    [
      ...section(
        'Answers questions',
        'model',
        answering,
        nameOf(settings.model),
        answering.find(({ model }) => model.capabilities.audioInput) ?? answering[0],
      ),
      ...section(
        'Transcribes',
        'transcriptionModel',
        transcribing,
        nameOf(settings.transcriptionModel),
        transcribing[0],
      ),
      ...waysToGetMore(states),
    ],
    {
      title: 'Select Audio Model',
      placeHolder: 'Which model shall answer, and which shall transcribe?',
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  if (picked?.command !== undefined) {
    const [id, ...commandArguments] = picked.command;
    await vscode.commands.executeCommand(id, ...commandArguments);
    return undefined;
  }
  if (picked?.choose === undefined) return undefined;
  await rememberModel(picked.choose.purpose, picked.choose.value);
  return picked.choose.value;
}

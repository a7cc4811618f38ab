import * as vscode from 'vscode';
import { formatModelRef, type Capabilities } from '../../core/model.js';
import { commandIds, settingKeys } from '../../host/ids.js';
import { openSettingCommand } from '../../host/showError.js';
import type { Services } from '../../host/services.js';
import { readSettings, rememberModel } from '../../host/settings.js';
import { chatModels, transcriptionModels, type ChosenModel, type ProviderState } from '../../workflows/chooseModel.js';

type Purpose = 'model' | 'transcriptionModel';

interface Item extends vscode.QuickPickItem {
  readonly choose?: { readonly purpose: Purpose; readonly value: string };
  readonly command?: readonly [id: string, ...commandArguments: unknown[]];
}

function abilities(capabilities: Capabilities): string {
  const words = [
    capabilities.audioInput ? 'hears audio' : capabilities.chat ? 'reads transcripts' : '',
    capabilities.audioOutput || capabilities.speech ? 'speaks' : '',
    capabilities.transcription ? 'transcribes' : '',
    capabilities.transcriptTimes === 'segments' || capabilities.transcriptTimes === 'words' ? 'with times' : '',
    capabilities.endDate === undefined ? '' : `ends ${capabilities.endDate}`,
  ];
  return words.filter((word) => word !== '').join(', ');
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
    ...models.map(({ provider, model }): Item => {
      const value = formatModelRef(model.ref);
      return {
        label: `${marked(value)}${model.label}`,
        description: `${provider.label} · ${value}`,
        detail: abilities(model.capabilities),
        choose: { purpose, value },
      };
    }),
  ];
}

/** What the command takes to go straight to the question for an address. */
export const pointAtServer = 'server';

/** Every provider that is not ready, with the reason and what picking it does about it. */
function waysToGetMore(states: readonly ProviderState[]): Item[] {
  const waiting = states
    .filter(({ readiness }) => readiness.state !== 'ready')
    .map(({ provider, readiness }): Item => ({
      label: `${readiness.state === 'missing-key' ? '$(key)' : '$(circle-slash)'} ${provider.label}`,
      detail: readiness.detail.replaceAll(/\s+/g, ' '),
      command:
        readiness.state === 'missing-key'
          ? [commandIds.setApiKey, provider.name]
          : openSettingCommand(settingKeys.providers),
    }));
  return [
    { label: 'Get more models', kind: vscode.QuickPickItemKind.Separator },
    ...waiting,
    {
      label: '$(server) Point at a server…',
      detail: 'Any server that speaks OpenAI’s language: LiteLLM, vLLM, llama.cpp and others',
      command: [commandIds.selectModel, pointAtServer],
    },
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

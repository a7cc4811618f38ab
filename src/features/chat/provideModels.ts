import * as vscode from 'vscode';
import { formatModelRef, parseModelRef, type Capabilities } from '../../core/model.js';
import { toEarshotError } from '../../core/errors.js';
import { signalOf } from '../../host/cancellation.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import type { AnswerRequest, JsonSchema } from '../../providers/provider.js';
import { converse } from '../../workflows/answerQuestion.js';
import { chatModels, type ChosenModel, type ProviderState } from '../../workflows/chooseModel.js';
import { messagesOf, toolCallPart } from './languageModel.js';

export const autoModelId = 'auto';

/** Told to VS Code where a row does not know better; VS Code only uses them to decide how much context to send. */
const assumedContextTokens = 128_000;
const assumedOutputTokens = 4096;
const charactersPerToken = 4;

/**
 * VS Code's chat opens in agent mode and there hides every model that does not declare tools; with none left to select it
 * answers "Language model unavailable" before @audio is even asked.
 */
const seenInAgentMode: vscode.LanguageModelChatCapabilities = { toolCalling: true };

/** US dollars for a million tokens of text, as a person reads it. */
function priceOf({ prices }: Capabilities): string {
  const { inputTextPerMillion, outputTextPerMillion } = prices ?? {};
  return inputTextPerMillion === undefined || outputTextPerMillion === undefined
    ? ''
    : ` · $${inputTextPerMillion} / $${outputTextPerMillion} per million tokens`;
}

function contextOf({ maxContextTokens }: Capabilities): string {
  return maxContextTokens === undefined ? '' : ` · ${Math.round(maxContextTokens / 1000)}K`;
}

function informationOf({ provider, model }: ChosenModel): vscode.LanguageModelChatInformation {
  const { capabilities } = model;
  return {
    id: formatModelRef(model.ref),
    name: model.label,
    family: model.ref.model,
    version: '1',
    detail: `${provider.label}${contextOf(capabilities)}${priceOf(capabilities)}`,
    tooltip: `${formatModelRef(model.ref)}: ${capabilities.audioInput ? 'hears recordings' : 'reads transcripts of recordings'}`,
    maxInputTokens: capabilities.maxContextTokens ?? assumedContextTokens,
    maxOutputTokens: capabilities.maxOutputTokens ?? assumedOutputTokens,
    capabilities: { ...seenInAgentMode, imageInput: capabilities.images === true },
  };
}

/** Always there, so that `@audio` can be used with nobody signed in to anything. */
const autoInformation: vscode.LanguageModelChatInformation = {
  id: autoModelId,
  name: 'Earshot: auto',
  family: 'earshot',
  version: '1',
  detail: 'Earshot',
  tooltip: 'The model of the setting earshot.model, else the first that is ready',
  maxInputTokens: assumedContextTokens,
  maxOutputTokens: assumedOutputTokens,
  capabilities: seenInAgentMode,
};

async function modelFor(id: string, states: readonly ProviderState[]): Promise<ChosenModel | undefined> {
  const ref = id === autoModelId ? readSettings().model() : parseModelRef(id, 'the chat model');
  const candidates = chatModels(states);
  if (ref === undefined) {
    const chosen = candidates.find(({ model }) => model.capabilities.needsAudio !== true) ?? candidates[0];
    return chosen;
  }
  const provider = states.find((state) => state.provider.name === ref.provider)?.provider;
  return provider === undefined ? undefined : { provider, model: await provider.model(ref.model) };
}

/** A model that calls no tools is not told of any: it answers in words. */
function toolsFor(
  { model }: ChosenModel,
  { tools = [], toolMode }: vscode.ProvideLanguageModelChatResponseOptions,
): Pick<AnswerRequest, 'tools' | 'toolChoice'> {
  if (!model.capabilities.tools || tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, inputSchema }) => ({
      name,
      description,
      inputSchema: (inputSchema ?? { type: 'object', properties: {} }) as JsonSchema,
    })),
    toolChoice: toolMode === vscode.LanguageModelChatToolMode.Required ? 'required' : 'auto',
  };
}

function textOf(part: unknown): string {
  return part instanceof vscode.LanguageModelTextPart ? part.value : '';
}

/** Offers our models to VS Code's own chat picker. */
export function createModelProvider(services: Services): vscode.LanguageModelChatProvider {
  return {
    onDidChangeLanguageModelChatInformation: services.onDidChangeModels,
    provideLanguageModelChatInformation: async ({ silent }, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        // VS Code asks as soon as a window opens, when nobody wants anything of us yet: servers are asked for their models
        // when somebody does. What they list then is told by an event.
        const models = silent ? await services.knownModels(signal) : chatModels(await services.survey(signal));
        return [autoInformation, ...models.filter(({ model }) => model.capabilities.chat).map(informationOf)];
      } catch (thrown) {
        services.log.error(toEarshotError(thrown));
        return [autoInformation];
      } finally {
        dispose();
      }
    },
    provideLanguageModelChatResponse: async (information, requests, options, progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const chosen = await modelFor(information.id, await services.survey(signal));
        if (chosen === undefined) {
          progress.report(
            new vscode.LanguageModelTextPart(
              'No language model is set up in Earshot yet. Run **Earshot: Set API Key…** or **Earshot: Select Audio Model** from the Command Palette. ' +
                'With a speech program on this machine, `@audio` still writes down what is said in a recording that you attach.',
            ),
          );
          return;
        }
        const question = { messages: messagesOf(requests), ...toolsFor(chosen, options) };
        for await (const event of converse(chosen, question, signal)) {
          if (event.type === 'text') progress.report(new vscode.LanguageModelTextPart(event.text));
          else if (event.type === 'tool-call') progress.report(toolCallPart(event.call));
        }
      } catch (thrown) {
        const error = toEarshotError(thrown);
        if (error.reason === 'cancelled') throw new vscode.CancellationError();
        services.log.error(error);
        throw new Error(services.log.redact(error.message), { cause: thrown });
      } finally {
        dispose();
      }
    },
    provideTokenCount: (_information, value) => {
      const texts = typeof value === 'string' ? [value] : value.content.map(textOf);
      return Promise.resolve(Math.ceil(texts.join('').length / charactersPerToken));
    },
  };
}

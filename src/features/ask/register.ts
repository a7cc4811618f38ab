import * as vscode from 'vscode';
import { registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { commandIds, languageModelVendor } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { askInDocument } from './askInDocument.js';

const openChat = 'workbench.action.chat.open';

/** Whether there is a chat to ask in: people can switch it off, and some builds have none. */
async function hasChat(): Promise<boolean> {
  if (vscode.workspace.getConfiguration().get('chat.disableAIFeatures') === true) return false;
  return (await vscode.commands.getCommands(true)).includes(openChat);
}

export function registerAsk(services: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.ask, services.log, async (first, all, options) => {
      const given = urisOf(first, all);
      const uris = given.length > 0 ? given : await pickClips('Ask About Audio');
      if (uris === undefined || uris.length === 0) return undefined;
      const prompt = stringOf(options, 'prompt');
      const model = stringOf(options, 'model');
      if (!(await hasChat())) {
        return askInDocument(
          uris,
          { ...(prompt === undefined ? {} : { prompt }), ...(model === undefined ? {} : { model }) },
          services,
        );
      }
      // In a window that has only just opened the chat may not know any model yet, and would refuse to ask.
      await vscode.lm.selectChatModels({ vendor: languageModelVendor });
      const result: unknown = await vscode.commands.executeCommand(openChat, {
        query: prompt === undefined ? '@audio ' : `@audio ${prompt}`,
        isPartialQuery: prompt === undefined,
        attachFiles: [...uris],
        blockOnResponse: prompt !== undefined,
        ...(model === undefined ? {} : { modelSelector: { vendor: languageModelVendor, id: model } }),
      });
      return answerOf(result);
    }),
  ];
}

/** What the participant left in the metadata of its result, when the chat hands it back. */
function answerOf(result: unknown): { readonly text: string } | undefined {
  if (typeof result !== 'object' || result === null) return undefined;
  const metadata: unknown = Reflect.get(result, 'metadata');
  const answer = stringOf(metadata, 'answer');
  return answer === undefined ? undefined : { text: answer };
}

import * as vscode from 'vscode';
import { toEarshotError } from '../../core/errors.js';
import { parseModelRef } from '../../core/model.js';
import { signalOf } from '../../host/cancellation.js';
import type { AskArguments } from '../../host/commands.js';
import type { Services } from '../../host/services.js';
import { showError } from '../../host/showError.js';
import { warnSilent } from '../../host/warnSilent.js';
import { askAboutClips, clipNames, type AnswerSink } from './askAboutClips.js';

/** The way to ask when the chat is switched off: an input box, and a Markdown document with the answer. */
export async function askInDocument(
  clips: readonly vscode.Uri[],
  given: AskArguments,
  services: Services,
): Promise<{ readonly text: string } | undefined> {
  // A file that nobody can listen to is better known before a question has been thought up and typed.
  for (const uri of clips) await services.engine.probe((await services.openClip(uri)).source);
  const prompt =
    given.prompt ??
    (await vscode.window.showInputBox({
      title: `Ask about ${clipNames(clips)}`,
      prompt: 'Your question',
      placeHolder: 'What is decided, and who does what?',
      ignoreFocusOut: true,
    }));
  if (prompt === undefined || prompt.trim() === '') return undefined;
  let markdown = `# ${prompt.replaceAll(/\s+/g, ' ')}\n\n*About ${clipNames(clips)}*\n\n`;
  let result: { readonly text: string } | undefined;
  let failure: unknown;
  let answer = '';
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Asking about ${clipNames(clips)}`, cancellable: true },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      const sink: AnswerSink = {
        progress: (message) => {
          progress.report({ message });
        },
        notice: (text) => {
          markdown += `> ${text}\n\n`;
        },
        text: (text) => {
          answer += text;
        },
        bill: (text) => {
          answer += `\n\n---\n*${text}*\n`;
        },
        // A document has no buttons; the notice in it says what to do.
        button: () => undefined,
      };
      try {
        const model =
          given.model === undefined ? {} : { model: { ours: parseModelRef(given.model, 'the command argument') } };
        const silence = given.sendSilent === undefined ? {} : { sendSilent: given.sendSilent };
        result = await askAboutClips({ prompt, clips, history: [], ...model, ...silence }, services, sink, signal);
      } catch (thrown) {
        failure = thrown;
      } finally {
        dispose();
      }
    },
  );
  if (failure !== undefined) {
    const error = toEarshotError(failure);
    if (error.reason === 'clip-silent') {
      void warnSilent(error, services.log).then((isWanted) =>
        isWanted ? askInDocument(clips, { ...given, prompt, sendSilent: true }, services) : undefined,
      );
      return undefined;
    }
    void showError(error, services.log, true).then((choice) =>
      choice === 'retry' ? askInDocument(clips, { ...given, prompt }, services) : undefined,
    );
    if (answer === '') return undefined;
    answer += `\n\n> The answer ends here: ${error.message}\n`;
  }
  const document = await vscode.workspace.openTextDocument({ content: markdown + answer, language: 'markdown' });
  await vscode.window.showTextDocument(document, { preview: false });
  return result;
}

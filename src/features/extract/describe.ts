import * as vscode from 'vscode';
import { EarshotError } from '../../core/errors.js';
import { parseModelRef } from '../../core/model.js';
import { signalOf } from '../../host/cancellation.js';
import type { Services } from '../../host/services.js';
import { readSettings } from '../../host/settings.js';
import { chooseAnswerer, chooseTranscriber } from '../../workflows/chooseModel.js';
import { describeSchema } from '../../workflows/describeSchema.js';
import { compileSchema } from '../../workflows/schemaValidator.js';
import { givenSchema, parseSchema, type NamedSchema } from './schemas.js';

/**
 * Has a schema written for fields described in words, shows it in an editor, and gives what the user made of it. Undefined
 * when the user turns away.
 */
export async function describeFields(
  clip: vscode.Uri,
  model: string | undefined,
  services: Services,
): Promise<NamedSchema | undefined> {
  const description = await vscode.window.showInputBox({
    title: 'Extract Data from Audio',
    prompt: 'Which fields to extract, in your words',
    placeHolder: 'For each person: name, town, and what they think of the plan (for, against, undecided)',
    ignoreFocusOut: true,
  });
  if (description === undefined || description.trim() === '') return undefined;
  const schema = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Writing a schema', cancellable: true },
    async (progress, token) => {
      const { signal, dispose } = signalOf(token);
      try {
        const settings = readSettings(clip);
        const states = await services.survey(signal);
        const ref = model === undefined ? settings.model() : parseModelRef(model, 'the command argument');
        const answerer = await chooseAnswerer(
          states,
          ref,
          (reader) => chooseTranscriber(states, settings.transcriptionModel(), reader),
          false,
        );
        if (!('chosen' in answerer)) {
          throw new EarshotError(
            'no-model',
            'No model is set up that could write a schema. Select one, or pick a file.',
          );
        }
        progress.report({ message: answerer.chosen.model.label });
        return await describeSchema(description, answerer.chosen, signal);
      } finally {
        dispose();
      }
    },
  );
  const document = await vscode.workspace.openTextDocument({
    language: 'json',
    content: `${JSON.stringify(schema, null, 2)}\n`,
  });
  await vscode.window.showTextDocument(document, { preview: false });
  const use = 'Use This Schema';
  for (;;) {
    const choice = await vscode.window.showInformationMessage(
      'Look the schema over, and change what you like. Save it to use it again.',
      use,
      'Cancel',
    );
    if (choice !== use) return undefined;
    try {
      const edited = parseSchema('The schema', document.getText());
      await compileSchema(edited, 'The schema');
      return givenSchema(edited);
    } catch (error) {
      // What was typed stays where it is, and can be mended.
      await vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
    }
  }
}

import * as vscode from 'vscode';
import { languageModelVendor } from '../../host/ids.js';
import type { Reader } from '../../workflows/reader.js';
import { pickedModel } from '../chat/languageModel.js';

/** A model of VS Code's own picker, for those who have set up none of ours. VS Code asks the user before it is used first. */
export async function otherReader(): Promise<Reader | undefined> {
  const models = await vscode.lm.selectChatModels();
  const model = models.find(({ vendor }) => vendor !== languageModelVendor);
  return model === undefined ? undefined : { ...pickedModel(model), maxContextTokens: model.maxInputTokens };
}

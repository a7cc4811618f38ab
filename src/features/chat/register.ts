import * as vscode from 'vscode';
import { languageModelVendor } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { createParticipant, type ChatPlaces } from './participant.js';
import { createModelProvider } from './provideModels.js';
import { registerSaveAnswer } from './saveAnswer.js';

export function registerChat(
  services: Services,
  { icon, ...places }: ChatPlaces & { readonly icon: vscode.Uri },
): readonly { dispose(): unknown }[] {
  const participant = createParticipant(services, places);
  participant.iconPath = icon;
  const models = vscode.lm.registerLanguageModelChatProvider(languageModelVendor, createModelProvider(services));
  // VS Code asks a provider for its models when they are said to have changed, and not before: without this the picker stays
  // empty, and a chat with no model refuses every participant.
  services.modelsChanged();
  return [participant, models, registerSaveAnswer(services)];
}

import * as vscode from 'vscode';
import { languageModelVendor } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { createParticipant } from './participant.js';
import { createModelProvider } from './provideModels.js';

export function registerChat(
  services: Services,
  { icon, runsOnRemote }: { readonly icon: vscode.Uri; readonly runsOnRemote: boolean },
): readonly { dispose(): unknown }[] {
  const participant = createParticipant(services, runsOnRemote);
  participant.iconPath = icon;
  return [participant, vscode.lm.registerLanguageModelChatProvider(languageModelVendor, createModelProvider(services))];
}

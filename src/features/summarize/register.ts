import type * as vscode from 'vscode';
import { isSet, registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { activeTranscript } from '../../host/transcriptSource.js';
import { summarizeFiles } from './summarizeFiles.js';

export function registerSummarize(services: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.summarize, services.log, async (first, all, options) => {
      const given = urisOf(first, all);
      const active = given.length > 0 ? undefined : activeTranscript();
      const uris = given.length > 0 ? given : active !== undefined ? [active] : await pickClips('Summarize Audio');
      if (uris === undefined || uris.length === 0) return undefined;
      const model = stringOf(options, 'model');
      const language = stringOf(options, 'language');
      const from = stringOf(options, 'from');
      return summarizeFiles(uris, services, {
        ...(model === undefined ? {} : { model }),
        ...(language === undefined ? {} : { language }),
        ...(from === 'audio' || from === 'transcript' ? { from } : {}),
        ...(isSet(options, 'sendSilent') ? { sendSilent: true } : {}),
      });
    }),
  ];
}

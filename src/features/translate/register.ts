import type * as vscode from 'vscode';
import { registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { activeTranscript } from '../../host/transcriptSource.js';
import { languageOf, pickLanguage } from './pickLanguage.js';
import { translateFiles } from './translateFiles.js';

/** @param memory Where the last language is remembered, and what was written. */
export function registerTranslate(services: Services, memory: vscode.Memento): readonly vscode.Disposable[] {
  const title = 'Translate Audio';
  return [
    registerCommand(commandIds.translate, services.log, async (first, all, options) => {
      const given = urisOf(first, all);
      const active = given.length > 0 ? undefined : activeTranscript();
      const uris = given.length > 0 ? given : active !== undefined ? [active] : await pickClips(title);
      if (uris === undefined || uris.length === 0) return [];
      const named = stringOf(options, 'language');
      const language = named === undefined ? await pickLanguage(title, memory) : languageOf(named);
      if (language === undefined) return [];
      const model = stringOf(options, 'model');
      return translateFiles(uris, services, memory, { language, ...(model === undefined ? {} : { model }) });
    }),
  ];
}

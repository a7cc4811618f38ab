import type * as vscode from 'vscode';
import { isSet, registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { transcriptFormats } from '../../host/transcriptFiles.js';
import { transcribeFiles } from './transcribeFiles.js';

export function registerTranscribe(services: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.transcribe, services.log, async (first, all, options) => {
      const given = urisOf(first, all);
      const uris = given.length > 0 ? given : await pickClips('Transcribe Audio');
      if (uris === undefined || uris.length === 0) return [];
      const model = stringOf(options, 'model');
      const language = stringOf(options, 'language');
      const target = stringOf(options, 'target');
      const format = transcriptFormats.find((name) => name === stringOf(options, 'format'));
      return transcribeFiles(uris, services, {
        ...(model === undefined ? {} : { model }),
        ...(language === undefined ? {} : { language }),
        ...(isSet(options, 'sendSilent') ? { sendSilent: true } : {}),
        ...(target === 'beside' || target === 'untitled' ? { target } : {}),
        ...(format === undefined ? {} : { format }),
      });
    }),
  ];
}

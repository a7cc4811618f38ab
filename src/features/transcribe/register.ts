import * as vscode from 'vscode';
import { isSet, type TranscribeArguments, registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { splitFolders } from '../../host/folders.js';
import { commandIds } from '../../host/ids.js';
import { pickClips } from '../../host/pickClips.js';
import type { Services } from '../../host/services.js';
import { transcriptFormats } from '../../host/transcriptFiles.js';
import { speakerWays } from '../../workflows/sides.js';
import { offerSides } from './offerSides.js';
import { type OfferSides, transcribeFiles } from './transcribeFiles.js';

async function transcribeFolders(
  folders: readonly vscode.Uri[],
  options: unknown,
): Promise<readonly { readonly transcript: vscode.Uri }[]> {
  const result = await vscode.commands.executeCommand<{ readonly transcripts: readonly vscode.Uri[] } | undefined>(
    commandIds.transcribeFolder,
    folders[0],
    folders,
    options,
  );
  return (result?.transcripts ?? []).map((transcript) => ({ transcript }));
}

export function registerTranscribe(services: Services, memory: vscode.Memento): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.transcribe, services.log, async (first, all, options) => {
      const given = urisOf(first, all);
      const picked = given.length > 0 ? given : await pickClips('Transcribe Audio');
      if (picked === undefined || picked.length === 0) return [];
      const { files: uris, folders } = await splitFolders(picked);
      const ofFolders = folders.length === 0 ? [] : await transcribeFolders(folders, options);
      if (uris.length === 0) return ofFolders;
      const model = stringOf(options, 'model');
      const language = stringOf(options, 'language');
      const target = stringOf(options, 'target');
      const format = transcriptFormats.find((name) => name === stringOf(options, 'format'));
      const speakers = speakerWays.find((way) => way === stringOf(options, 'speakers'));
      // A person chose this one recording in a menu or a picker. Other code gets no questions.
      const isInteractive = (given.length === 0 || Array.isArray(all)) && options === undefined && uris.length === 1;
      const offer: OfferSides | undefined = isInteractive
        ? (clip, chosen, signal) => offerSides(clip, chosen, services, memory, signal)
        : undefined;
      const wishes: TranscribeArguments = {
        ...(model === undefined ? {} : { model }),
        ...(language === undefined ? {} : { language }),
        ...(isSet(options, 'sendSilent') ? { sendSilent: true } : {}),
        ...(target === 'beside' || target === 'untitled' ? { target } : {}),
        ...(format === undefined ? {} : { format }),
        ...(speakers === undefined ? {} : { speakers }),
      };
      const ofFiles = await transcribeFiles(uris, services, wishes, undefined, offer);
      return [...ofFolders, ...ofFiles];
    }),
  ];
}

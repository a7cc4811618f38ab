import * as vscode from 'vscode';
import { registerCommand, stringOf, urisOf } from '../../host/commands.js';
import { splitFolders } from '../../host/folders.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { transcribeFolder, type FolderResult } from './transcribeFolder.js';

async function pickFolder(): Promise<vscode.Uri | undefined> {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  const picked = await vscode.window.showOpenDialog({
    title: 'Transcribe Folder',
    openLabel: 'Transcribe',
    canSelectFiles: false,
    canSelectFolders: true,
    ...(first === undefined ? {} : { defaultUri: first.uri }),
  });
  return picked?.[0];
}

export function registerFolder(services: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.transcribeFolder, services.log, async (first, all, options) => {
      const { folders: given } = await splitFolders(urisOf(first, all));
      const picked = given.length > 0 ? undefined : await pickFolder();
      const folders = picked === undefined ? given : [picked];
      const model = stringOf(options, 'model');
      const language = stringOf(options, 'language');
      const asksNothing = typeof options === 'object' && options !== null && Reflect.get(options, 'confirm') === false;
      const results: FolderResult[] = [];
      for (const folder of folders) {
        const result = await transcribeFolder(
          folder,
          {
            ...(model === undefined ? {} : { model }),
            ...(language === undefined ? {} : { language }),
            ...(asksNothing ? { confirm: false } : {}),
          },
          services,
        );
        if (result !== undefined) results.push(result);
      }
      if (results.length === 0) return undefined;
      return {
        transcripts: results.flatMap(({ transcripts }) => transcripts),
        upToDate: results.flatMap(({ upToDate }) => upToDate),
        failed: results.flatMap(({ failed }) => failed),
        left: results.flatMap(({ left }) => left),
      } satisfies FolderResult;
    }),
  ];
}

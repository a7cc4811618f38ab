import * as vscode from 'vscode';
import { formatByteLength } from '../../core/timecode.js';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';

export function registerCache({ journals, answers, log }: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.clearCache, log, async () => {
      const freedBytes = (await journals.clear()) + (await answers.clear());
      void vscode.window.showInformationMessage(
        freedBytes === 0
          ? 'There is nothing in the cache.'
          : `The cache is empty, and ${formatByteLength(freedBytes)} are free again. Transcripts that were saved stay; the next Transcribe Audio asks for everything anew.`,
      );
      return freedBytes;
    }),
  ];
}

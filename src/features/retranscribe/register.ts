import * as vscode from 'vscode';
import { registerCommand, stringOf } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { retranscribeRange, selectedRange } from './retranscribeRange.js';

const secondsOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

/** The transcript in front, or the one that was named; says so where there is none. */
async function transcriptOf(given: unknown): Promise<vscode.TextDocument | undefined> {
  if (given instanceof vscode.Uri) return vscode.workspace.openTextDocument(given);
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId === 'vtt' || document?.languageId === 'srt') return document;
  void vscode.window.showInformationMessage('Open a transcript (.vtt or .srt) first, then run this command again.');
  return undefined;
}

/** `earshot.retranscribePart (uri?, startSeconds?, endSeconds?, { model? })` resolves to how many cues there are now. */
export function registerRetranscribe(services: Services): readonly vscode.Disposable[] {
  return [
    registerCommand(commandIds.retranscribePart, services.log, async (uri, start, end, options) => {
      const document = await transcriptOf(uri);
      if (document === undefined) return undefined;
      const [startSeconds, endSeconds] = [secondsOf(start), secondsOf(end)];
      const range =
        startSeconds !== undefined && endSeconds !== undefined && endSeconds > startSeconds
          ? { startSeconds, endSeconds }
          : selectedRange(document);
      if (range === undefined) {
        void vscode.window.showInformationMessage('Select the cues that shall be transcribed once more.');
        return undefined;
      }
      return retranscribeRange(document, range, services, stringOf(options, 'model'));
    }),
  ];
}

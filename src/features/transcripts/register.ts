import * as vscode from 'vscode';
import { registerCommand } from '../../host/commands.js';
import { commandIds } from '../../host/ids.js';
import type { Services } from '../../host/services.js';
import { codeActionProvider, createEditing, formattingProvider } from './editing.js';
import { foldingProvider, hoverProvider, symbolProvider } from './outline.js';
import { transcriptSelector, type ParsedDocuments } from './parsedDocuments.js';
import { exportedLinkProvider, timeLinkProvider, turnLensProvider } from './playLinks.js';
import { watchProblems } from './problems.js';
import { renameProvider, speakerProviders } from './speakers.js';

/** Transcripts as documents to work in: outline, folding, hovers, names, problems, formatting, times. */
export function registerTranscripts({ log }: Services, documents: ParsedDocuments): readonly vscode.Disposable[] {
  const speakers = speakerProviders(documents);
  const formatting = formattingProvider(documents);
  const editing = createEditing(documents);
  const { languages } = vscode;
  return [
    languages.registerDocumentSymbolProvider(transcriptSelector, symbolProvider(documents), { label: 'Transcript' }),
    languages.registerFoldingRangeProvider(transcriptSelector, foldingProvider(documents)),
    languages.registerHoverProvider(transcriptSelector, hoverProvider(documents)),
    languages.registerRenameProvider(transcriptSelector, renameProvider(documents)),
    languages.registerReferenceProvider(transcriptSelector, speakers),
    languages.registerDefinitionProvider(transcriptSelector, speakers),
    languages.registerDocumentHighlightProvider(transcriptSelector, speakers),
    languages.registerDocumentFormattingEditProvider(transcriptSelector, formatting),
    languages.registerDocumentRangeFormattingEditProvider(transcriptSelector, formatting),
    languages.registerCodeActionsProvider(transcriptSelector, codeActionProvider(documents), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite],
    }),
    languages.registerDocumentLinkProvider(transcriptSelector, timeLinkProvider(documents)),
    languages.registerDocumentLinkProvider({ language: 'markdown' }, exportedLinkProvider),
    languages.registerCodeLensProvider(transcriptSelector, turnLensProvider(documents)),
    watchProblems(documents),
    registerCommand(commandIds.goToTime, log, editing.goToTime),
    registerCommand(commandIds.shiftTimes, log, editing.shiftTimes),
    registerCommand(commandIds.scaleTimes, log, editing.scaleTimes),
    registerCommand(commandIds.splitCue, log, editing.splitCue),
    registerCommand(commandIds.mergeCues, log, editing.mergeCues),
  ];
}

import * as vscode from 'vscode';
import type { CueFile, CueSyntax, Span, TextEdit } from '../../core/formats/cueFile.js';
import { readCueFile } from '../../core/formats/readCueFile.js';
import { transcriptLanguages } from '../../host/ids.js';

export const transcriptSelector: vscode.DocumentSelector = transcriptLanguages.map((language) => ({ language }));

export function syntaxOf(document: vscode.TextDocument): CueSyntax | undefined {
  return transcriptLanguages.find((language) => language === document.languageId);
}

/** Takes each version of an open document apart once, whoever asks. */
export interface ParsedDocuments {
  readonly read: (document: vscode.TextDocument) => CueFile;
}

export function createParsedDocuments(): ParsedDocuments {
  const kept = new WeakMap<vscode.TextDocument, { readonly version: number; readonly file: CueFile }>();
  return {
    read: (document) => {
      const syntax = syntaxOf(document) ?? 'vtt';
      const last = kept.get(document);
      if (last?.version === document.version && last.file.syntax === syntax) return last.file;
      const file = readCueFile(document.getText(), syntax);
      kept.set(document, { version: document.version, file });
      return file;
    },
  };
}

export function rangeOf(document: vscode.TextDocument, { start, end }: Span): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

export function textEdits(document: vscode.TextDocument, edits: readonly TextEdit[]): vscode.TextEdit[] {
  return edits.map((edit) => vscode.TextEdit.replace(rangeOf(document, edit), edit.text));
}

/** All edits as one step that can be undone. */
export function workspaceEdit(document: vscode.TextDocument, edits: readonly TextEdit[]): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, textEdits(document, edits));
  return edit;
}

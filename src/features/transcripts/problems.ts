import * as vscode from 'vscode';
import { findProblems, problemSeverities, type Problem } from '../../core/document/findProblems.js';
import { commandIds } from '../../host/ids.js';
import { rangeOf, syntaxOf, workspaceEdit, type ParsedDocuments } from './parsedDocuments.js';

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

/** Whoever types is not told of problems in the middle of a word. */
const pauseMilliseconds = 300;

function diagnosticOf(document: vscode.TextDocument, { kind, span, message }: Problem): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(document, span), message, severities[problemSeverities[kind]]);
  diagnostic.source = 'Earshot';
  diagnostic.code = kind;
  return diagnostic;
}

/** Keeps the problems of every open transcript in the Problems view, as long as it is open. */
export function watchProblems({ read }: ParsedDocuments): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('earshot.transcripts');
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  const stopWaiting = (document: vscode.TextDocument): void => {
    clearTimeout(waiting.get(document.uri.toString()));
    waiting.delete(document.uri.toString());
  };
  const check = (document: vscode.TextDocument): void => {
    stopWaiting(document);
    if (document.isClosed || syntaxOf(document) === undefined) return;
    collection.set(
      document.uri,
      findProblems(read(document)).map((problem) => diagnosticOf(document, problem)),
    );
  };
  const forget = (document: vscode.TextDocument): void => {
    stopWaiting(document);
    collection.delete(document.uri);
  };
  const subscriptions = [
    vscode.workspace.onDidOpenTextDocument(check),
    vscode.workspace.onDidCloseTextDocument(forget),
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (syntaxOf(document) === undefined) return;
      stopWaiting(document);
      const timer = setTimeout(() => {
        check(document);
      }, pauseMilliseconds);
      waiting.set(document.uri.toString(), timer);
    }),
  ];
  vscode.workspace.textDocuments.forEach(check);
  const stopAll = new vscode.Disposable(() => {
    for (const timer of waiting.values()) clearTimeout(timer);
  });
  return vscode.Disposable.from(...subscriptions, stopAll, collection);
}

/** The fixes of the problems at a place. */
export function quickFixes(
  document: vscode.TextDocument,
  range: vscode.Range,
  { diagnostics }: vscode.CodeActionContext,
  { read }: ParsedDocuments,
): readonly vscode.CodeAction[] {
  if (diagnostics.every(({ source }) => source !== 'Earshot')) return [];
  return findProblems(read(document)).flatMap((problem) => {
    const { fix, kind, doubtful } = problem;
    if (rangeOf(document, problem.span).intersection(range) === undefined) return [];
    if (doubtful !== undefined) {
      const again = new vscode.CodeAction('Re-transcribe this part', vscode.CodeActionKind.QuickFix);
      const { startSeconds, endSeconds } = doubtful;
      again.command = {
        title: again.title,
        command: commandIds.retranscribePart,
        arguments: [document.uri, startSeconds, endSeconds],
      };
      again.diagnostics = diagnostics.filter(({ code }) => code === kind);
      return [again];
    }
    if (fix === undefined) return [];
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
    action.edit = workspaceEdit(document, fix.edits);
    action.diagnostics = diagnostics.filter(({ code }) => code === kind);
    action.isPreferred = true;
    return [action];
  });
}

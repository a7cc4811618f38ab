import * as vscode from 'vscode';
import { formatCueFile } from '../../core/document/formatCueFile.js';
import { mergeCues, splitCue } from '../../core/document/reshapeCues.js';
import {
  cueAtTime,
  objectionToRetiming,
  parseScale,
  parseShift,
  retimeCues,
  type Retiming,
} from '../../core/document/retime.js';
import type { Cue, CueFile, TextEdit } from '../../core/formats/cueFile.js';
import { parseTime } from '../../core/formats/cueTiming.js';
import { commandIds } from '../../host/ids.js';
import { quickFixes } from './problems.js';
import { rangeOf, syntaxOf, textEdits, workspaceEdit, type ParsedDocuments } from './parsedDocuments.js';

/** Formatting of documents and of selections. */
export function formattingProvider({
  read,
}: ParsedDocuments): vscode.DocumentFormattingEditProvider & vscode.DocumentRangeFormattingEditProvider {
  return {
    provideDocumentFormattingEdits: (document) => textEdits(document, formatCueFile(read(document))),
    provideDocumentRangeFormattingEdits: (document, range) =>
      textEdits(document, formatCueFile(read(document))).filter((edit) => range.contains(edit.range)),
  };
}

function selectedCues(document: vscode.TextDocument, file: CueFile, range: vscode.Range): readonly Cue[] {
  const start = document.offsetAt(range.start);
  const end = document.offsetAt(range.end);
  return file.cues.filter(({ span }) => span.end >= start && (span.start < end || span.start === start));
}

/** The cues of a selection; the one of the caret and the next where nothing is selected. */
function merged(document: vscode.TextDocument, file: CueFile, range: vscode.Range): readonly TextEdit[] | undefined {
  const selected = selectedCues(document, file, range);
  const [only] = selected;
  const next = only === undefined ? undefined : file.cues[file.cues.indexOf(only) + 1];
  if (only !== undefined && next !== undefined && range.isEmpty) return mergeCues(file, [only, next]);
  return mergeCues(file, selected);
}

function split(document: vscode.TextDocument, file: CueFile, range: vscode.Range): readonly TextEdit[] | undefined {
  return range.isEmpty ? splitCue(file, document.offsetAt(range.start)) : undefined;
}

const reshapings = [
  ['Split the cue here', commandIds.splitCue, split],
  ['Merge cues', commandIds.mergeCues, merged],
] as const;

/** Fixes of problems; splitting and merging where they are possible. */
export function codeActionProvider(documents: ParsedDocuments): vscode.CodeActionProvider {
  return {
    provideCodeActions: (document, range, context) => {
      const file = documents.read(document);
      const actions = reshapings.flatMap(([title, command, reshape]) => {
        if (reshape(document, file, range) === undefined) return [];
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
        // This is asked at every move of the caret; the edits of thousands of cues are made when they are wanted.
        action.command = { title, command };
        return [action];
      });
      return [...quickFixes(document, range, context, documents), ...actions];
    },
  };
}

/** The transcript in front; says so and gives undefined where there is none. */
function activeTranscript(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor !== undefined && syntaxOf(editor.document) !== undefined) return editor;
  void vscode.window.showInformationMessage('Open a transcript (.vtt or .srt) first, then run this command again.');
  return undefined;
}

async function applyOrSay(
  editor: vscode.TextEditor,
  edits: readonly TextEdit[] | undefined,
  whyNot: string,
): Promise<boolean> {
  if (edits !== undefined) return vscode.workspace.applyEdit(workspaceEdit(editor.document, edits));
  void vscode.window.showInformationMessage(whyNot);
  return false;
}

/** What the commands do. Each resolves to whether it changed or showed something. */
export function createEditing({ read }: ParsedDocuments) {
  const retime = async (
    given: unknown,
    parse: (value: string) => Retiming | undefined,
    title: string,
    prompt: string,
  ): Promise<boolean> => {
    const editor = activeTranscript();
    if (editor === undefined) return false;
    const { document, selection } = editor;
    const file = read(document);
    const cues = selection.isEmpty ? file.cues : selectedCues(document, file, selection);
    const objection = (value: string): string | undefined => {
      const retiming = parse(value);
      return retiming === undefined ? prompt : objectionToRetiming(cues, retiming);
    };
    const which = selection.isEmpty ? 'all cues' : 'the selected cues';
    const value =
      typeof given === 'string'
        ? given
        : await vscode.window.showInputBox({ title: `${title} of ${which}`, prompt, validateInput: objection });
    if (value === undefined) return false;
    const retiming = parse(value);
    const edits =
      retiming === undefined || objection(value) !== undefined ? undefined : retimeCues(read(document), cues, retiming);
    return applyOrSay(editor, edits, objection(value) ?? prompt);
  };

  return {
    shiftTimes: (given: unknown) =>
      retime(given, parseShift, 'Shift times', 'By how much: seconds or a time, such as 1.5, -0:02 or +1:00.'),
    scaleTimes: (given: unknown) =>
      retime(given, parseScale, 'Scale times', 'By which factor, such as 1.04, 96% or 25/23.976.'),
    splitCue: async () => {
      const editor = activeTranscript();
      if (editor === undefined) return false;
      const edits = split(editor.document, read(editor.document), editor.selection);
      return applyOrSay(editor, edits, 'Put the caret between two words of a cue to split it there.');
    },
    mergeCues: async () => {
      const editor = activeTranscript();
      if (editor === undefined) return false;
      const edits = merged(editor.document, read(editor.document), editor.selection);
      const whyNot = 'Select cues that follow each other, with no note between them, to make one of them.';
      return applyOrSay(editor, edits, whyNot);
    },
    goToTime: async (given: unknown) => {
      const editor = activeTranscript();
      if (editor === undefined) return false;
      const prompt = 'Seconds or a time, such as 90, 1:30 or 1:02:03.5.';
      const value =
        typeof given === 'string'
          ? given
          : await vscode.window.showInputBox({
              title: 'Go to time',
              prompt,
              validateInput: (typed) => (parseTime(typed) === undefined ? prompt : undefined),
            });
      const seconds = value === undefined ? undefined : parseTime(value);
      const cue = seconds === undefined ? undefined : cueAtTime(read(editor.document).cues, seconds);
      if (cue === undefined) return false;
      const { start } = rangeOf(editor.document, cue.payload);
      editor.selection = new vscode.Selection(start, start);
      editor.revealRange(rangeOf(editor.document, cue.span), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      return true;
    },
  };
}

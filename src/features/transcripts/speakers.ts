import * as vscode from 'vscode';
import { objectionToName, renameSpeaker, speakerAt, usesOfSpeaker } from '../../core/document/speakers.js';
import type { Voice } from '../../core/formats/cueFile.js';
import { rangeOf, workspaceEdit, type ParsedDocuments } from './parsedDocuments.js';

const notASpeaker = 'Put the caret on the name of a speaker to rename them.';

/** F2 on a name renames the speaker in the whole document, as one step. */
export function renameProvider({ read }: ParsedDocuments): vscode.RenameProvider {
  return {
    prepareRename: (document, position) => {
      const voice = speakerAt(read(document), document.offsetAt(position));
      if (voice === undefined) throw new Error(notASpeaker);
      return { range: rangeOf(document, voice), placeholder: voice.name };
    },
    provideRenameEdits: (document, position, newName) => {
      const file = read(document);
      const voice = speakerAt(file, document.offsetAt(position));
      const objection = voice === undefined ? notASpeaker : objectionToName(file, newName);
      // VS Code shows the message of what is thrown at the box where the name is typed.
      if (voice === undefined || objection !== undefined) throw new Error(objection);
      return workspaceEdit(document, renameSpeaker(file, voice.name, newName));
    },
  };
}

/** Where else the speaker under the caret is named: references, highlights, and the first time as the definition. */
export function speakerProviders(
  documents: ParsedDocuments,
): vscode.ReferenceProvider & vscode.DocumentHighlightProvider & vscode.DefinitionProvider {
  const uses = (document: vscode.TextDocument, position: vscode.Position): readonly Voice[] => {
    const file = documents.read(document);
    const voice = speakerAt(file, document.offsetAt(position));
    return voice === undefined ? [] : usesOfSpeaker(file, voice.name);
  };
  const locations = (document: vscode.TextDocument, voices: readonly Voice[]): vscode.Location[] =>
    voices.map((voice) => new vscode.Location(document.uri, rangeOf(document, voice)));
  return {
    provideReferences: (document, position) => locations(document, uses(document, position)),
    provideDefinition: (document, position) => locations(document, uses(document, position).slice(0, 1)),
    provideDocumentHighlights: (document, position) =>
      uses(document, position).map((voice) => new vscode.DocumentHighlight(rangeOf(document, voice))),
  };
}

import * as vscode from 'vscode';
import { formatMoment } from '../../core/document/describeCue.js';
import { passagesOf } from '../../core/document/turns.js';
import type { Cue } from '../../core/formats/cueFile.js';
import { commandIds, extensionId } from '../../host/ids.js';
import type { ParsedDocuments } from './parsedDocuments.js';

/** A link that plays the recording of a transcript, or a recording, from a time on. */
export function playLink(uri: vscode.Uri, seconds: number): vscode.Uri {
  // VS Code decodes the query once more than an address: without this, a `%` in a file's name would be lost.
  const query = encodeURIComponent(JSON.stringify([uri.toString(), seconds]));
  return vscode.Uri.from({ scheme: 'command', path: commandIds.play, query });
}

class TimeLink extends vscode.DocumentLink {
  readonly address: vscode.Uri;
  readonly seconds: number;

  constructor(range: vscode.Range, address: vscode.Uri, seconds: number) {
    super(range);
    this.address = address;
    this.seconds = seconds;
    this.tooltip = `Play from ${formatMoment(seconds)}`;
  }
}

/** Where a cue begins plays from there. */
export function timeLinkProvider({ read }: ParsedDocuments): vscode.DocumentLinkProvider<TimeLink> {
  return {
    provideDocumentLinks: (document) =>
      read(document).cues.map(({ timingLine, timing, startSpan, startSeconds }) => {
        // By the line, since looking up the places of thousands of cues takes longer than all the rest.
        const range = new vscode.Range(
          timingLine,
          startSpan.start - timing.start,
          timingLine,
          startSpan.end - timing.start,
        );
        return new TimeLink(range, document.uri, startSeconds);
      }),
    resolveDocumentLink: (link) => {
      link.target = playLink(link.address, link.seconds);
      return link;
    },
  };
}

/** Addresses as exports and answers have them, which lead out of VS Code and back; in a browser they lead nowhere. */
const exportedAddress = new RegExp(`[\\w.+-]+://${extensionId.replace('.', '\\.')}/open\\?[^\\s)\\]>"']+`, 'gi');

/** Links of exported transcripts play at once, in every kind of window. */
export const exportedLinkProvider: vscode.DocumentLinkProvider = {
  provideDocumentLinks: (document) =>
    [...document.getText().matchAll(exportedAddress)].flatMap(({ 0: address, index }) => {
      const parameters = new URLSearchParams(address.slice(address.indexOf('?')));
      const file = parameters.get('file');
      const seconds = Number(parameters.get('t') ?? 0);
      if (file === null || !Number.isFinite(seconds)) return [];
      const range = new vscode.Range(document.positionAt(index), document.positionAt(index + address.length));
      const link = new vscode.DocumentLink(range, playLink(vscode.Uri.parse(file), seconds));
      link.tooltip = `Play from ${formatMoment(seconds)}`;
      return [link];
    }),
};

/** Adds a way to play a cue to what is said about it. */
export function appendPlayLink(text: vscode.MarkdownString, document: vscode.TextDocument, cue: Cue): void {
  text.isTrusted = { enabledCommands: [commandIds.play] };
  text.appendMarkdown(`\n\n[Play from here](${playLink(document.uri, cue.startSeconds).toString()})`);
}

/** VS Code lays out a line for each, and every edit moves them all: beyond so many, typing would lag. */
const maxTurnsWithLenses = 1000;
/** Renaming a speaker is an edit in every third cue or so. With 800 turns in 10,000 cues it took seven times as long as without. */
const maxTurnsTimesCues = 2_000_000;

/** Over each turn of speech, or paragraph where nobody is named: what can be done with its sound. None in very long transcripts, where links and commands do the same. */
export function turnLensProvider({ read }: ParsedDocuments): vscode.CodeLensProvider {
  return {
    provideCodeLenses: (document) => {
      const file = read(document);
      const turns = passagesOf(file);
      if (turns.length > maxTurnsWithLenses || turns.length * file.cues.length > maxTurnsTimesCues) return [];
      return turns.flatMap(({ cues }) => {
        const [{ firstLine, startSeconds }] = cues;
        const endSeconds = cues.reduce((latest, cue) => Math.max(latest, cue.endSeconds), startSeconds);
        const place = new vscode.Range(firstLine, 0, firstLine, 0);
        const lens = (title: string, command: string, commandArguments: readonly unknown[]): vscode.CodeLens =>
          new vscode.CodeLens(place, { title, command, arguments: [...commandArguments] });
        return [
          lens('$(play) Play', commandIds.play, [document.uri, startSeconds]),
          lens('Ask about this part', commandIds.askAboutPart, [document.uri, startSeconds, endSeconds]),
          lens('Re-transcribe', commandIds.retranscribePart, [document.uri, startSeconds, endSeconds]),
        ];
      });
    },
  };
}

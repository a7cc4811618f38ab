import * as vscode from 'vscode';
import { speakerOf } from '../../core/document/turns.js';
import type { Cue, CueFile } from '../../core/formats/cueFile.js';
import { cueAt } from '../../core/formats/cueFile.js';
import { createSpokenCues } from '../../core/playback/spokenCues.js';
import type { SpokenCues } from '../../core/playback/spokenCues.js';
import { rangeOf, syntaxOf, type ParsedDocuments } from '../transcripts/parsedDocuments.js';
import type { Player } from './player.js';

/** Timers come a little late, and places are rounded: what begins within this time has begun. */
const roundingSeconds = 0.005;

/** Marks the cue that is being spoken, in the player and wherever its transcript is in sight. */
export function followTranscript(player: Player, documents: ParsedDocuments): vscode.Disposable {
  const decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.wordHighlightStrongBackground'),
    borderColor: new vscode.ThemeColor('focusBorder'),
    borderStyle: 'solid',
    borderWidth: '0 0 0 3px',
    overviewRulerColor: new vscode.ThemeColor('focusBorder'),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  const indexes = new WeakMap<CueFile, SpokenCues>();
  let opened: vscode.TextDocument | undefined;
  let shown: { readonly cue: Cue | undefined; readonly file: CueFile | undefined } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const document = (): vscode.TextDocument | undefined => {
    const uri = player.transcript?.toString();
    if (uri === undefined) return undefined;
    const inUse = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri);
    if (inUse !== undefined) return inUse;
    if (opened?.uri.toString() === uri) return opened;
    void vscode.workspace.openTextDocument(vscode.Uri.parse(uri)).then(
      (read) => {
        opened = read;
        update();
      },
      // It was deleted, or is not ours to read: the player plays without.
      () => undefined,
    );
    return undefined;
  };
  const spokenCuesOf = (file: CueFile): SpokenCues => {
    const known = indexes.get(file) ?? createSpokenCues(file.cues);
    indexes.set(file, known);
    return known;
  };
  const editorsOf = (uri: vscode.Uri | undefined): readonly vscode.TextEditor[] =>
    vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === uri?.toString());

  function update(reveals = true): void {
    clearTimeout(timer);
    const transcript = document();
    const file = transcript === undefined ? undefined : documents.read(transcript);
    const cues = file === undefined ? undefined : spokenCuesOf(file);
    const seconds = player.clock.positionSeconds + roundingSeconds;
    const cue = cues?.at(seconds);
    if (cue !== shown?.cue || file !== shown?.file) {
      shown = { cue, file };
      const speaker = cue === undefined ? undefined : speakerOf(cue);
      player.showCue(cue === undefined ? undefined : { text: cue.text, ...(speaker === undefined ? {} : { speaker }) });
      mark(reveals);
    }
    const change = cues?.changeAfter(seconds);
    const milliseconds = change === undefined ? undefined : player.clock.millisecondsUntil(change);
    if (milliseconds !== undefined) timer = setTimeout(update, milliseconds);
  }

  function mark(reveals: boolean): void {
    const cue = shown?.cue;
    for (const editor of vscode.window.visibleTextEditors) {
      if (syntaxOf(editor.document) === undefined) continue;
      const isOurs = cue !== undefined && editor.document.uri.toString() === player.transcript?.toString();
      const range = isOurs ? rangeOf(editor.document, cue.span) : undefined;
      editor.setDecorations(decoration, range === undefined ? [] : [range]);
      if (
        range !== undefined &&
        reveals &&
        player.isFollowing &&
        player.clock.millisecondsUntil(Infinity) !== undefined
      ) {
        editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
    }
  }

  const subscriptions = [
    player.onDidChange(() => {
      update();
    }),
    player.onDidAskForCue((which) => {
      const transcript = document();
      if (transcript === undefined) return;
      const cue = spokenCuesOf(documents.read(transcript)).neighbour(player.clock.positionSeconds, which);
      if (cue !== undefined) player.seek(cue.startSeconds);
    }),
    vscode.workspace.onDidChangeTextDocument(({ document: changedDocument }) => {
      // What somebody is typing in stays where it is.
      if (changedDocument.uri.toString() === player.transcript?.toString()) update(false);
    }),
    vscode.window.onDidChangeVisibleTextEditors(() => {
      mark(false);
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
      if (!player.isLedByCaret || !editorsOf(player.transcript).includes(textEditor)) return;
      if (
        kind !== vscode.TextEditorSelectionChangeKind.Keyboard &&
        kind !== vscode.TextEditorSelectionChangeKind.Mouse
      ) {
        return;
      }
      const cue = cueAtCaret(textEditor, documents);
      if (cue !== undefined && cue !== shown?.cue) player.seek(cue.startSeconds);
    }),
  ];
  return vscode.Disposable.from(...subscriptions, decoration, {
    dispose: () => {
      clearTimeout(timer);
    },
  });
}

export function cueAtCaret({ document, selection }: vscode.TextEditor, documents: ParsedDocuments): Cue | undefined {
  return cueAt(documents.read(document), document.offsetAt(selection.active));
}

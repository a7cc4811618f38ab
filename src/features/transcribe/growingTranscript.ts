import * as vscode from 'vscode';
import { appendEdits, type Growth, headEdits, replaceEdits } from '../../core/document/growTranscript.js';
import { applyEdits } from '../../core/formats/cueFile.js';
import { isUntouched, serialiseTranscript } from '../../core/formats/transcriptFile.js';
import type { Segment, Transcript } from '../../core/transcript.js';
import { fileName } from '../../host/clips.js';
import { type BegunTranscript, beginTranscript, digest, type SavedTranscript } from '../../host/transcriptFiles.js';
import type { TextSoFar } from '../../workflows/textSoFar.js';

/** Between two changes of the document: fast enough to read along, and few enough for whoever undoes. */
const leastPauseMilliseconds = 400;
/** Changing a long document takes longer; up to the longest pause it may take this share of the time. */
const shareOfTime = 0.1;
const longestPauseMilliseconds = 3000;
/** A person may be typing just when a change comes; it is tried again. */
const tries = 5;

const plain = (text: string): string => text.replaceAll('\r\n', '\n');

function positionAt(content: string, offset: number): vscode.Position {
  const before = content.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return new vscode.Position(before.split('\n').length - 1, offset - lineStart);
}

/** A caret at the very end would be carried along by what is added there, and split what is being typed. */
function holdCarets(document: vscode.TextDocument): () => void {
  const { end } = document.lineAt(document.lineCount - 1).range;
  const held = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document && editor.selections.some(({ active }) => active.isEqual(end)))
    .map((editor) => ({ editor, selections: editor.selections }));
  return () => {
    for (const { editor, selections } of held) editor.selections = selections;
  };
}

/**
 * A transcript in an editor, which grows while it is made. It stands where it will be saved, and is at any time a transcript
 * that reaches as far as it goes. What a person edits meanwhile is kept: what comes is then put behind it.
 */
export class GrowingTranscript implements vscode.Disposable {
  readonly #clip: vscode.Uri;
  readonly #where: 'beside' | 'untitled';
  readonly #watch: vscode.Disposable;
  #next: TextSoFar | undefined;
  #running: Promise<void> | undefined;
  #begun: BegunTranscript | undefined;
  #isOver = false;
  #shown = { content: '', segments: [] as readonly Segment[] };
  #undoCount = 0;
  #mendedUndoCount = 0;
  #isGrown = false;

  constructor(clip: vscode.Uri, where: 'beside' | 'untitled') {
    this.#clip = clip;
    this.#where = where;
    this.#watch = vscode.workspace.onDidChangeTextDocument(({ document, reason }) => {
      if (document === this.#begun?.document && reason === vscode.TextDocumentChangeReason.Undo) this.#undoCount += 1;
    });
  }

  /** Whether the user can see it in an editor already. */
  get isOpen(): boolean {
    return this.#isGrown && this.#begun?.document.isClosed === false;
  }

  /** Returns at once; the document follows. */
  update(text: TextSoFar): void {
    this.#next = text;
    if (!this.#isOver) this.#running ??= this.#run();
  }

  /**
   * Puts the finished transcript, whole or not, into the document and saves it. Undefined where it did not grow in a document,
   * or the user has closed that: it is then to be saved as any other.
   */
  async finish(transcript: Transcript): Promise<SavedTranscript | undefined> {
    this.#isOver = true;
    await this.#running;
    const begun = this.#begun;
    if (begun === undefined || !this.#isGrown || begun.document.isClosed) return undefined;
    const { document, kept } = begun;
    const saved: SavedTranscript = { uri: document.uri, ...(kept === undefined ? {} : { kept }) };
    const content = serialiseTranscript(transcript, digest);
    let isSaved: boolean;
    do {
      const isChanged = await this.#change(() =>
        this.#editsTo(content, transcript.segments, transcript.segments, true),
      );
      if (!isChanged) return undefined;
      isSaved = this.#where === 'untitled' || (await document.save());
      // Somebody may have undone it just before it was saved.
    } while (this.#undoCount > this.#mendedUndoCount);
    return isSaved ? saved : { ...saved, unsavedBecause: `${fileName(document.uri)} could not be saved` };
  }

  dispose(): void {
    this.#isOver = true;
    this.#watch.dispose();
  }

  async #run(): Promise<void> {
    try {
      for (let text = this.#take(); text !== undefined; text = this.#take()) {
        const began = performance.now();
        await this.#show(text);
        const wanted = (performance.now() - began) / shareOfTime;
        const pause = Math.min(longestPauseMilliseconds, Math.max(leastPauseMilliseconds, wanted));
        for (let left = pause; left > 0 && !this.#isOver; left -= leastPauseMilliseconds) {
          await new Promise((resolve) => setTimeout(resolve, Math.min(left, leastPauseMilliseconds)));
        }
      }
    } catch {
      // Read-only folders and the like: the transcript is shown once it is whole, and that says what is wrong.
      this.#isOver = true;
    } finally {
      this.#running = undefined;
    }
  }

  #take(): TextSoFar | undefined {
    const text = this.#isOver ? undefined : this.#next;
    this.#next = undefined;
    return text;
  }

  async #show({ settled, open, provenance }: TextSoFar): Promise<void> {
    const transcript: Transcript = { segments: [...settled, ...open], provenance };
    if (this.#begun === undefined) {
      this.#begun = await beginTranscript(this.#clip, transcript, this.#where);
      if (this.#begun === undefined) {
        this.#isOver = true;
        return;
      }
      this.#shown = { content: plain(this.#begun.document.getText()), segments: [] };
      await vscode.window.showTextDocument(this.#begun.document, { preview: false, preserveFocus: true });
    }
    if (this.#begun.document.isClosed) {
      this.#isOver = true;
      return;
    }
    const content = serialiseTranscript(transcript, digest);
    // What an earlier run has left is not taken away before the new text reaches as far.
    if (!this.#isGrown && content.length < this.#shown.content.length) return;
    this.#isGrown = true;
    await this.#change(() => this.#editsTo(content, transcript.segments, settled, false));
  }

  #editsTo(content: string, segments: readonly Segment[], settled: readonly Segment[], isLast: boolean): Growth {
    const current = plain(this.#begun?.document.getText() ?? '');
    if (current === this.#shown.content || isUntouched(current, digest)) {
      return { edits: replaceEdits(current, content), segments };
    }
    const growth = appendEdits(current, this.#shown, settled, this.#undoCount > this.#mendedUndoCount);
    if (!isLast) return growth;
    return { ...growth, edits: [...headEdits(current, this.#shown.content, content), ...growth.edits] };
  }

  /** False when the document would not have it. */
  async #change(find: () => Growth): Promise<boolean> {
    const document = this.#begun?.document;
    if (document === undefined) return false;
    for (let attempt = 0; attempt < tries; attempt++) {
      const current = plain(document.getText());
      const { edits, segments } = find();
      const undoCount = this.#undoCount;
      const change = new vscode.WorkspaceEdit();
      for (const { start, end, text } of edits) {
        change.replace(document.uri, new vscode.Range(positionAt(current, start), positionAt(current, end)), text);
      }
      const putCaretsBack = holdCarets(document);
      if (edits.length === 0 || (await vscode.workspace.applyEdit(change))) {
        putCaretsBack();
        this.#mendedUndoCount = undoCount;
        const isOurs = current === this.#shown.content || isUntouched(current, digest);
        this.#shown = { content: isOurs ? applyEdits(current, edits) : this.#shown.content, segments };
        return true;
      }
      if (document.isClosed) return false;
    }
    return false;
  }
}

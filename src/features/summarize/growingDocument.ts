import * as vscode from 'vscode';

const flushMilliseconds = 150;

/** An unsaved Markdown document that grows while somebody writes it. The user may read, edit, save or close it meanwhile. */
export class GrowingDocument {
  #document: vscode.TextDocument | undefined;
  #written = '';
  #waiting = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** Everything that was written so far. */
  get text(): string {
    return this.#written + this.#waiting;
  }

  /** Shows the text soon. */
  write(text: string): void {
    this.#waiting += text;
    this.#timer ??= setTimeout(() => {
      this.#flush();
    }, flushMilliseconds);
  }

  /**
   * Shows all of it. Where the document was closed, or saved under a name and with that finished, meanwhile, the whole text
   * opens in a new one: it was paid for.
   */
  async finish(): Promise<vscode.Uri | undefined> {
    this.#flush();
    await this.#last;
    if (this.#written === '') return undefined;
    if (this.#document === undefined || this.#document.isClosed) await this.#open();
    return this.#document?.uri;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const text = this.#waiting;
    this.#waiting = '';
    this.#written += text;
    if (text !== '') this.#last = this.#last.then(() => this.#add(text));
  }

  async #add(text: string): Promise<void> {
    if (this.#document === undefined) return this.#open();
    if (this.#document.isClosed) return;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(this.#document.uri, this.#document.lineAt(this.#document.lineCount - 1).range.end, text);
    await vscode.workspace.applyEdit(edit);
  }

  async #open(): Promise<void> {
    this.#document = await vscode.workspace.openTextDocument({ content: this.#written, language: 'markdown' });
    await vscode.window.showTextDocument(this.#document, { preview: false, preserveFocus: true });
  }
}

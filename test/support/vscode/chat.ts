import type { Locator, Page } from 'playwright-core';
import type { Explorer } from './explorer.ts';
import { isMeant, until } from './until.ts';

export interface ChatAnswer {
  /** All the text of the answer, also what VS Code has folded away. */
  readonly text: string;
  /** The error under the answer, if there is one. */
  readonly error: string | undefined;
  /** Labels of the buttons in it. */
  readonly buttons: readonly string[];
}

/** The chat view. */
export class Chat {
  readonly #page: Page;
  readonly #explorer: Explorer;

  constructor(page: Page, explorer: Explorer) {
    this.#page = page;
    this.#explorer = explorer;
  }

  get #inputPart(): Locator {
    return this.#page
      .locator('.chat-widget .interactive-input-part, .interactive-session .interactive-input-part')
      .first();
  }

  /** Shows the view, if it is not shown, and puts the cursor into its input box. */
  async open(): Promise<void> {
    if (!(await this.#inputPart.isVisible())) await this.#page.keyboard.press('ControlOrMeta+Alt+I');
    // Focus and not a click: a notification may lie above.
    await this.#inputPart.locator('.native-edit-context, textarea.inputarea').first().focus();
  }

  /** The model in the picker, as it is called there; VS Code says "Models" as long as it knows none. */
  async model(): Promise<string> {
    return (await this.#inputPart.locator('.model-picker-name .chat-input-picker-label').innerText()).trim();
  }

  async waitForModel(name: string | RegExp): Promise<void> {
    await until(`the chat model ${String(name)}`, async () => isMeant(await this.model(), name), {
      instead: () => this.model(),
    });
  }

  /** The models in the picker. */
  async models(): Promise<string[]> {
    await this.#openPicker();
    const names = await this.#page
      .locator('.chat-model-picker-dropdown .monaco-list-row.action .title')
      .allInnerTexts();
    await this.#page.keyboard.press('Escape');
    return names.map((name) => name.trim()).filter((name) => name !== 'Other Models');
  }

  async chooseModel(name: string): Promise<void> {
    await this.#openPicker();
    await this.#page
      .locator('.chat-model-picker-dropdown .monaco-list-row.action')
      .filter({ has: this.#page.locator('.title').getByText(name, { exact: true }) })
      .click();
    await this.waitForModel(name);
  }

  async #openPicker(): Promise<void> {
    await this.#inputPart.locator('.model-picker-name').focus();
    await this.#page.keyboard.press('Enter');
    const rows = this.#page.locator('.chat-model-picker-dropdown .monaco-list-row');
    await rows.first().waitFor();
    // All but the model in use and those used lately are folded away.
    const folded = this.#page.locator('.chat-model-picker-section-toggle[aria-expanded="false"]');
    if ((await folded.count()) === 0) return;
    const before = await rows.count();
    await folded.click();
    await until('the other models in the picker', async () => (await rows.count()) > before);
  }

  /** Attaches a file of the workspace through the Explorer's menu. */
  async attach(name: string): Promise<void> {
    await this.#explorer.chooseFromMenu(name, 'Add File to Chat');
    await until(`${name} among the attachments`, async () => (await this.attachments()).includes(name));
  }

  /** The names of what is attached to the message being written. */
  async attachments(): Promise<string[]> {
    const attached = this.#inputPart.locator('.chat-attached-context-attachment:not(.implicit) .label-name');
    return (await attached.allInnerTexts()).map((name) => name.trim());
  }

  /** Puts text into the input box in place of what was there. */
  async type(text: string): Promise<void> {
    await this.open();
    await this.#page.keyboard.press('ControlOrMeta+A');
    await this.#page.keyboard.press('Backspace');
    // At once, as a person pastes: typed at a machine's speed, a space takes a suggestion instead of being one.
    await this.#page.keyboard.insertText(text);
  }

  /** What is in the input box. */
  async input(): Promise<string> {
    const lines = await this.#inputPart.locator('.interactive-input-editor .view-line').allInnerTexts();
    return lines.join('\n').replaceAll('\u00a0', ' ');
  }

  /** Sends a message and waits for the whole answer; `timeout` in milliseconds. */
  async ask(text: string, timeout = 60_000): Promise<ChatAnswer> {
    const before = await this.#lastIndex();
    await this.type(text);
    await this.submit();
    return this.waitForAnswer(before, timeout);
  }

  /** Sends what is in the input box. */
  async submit(): Promise<void> {
    const suggestions = this.#inputPart.locator('.suggest-widget.visible');
    // Enter would take the suggestion.
    await this.#page.waitForTimeout(300);
    if (await suggestions.isVisible()) await this.#page.keyboard.press('Escape');
    await this.#page.keyboard.press('Enter');
  }

  /** Waits for the whole answer that comes after the row `after`; by default for any. */
  async waitForAnswer(after = -1, timeout = 60_000): Promise<ChatAnswer> {
    const isComplete = async (): Promise<boolean> => {
      if ((await this.#lastIndex()) <= after) return false;
      return (await this.#lastAnswer.locator('.chat-response-completed-at').count()) > 0;
    };
    await until('an answer in the chat view', isComplete, { timeout, instead: () => this.lastAnswer() });
    return until('the answer to be written out', () => this.#settledAnswer(), { timeout });
  }

  /** The last answer, once it stands still: VS Code writes the words out one by one, also after the last has come. */
  async #settledAnswer(): Promise<ChatAnswer | undefined> {
    const before = await this.lastAnswer();
    await this.#page.waitForTimeout(500);
    const after = await this.lastAnswer();
    return JSON.stringify(before) === JSON.stringify(after) ? after : undefined;
  }

  get #lastAnswer(): Locator {
    return this.#page.locator('.interactive-session .monaco-list-row.response').last();
  }

  async #lastIndex(): Promise<number> {
    if ((await this.#lastAnswer.count()) === 0) return -1;
    return Number(await this.#lastAnswer.getAttribute('data-index'));
  }

  /** The last answer as far as it has come. */
  async lastAnswer(): Promise<ChatAnswer> {
    if ((await this.#lastAnswer.count()) === 0) return { text: '', error: undefined, buttons: [] };
    const value = this.#lastAnswer.locator('.value').first();
    const parts = value.locator('.chat-markdown-part');
    const shown = await parts.allInnerTexts();
    // VS Code folds the beginning of an answer away ("Completed 3 steps"); what is folded has no inner text.
    const texts = (await parts.allTextContents()).map((text, index) =>
      shown[index] === '' ? text : (shown[index] ?? text),
    );
    const errors = await value.locator('.chat-notification-widget .rendered-markdown').allTextContents();
    return {
      text: texts.join('\n').trim(),
      error: errors.length === 0 ? undefined : errors.join('\n').trim(),
      buttons: await value.locator('.chat-command-button .monaco-button').allTextContents(),
    };
  }

  /** The questions that VS Code offers below the answer. */
  async followUps(): Promise<string[]> {
    return this.#inputPart.locator('.interactive-input-followups .monaco-button').allInnerTexts();
  }

  /** Presses a button in the last answer. */
  async press(label: string): Promise<void> {
    await this.#lastAnswer.locator('.chat-command-button .monaco-button').getByText(label, { exact: true }).click();
  }
}

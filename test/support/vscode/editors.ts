import type { Locator, Page } from 'playwright-core';

/** Tabs and the text in them. */
export class Editors {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  #tab(name: string): Locator {
    return this.#page.locator(`.tabs-container .tab[data-resource-name=${JSON.stringify(name)}]`);
  }

  async tabs(): Promise<string[]> {
    return (await this.#page.locator('.tabs-container .tab .label-name').allInnerTexts()).map((name) => name.trim());
  }

  /** Waits for the tab of a file; `timeout` in milliseconds. */
  async waitForTab(name: string, timeout?: number): Promise<void> {
    await this.#tab(name)
      .first()
      .waitFor(timeout === undefined ? {} : { timeout });
  }

  /** Whether a tab has changes that are not saved. */
  async isDirty(name: string): Promise<boolean> {
    return (await this.#tab(name).first().getAttribute('class'))?.split(' ').includes('dirty') ?? false;
  }

  async focus(name: string): Promise<void> {
    await this.#tab(name).first().click();
  }

  async close(name: string): Promise<void> {
    await this.#tab(name).first().click({ button: 'middle' });
    await this.#tab(name).first().waitFor({ state: 'detached' });
  }

  /** The whole text of the editor in a tab, taken as a person would: everything selected and copied. */
  async text(name: string): Promise<string> {
    await this.focus(name);
    const editor = this.#page.locator('.editor-group-container.active .monaco-editor[role="code"]').first();
    await editor.locator('.native-edit-context, textarea.inputarea').first().focus();
    await this.#page.evaluate(`navigator.clipboard.writeText('')`);
    await this.#page.keyboard.press('ControlOrMeta+A');
    await this.#page.keyboard.press('ControlOrMeta+C');
    // A selection would go to the chat view as context.
    await this.#page.keyboard.press('ControlOrMeta+Home');
    return this.#page.evaluate<string>('navigator.clipboard.readText()');
  }

  /** Types where the cursor is after a click into the editor of a tab. */
  async type(name: string, text: string): Promise<void> {
    await this.focus(name);
    await this.#page.keyboard.type(text);
  }

  /** The labels of the buttons at the right of the tabs. */
  async titleActions(): Promise<string[]> {
    const actions = this.#page.locator('.editor-group-container.active .editor-actions .action-label');
    const labels = await Promise.all((await actions.all()).map((action) => action.getAttribute('aria-label')));
    return labels.filter((label) => label !== null);
  }

  /** Presses a button at the right of the tabs by its label, which VS Code follows with the key that does the same. */
  async pressTitleAction(label: string): Promise<void> {
    await this.#page
      .locator(`.editor-group-container.active .editor-actions .action-label[aria-label^=${JSON.stringify(label)}]`)
      .first()
      .click();
  }
}

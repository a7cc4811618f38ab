import type { Locator, Page } from 'playwright-core';
import { isMeant, until } from './until.ts';

/** The box at the top of the window: pickers, input boxes, the command palette. */
export class QuickInput {
  readonly #page: Page;
  readonly #box: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#box = page.locator('.quick-input-widget:visible');
  }

  get #input(): Locator {
    return this.#box.locator('.quick-input-box input');
  }

  /** Waits for a box whose title or placeholder is the one meant; without one, for any. */
  async wait(meant?: string | RegExp, timeout?: number): Promise<void> {
    await until(`a picker or input box ${meant === undefined ? '' : String(meant)}`, () => this.#shows(meant), {
      timeout,
      instead: () => this.describe(),
    });
  }

  async #shows(meant?: string | RegExp): Promise<boolean> {
    if ((await this.#box.count()) === 0) return false;
    if (meant === undefined) return true;
    const { title, placeholder, message } = await this.describe();
    return [title, placeholder, message].some(
      (text) => isMeant(text, meant) || (typeof meant === 'string' && text.includes(meant)),
    );
  }

  /** What the box says, empty where it says nothing. */
  async describe(): Promise<{
    title: string;
    placeholder: string;
    message: string;
    value: string;
    isPassword: boolean;
  }> {
    const nothing = { title: '', placeholder: '', message: '', value: '', isPassword: false };
    if ((await this.#box.count()) === 0) return nothing;
    const input = this.#input.first();
    return {
      title: (await this.#box.locator('.quick-input-title').textContent()) ?? '',
      placeholder: (await input.getAttribute('placeholder')) ?? '',
      message: (await this.#box.locator('.quick-input-message').innerText()).trim(),
      value: await input.inputValue(),
      isPassword: (await input.getAttribute('type')) === 'password',
    };
  }

  /** The labels that can be picked; a long list shows only its beginning. */
  async items(): Promise<string[]> {
    const labels = this.#box.locator(
      '.quick-input-list .monaco-list-row .quick-input-list-row:first-child .label-name',
    );
    return (await labels.allInnerTexts()).map((label) => label.trim());
  }

  /** Puts text into the box in place of what was there. */
  async type(text: string): Promise<void> {
    await this.#input.first().fill(text);
  }

  async accept(): Promise<void> {
    await this.#page.keyboard.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.#page.keyboard.press('Escape');
    await this.#box.waitFor({ state: 'hidden' });
  }

  /** Picks an item by its label. */
  async pick(label: string | RegExp): Promise<void> {
    const row = await until(`the item ${String(label)}`, () => this.#row(label), { instead: () => this.items() });
    await row.click();
  }

  async #row(label: string | RegExp): Promise<Locator | undefined> {
    const rows = this.#box.locator('.quick-input-list .monaco-list-row');
    for (const row of await rows.all()) {
      const name = await row.locator('.label-name').first().textContent({ timeout: 1000 }).catch(nothing);
      if (name !== null && isMeant(name.trim(), label)) return row;
    }
    return undefined;
  }

  /** Answers an input box: waits for it, types, accepts. */
  async answer(text: string, meant?: string | RegExp): Promise<void> {
    await this.wait(meant);
    await this.type(text);
    await this.accept();
  }

  /** Runs a command by its title in the palette, `Earshot: Transcribe Audio`. */
  async runCommand(title: string): Promise<void> {
    await this.#page.keyboard.press('F1');
    await this.#box.waitFor();
    const row = await until(`the command ${title} in the palette`, async () => {
      // Typed anew each time: the palette does not notice commands that arrive while it is open.
      await this.type(`>${title}`);
      await this.#page.waitForTimeout(200);
      return this.#row(title);
    });
    await row.click();
  }
}

/** A row that went away while it was read is a row that is not there. */
const nothing = (): null => null;

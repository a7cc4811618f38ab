import type { Locator, Page } from 'playwright-core';
import { isMeant, until } from './until.ts';

export interface Notification {
  readonly text: string;
  readonly severity: 'info' | 'warning' | 'error';
  /** The labels of its buttons. */
  readonly buttons: readonly string[];
}

/** The messages at the bottom right, and dialogs. */
export class Notifications {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  get #toasts(): Locator {
    return this.#page.locator('.notifications-toasts .notification-list-item');
  }

  /** All of them as they are at one moment: read one by one they would change places meanwhile. */
  async all(): Promise<Notification[]> {
    return this.#page.evaluate<Notification[]>(readToasts);
  }

  /** Waits for a notification with these words. One without buttons goes by itself after about ten seconds. */
  async wait(words: string | RegExp, timeout?: number): Promise<Notification> {
    return until(
      `a notification ${String(words)}`,
      async () => (await this.all()).find(({ text }) => says(text, words)),
      { timeout, instead: () => this.all() },
    );
  }

  /** Waits for a notification and presses one of its buttons. */
  async press(words: string | RegExp, button: string): Promise<void> {
    const toast = await this.#toast(words);
    await toast
      .locator('.notification-list-item-buttons-container .monaco-button')
      .getByText(button, { exact: true })
      .click();
  }

  /** Waits for a notification and closes it. */
  async dismiss(words: string | RegExp): Promise<void> {
    const toast = await this.#toast(words);
    await toast.hover();
    await toast.locator('.codicon-notifications-clear').click();
  }

  async #toast(words: string | RegExp): Promise<Locator> {
    await this.wait(words);
    // By its words and not by its place: others come and go meanwhile.
    return this.#toasts.filter({ hasText: words }).first();
  }

  /** Waits for a modal dialog and gives its text. */
  async waitForDialog(): Promise<string> {
    const dialog = this.#page.locator('.monaco-dialog-box');
    await dialog.waitFor();
    return dialog.locator('.dialog-message-container').innerText();
  }

  async pressInDialog(button: string): Promise<void> {
    await this.#page.locator('.monaco-dialog-box .dialog-buttons').getByText(button, { exact: true }).click();
  }
}

const says = (text: string, words: string | RegExp): boolean =>
  isMeant(text, words) || (typeof words === 'string' && text.includes(words));

/** Runs in the page, whose types these tests do not see. */
const readToasts = `[...document.querySelectorAll('.notifications-toasts .notification-list-item')].map((item) => {
  const icon = item.querySelector('.notification-list-item-icon')?.className ?? '';
  const buttons = item.querySelectorAll('.notification-list-item-buttons-container .monaco-button');
  return {
    text: item.querySelector('.notification-list-item-message')?.textContent ?? '',
    severity: icon.includes('codicon-error') ? 'error' : icon.includes('codicon-warning') ? 'warning' : 'info',
    buttons: [...buttons].map((button) => button.textContent ?? ''),
  };
})`;
